"""Incoming webhooks of payment providers: authenticated, stored raw, answered after that, handled by a job."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from marketry.commerce.payment import PaymentProvider, RawRequest, WebhookReceiver
from marketry.context import Context
from marketry.hookspecs.payment import payment_providers
from marketry.problems import not_found
from marketry.web.context import Ctx
from marketry.web.routing import Router

router = Router()
JOB = "webhook"  # the job that a plugin with webhooks declares; its payload is {"webhook": id}


async def _raw(request: Request) -> RawRequest:
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() != "cookie"}
    return RawRequest(await request.body(), headers, request.url.query)


@router.post("/hooks/{plugin}")
def receive(ctx: Ctx, plugin: str, request: Annotated[RawRequest, Depends(_raw)]) -> Response:
    """Ask the plugin's provider whether the message is genuine, store it, commit, and only then answer."""
    from marketry.jobs.webhooks import store_webhook

    provider = _receiver(ctx, plugin)
    notice = provider.parse_webhook(ctx, request)
    with ctx.writing():
        store_webhook(ctx, plugin, JOB, event_id=notice.event_id, body=request.body, headers=request.headers)
    status, body = provider.acknowledge(ctx, notice)
    return Response(body, status, media_type="text/plain")


def _receiver(ctx: Context, plugin: str) -> WebhookReceiver:
    """The provider of `plugin` that takes webhooks; 404 where there is none."""
    for answer in ctx.runtime.answers(payment_providers):
        provider: PaymentProvider = answer.value
        if answer.plugin == plugin and isinstance(provider, WebhookReceiver):
            return provider
    raise not_found(ctx.gettext("There is nothing at this address."))
