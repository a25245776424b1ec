"""The way to pay: Alipay's cashier on large screens, its app or page on phones, or a QR code on the order's own page."""

from collections.abc import Sequence
from datetime import datetime
from urllib.parse import urlsplit

from marketry import Context, Problem, Refused
from marketry.commerce.money import Money
from marketry.commerce.payment import (
    Action,
    AttemptState,
    Charge,
    Entry,
    Notice,
    Phase,
    ProviderKind,
    RawRequest,
    Settled,
    Snapshot,
    TransactionKind,
)  # fmt: skip
from marketry.commerce.quote import Quote
from marketry.telemetry import log
from marketry_payments_alipay import bills, notices, trades
from marketry_payments_alipay.amounts import CURRENCY, text_of
from marketry_payments_alipay.client import BUSINESS, Client, Declined
from marketry_payments_alipay.keys import BadKey, keys_of
from marketry_payments_alipay.settings import CASHIERS, AlipaySettings

NO_SUCH_TRADE = "ACQ.TRADE_NOT_EXIST"
PHONES = ("android", "iphone", "ipad", "mobile", "harmonyos")


class Alipay:
    """Payments are fetched by our number, made of the attempt's key, which Alipay calls `out_trade_no`."""

    code = "alipay"
    kind = ProviderKind.REMOTE

    def label(self, ctx: Context) -> str:
        return ctx.gettext("Alipay")

    def offered(self, ctx: Context, quote: Quote) -> Problem | None:
        if ctx.settings(AlipaySettings).complete and quote.currency == CURRENCY:
            return None
        message = ctx.gettext("Alipay isn't possible in %(currency)s. Choose another way to pay.", currency=quote.currency)
        return Problem("payment_method_unavailable", message, "payments")

    def fee(self, ctx: Context, quote: Quote) -> Money | None:
        return None

    def redirect_hosts(self, ctx: Context) -> Sequence[str]:
        settings = ctx.settings(AlipaySettings)
        own = urlsplit(settings.address)
        return (f"{own.scheme}://{own.netloc}", *(() if settings.gateway else (CASHIERS[settings.mode],)))

    def account(self, ctx: Context) -> tuple[str, bool | None]:
        settings = ctx.settings(AlipaySettings)
        return (settings.app_id, settings.live) if settings.complete else ("", None)

    # --- paying -------------------------------------------------------------------------------------------------
    def initiate(self, ctx: Context, charge: Charge) -> Snapshot:
        """Cashier and phone: only a signed address is made, no call; the trade begins when the buyer opens it."""
        settings, client = ctx.settings(AlipaySettings), client_of(ctx)
        if charge.amount.currency != CURRENCY:
            raise Refused(Problem("currency_not_supported", ctx.gettext("Alipay takes payments in CNY only."), "payments"))
        way, until = self._way(ctx, settings), trades.lasts_until(charge.created_at or ctx.now(), settings.minutes)
        content, notify = trades.order_of(charge, way, until), ctx.site.base_url.rstrip("/") + "/hooks/payments_alipay"
        if way == "qr":
            action = self._code(ctx, client, charge, content, notify, until)
        else:
            url = client.page(trades.METHODS[way], content, ctx.now(), notify_url=notify, return_url=charge.return_url)
            action = Action("redirect", url, expires_at=until)
        live = settings.live
        return Snapshot(
            AttemptState.REQUIRES_ACTION,
            trades.number_of(charge.key),
            action=action,
            account=client.app_id,
            live=live,
            expires_at=until,
        )

    def _way(self, ctx: Context, settings: AlipaySettings) -> str:
        browser = ctx.request.headers.get("user-agent", "").lower() if ctx.request else ""
        return "phone" if any(phone in browser for phone in PHONES) else settings.desktop

    def _code(
        self, ctx: Context, client: Client, charge: Charge, content: dict[str, str], notify: str, until: datetime
    ) -> Action:
        try:
            told = client.call(ctx, trades.METHODS["qr"], content, notify_url=notify)
        except Declined as declined:
            raise _refused(ctx, declined) from declined
        return Action("qr", str(told["qr_code"]), expires_at=until)

    def fetch(self, ctx: Context, charge: Charge) -> Snapshot:
        """The trade, and the refunds whose keys are known: a query of a trade names none of them."""
        settings, client, number = ctx.settings(AlipaySettings), client_of(ctx), trades.number_of(charge.key)
        try:
            told = client.call(ctx, "alipay.trade.query", {"out_trade_no": number})
        except Declined as declined:
            if declined.sub_code != NO_SUCH_TRADE:
                raise _refused(ctx, declined) from declined
            # Nobody has opened the cashier yet, or nobody will: the attempt's own deadline decides.
            return Snapshot(
                AttemptState.REQUIRES_ACTION, trades.number_of(charge.key), account=settings.app_id, live=settings.live
            )
        found = trades.snapshot_of(told, charge, settings.app_id, settings.live)
        refunds = tuple(filter(None, (self._refund(ctx, client, charge, key) for key in charge.operations)))
        return Snapshot(found.state, found.remote_id, (*found.entries, *refunds), account=found.account, live=found.live)

    def capture(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        """Alipay takes the money at once; there is nothing to capture later."""
        return self.fetch(ctx, charge)

    def void(self, ctx: Context, charge: Charge, key: str) -> Snapshot:
        """Close the trade, so that its cashier takes no money any more. One that was paid meanwhile is told as paid."""
        client = client_of(ctx)
        try:
            client.call(ctx, "alipay.trade.close", {"out_trade_no": trades.number_of(charge.key)})
        except Declined as declined:
            found = self.fetch(ctx, charge)
            if found.state is not AttemptState.REQUIRES_ACTION:
                return found
            if declined.sub_code != NO_SUCH_TRADE:
                raise _refused(ctx, declined) from declined
        return Snapshot(AttemptState.CANCELLED, trades.number_of(charge.key))

    # --- giving back --------------------------------------------------------------------------------------------
    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        """`out_request_no` is the operation's key: the same request again gives nothing twice. `fund_change` N says that
        this call moved nothing: because an earlier one did, which a query of the refund shows, or because the money isn't on
        its way yet or came back. Then there is no entry, and the operation is asked for again under its key until there is."""
        client = client_of(ctx)
        content = {"out_trade_no": trades.number_of(charge.key), "refund_amount": text_of(amount), "out_request_no": key}
        try:
            told = client.call(ctx, "alipay.trade.refund", content)
        except Declined as declined:
            done = self._refund(ctx, client, charge, key)
            if done is None:
                raise _refused(ctx, declined) from declined
            return Snapshot(AttemptState.CAPTURED, trades.number_of(charge.key), (done,))
        moved = Entry(TransactionKind.REFUND, Phase.SUCCEEDED, amount, key, key=key)
        entry = moved if told.get("fund_change") == "Y" else self._refund(ctx, client, charge, key)
        return Snapshot(AttemptState.CAPTURED, trades.number_of(charge.key), (entry,) if entry else ())

    def _refund(self, ctx: Context, client: Client, charge: Charge, key: str) -> Entry | None:
        asked = {"out_trade_no": trades.number_of(charge.key), "out_request_no": key}
        try:
            return trades.refund_of(client.call(ctx, "alipay.trade.fastpay.refund.query", asked), key)
        except Declined as declined:
            if declined.code != BUSINESS:
                raise
            return None

    # --- what Alipay tells --------------------------------------------------------------------------------------
    def parse_webhook(self, ctx: Context, request: RawRequest) -> Notice:
        return notices.read(ctx, ctx.settings(AlipaySettings), request.body)

    def acknowledge(self, ctx: Context, notice: Notice) -> tuple[int, str]:
        return 200, "success"  # anything else, and it is sent again for a day

    def reconcile(self, ctx: Context, since: datetime, until: datetime) -> Sequence[Settled]:
        return bills.between(ctx, client_of(ctx), since, until)


def client_of(ctx: Context) -> Client:
    """Refused where the settings lack something or hold what can't be read."""
    settings = ctx.settings(AlipaySettings)
    if not settings.complete:
        raise Refused(Problem("payment_method_unavailable", ctx.gettext("Alipay isn't set up."), "payments", status=409))
    try:
        return Client(settings.address, settings.app_id, keys_of(settings))
    except BadKey as error:
        raise Refused(Problem("payment_method_unavailable", str(error), "payments", status=409)) from error


def _refused(ctx: Context, declined: Declined) -> Refused:
    """In the buyer's words; the gateway's own go to the log and to staff."""
    log.warning("alipay_declined", code=declined.code, sub_code=declined.sub_code, message=declined.message)
    message = ctx.gettext("Alipay refused: %(reason)s", reason=declined.message or declined.sub_code)
    return Refused(Problem("payment_refused", message, "payments", status=409))
