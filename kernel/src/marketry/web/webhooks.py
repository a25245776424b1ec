"""Incoming webhooks of payment providers: handed raw to whoever keeps the payments, and answered once they are stored."""

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from marketry.commerce.payment import PaymentDesk, RawRequest, WebhookReceiver
from marketry.context import Context
from marketry.hookspecs.payment import payment_providers
from marketry.problems import not_found
from marketry.web.context import Ctx
from marketry.web.routing import Router

router = Router()


async def _raw(request: Request) -> RawRequest:
    """The body byte for byte, since signatures are over bytes."""
    headers = {name.lower(): value for name, value in request.headers.items() if name.lower() != "cookie"}
    return RawRequest(await request.body(), headers, request.url.query)


@router.post("/hooks/{plugin}")
def receive(ctx: Ctx, plugin: str, request: Annotated[RawRequest, Depends(_raw)]) -> Response:
    """The desk asks the plugin's provider whether the message is genuine, stores it and commits; then we answer."""
    desk, code = ctx.service(PaymentDesk), _receiving(ctx, plugin)  # type: ignore[type-abstract]
    if desk is None or code is None:
        raise not_found(ctx.gettext("There is nothing at this address."))
    status, body = desk.receive_webhook(ctx, plugin, code, request)
    return Response(body, status, media_type="text/plain")


def _receiving(ctx: Context, plugin: str) -> str | None:
    """The code of the provider of `plugin` that takes webhooks."""
    own = (answer.value for answer in ctx.runtime.answers(payment_providers) if answer.plugin == plugin)
    return next((str(provider.code) for provider in own if _takes_webhooks(provider)), None)


def _takes_webhooks(provider: object) -> bool:
    return isinstance(provider, WebhookReceiver)
