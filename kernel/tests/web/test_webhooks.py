"""Webhooks of payment providers: byte for byte, stored before they are answered, refused where nobody waits for them."""

from collections.abc import Mapping

from sqlmodel import col, select

from marketry.commerce.payment import Notice, PaymentDesk, ProviderKind, RawRequest
from marketry.context import Context
from marketry.jobs.tables import WebhookRow
from marketry.jobs.values import Job
from marketry.jobs.webhooks import store_webhook
from marketry.problems import invalid

from .conftest import Web, plugin

BODY = b'{"id": "evt_1",  "note": "caf\xc3\xa9 \\u0000"}\r\n'


class Gateway:
    code, kind = "gate", ProviderKind.REMOTE

    def parse_webhook(self, ctx: Context, request: RawRequest) -> Notice:
        if request.headers.get("x-signature") != "genuine":
            raise invalid("bad_signature", "This message is not genuine.")
        return Notice("evt_1", remote_id="pay_1")

    def acknowledge(self, ctx: Context, notice: Notice) -> tuple[int, str]:
        with ctx.reading() as session:
            stored = len(session.scalars(select(WebhookRow)).all())
        return 202, f"success {stored}"


class Desk:
    def receive_webhook(self, ctx: Context, plugin: str, code: str, request: RawRequest) -> tuple[int, str]:
        gateway = Gateway()
        notice = gateway.parse_webhook(ctx, request)
        with ctx.writing():
            store_webhook(
                ctx, "desk", "webhook", event_id=notice.event_id, body=request.body, headers=request.headers, account=code
            )
        return gateway.acknowledge(ctx, notice)

    def notice(self, ctx: Context, code: str, notice: Notice) -> None: ...


def handle(ctx: Context, payload: Mapping[str, object]) -> None: ...


def test_a_genuine_message_is_stored_as_it_came_then_answered_as_the_sender_expects(web: Web, database: str) -> None:
    desk = plugin("desk", services=lambda: {PaymentDesk: Desk()}, jobs=lambda: [Job("webhook", handle)])
    client = web(desk, plugin("gate", payment_providers=lambda: [Gateway()]))
    headers = {"X-Signature": "genuine", "Sec-Fetch-Site": "cross-site", "Cookie": "session=x"}
    for _ in range(2):
        answer = client.post("/hooks/gate?a=1", content=BODY, headers={**headers, "Content-Type": "application/json"})
        assert (answer.status_code, answer.text) == (202, "success 1")
    with client.app.state.runtime.context().reading() as session:  # type: ignore[attr-defined]
        [row] = session.scalars(select(WebhookRow).order_by(col(WebhookRow.id))).all()
    assert (row.body, row.event_id, row.account) == (BODY, "evt_1", "gate")
    assert "cookie" not in row.headers

    forged = client.post("/hooks/gate", content=BODY, headers={**headers, "X-Signature": "forged"})
    assert (forged.status_code, forged.json()["code"]) == (422, "bad_signature")


def test_a_plugin_without_webhooks_has_no_address_for_them(web: Web) -> None:
    client = web(plugin("gate", payment_providers=lambda: [Gateway()]))
    assert [client.post(f"/hooks/{name}", content=BODY).status_code for name in ("gate", "nobody")] == [404, 404]
