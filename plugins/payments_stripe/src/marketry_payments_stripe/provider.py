"""Cards and wallets on Stripe's hosted checkout."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from urllib.parse import urlsplit

import stripe
from stripe import StripeClient

from marketry import Context, Problem, Refused
from marketry.commerce.money import Money
from marketry.commerce.payment import AttemptState, Charge, Instrument, Notice, ProviderKind, RawRequest, Settled, Snapshot
from marketry.commerce.quote import Quote
from marketry_payments_stripe import notices, snapshots, statement, vault
from marketry_payments_stripe.amounts import chargeable, units_of
from marketry_payments_stripe.client import FINAL, client_of, refused
from marketry_payments_stripe.sessions import checkout_of, intent_of
from marketry_payments_stripe.settings import BANKS, CHECKOUT, StripeSettings

T = TypeVar("T")


class Stripe:
    """A payment's remote id is that of its checkout session (`cs_…`), or of the intent (`pi_…`) that charged a saved card."""

    code = "stripe"
    kind = ProviderKind.REMOTE

    def label(self, ctx: Context) -> str:
        return ctx.gettext("Card or wallet")

    def offered(self, ctx: Context, quote: Quote) -> Problem | None:
        """Not where Stripe would refuse the amount, too small or too large, after the order was placed."""
        if ctx.settings(StripeSettings).complete and chargeable(quote.total):
            return None
        message = ctx.gettext("%(amount)s can't be paid by card here.", amount=ctx.money(quote.total))
        return Problem("payment_method_unavailable", message, "payments")

    def fee(self, ctx: Context, quote: Quote) -> Money | None:
        return None

    def redirect_hosts(self, ctx: Context) -> Sequence[str]:
        base = ctx.settings(StripeSettings).checkout_base
        own = urlsplit(str(base)) if base else None
        return (f"{own.scheme}://{own.netloc}",) if own else (CHECKOUT, BANKS)

    def account(self, ctx: Context) -> tuple[str, bool | None]:
        settings = ctx.settings(StripeSettings)
        return settings.account, settings.live if settings.complete else None

    # --- paying -------------------------------------------------------------------------------------------------
    def initiate(self, ctx: Context, charge: Charge) -> Snapshot:
        if charge.instrument is not None:
            return self._confirmed(ctx, charge.instrument, charge, present=True)
        settings, client = ctx.settings(StripeSettings), client_of(ctx)
        asked = _exact(ctx, lambda: checkout_of(charge, settings))
        session = _final(ctx, lambda: client.v1.checkout.sessions.create(asked, {"idempotency_key": f"{charge.key}-session"}))  # type: ignore[arg-type]
        return snapshots.of_session(session.to_dict(), None, (), (), settings.account)

    def fetch(self, ctx: Context, charge: Charge) -> Snapshot:
        client, account = client_of(ctx), ctx.settings(StripeSettings).account
        if (charge.remote_id or "").startswith("pi_"):
            intent = self._intent(ctx, client, str(charge.remote_id))
            _ours(intent["metadata"].get("attempt"), charge)
            return snapshots.of_intent(intent, *movements(client, intent), account)
        session, paying = self._session(ctx, client, charge)
        refunds, disputes = movements(client, paying) if paying is not None else ([], [])
        return snapshots.of_session(session, paying, refunds, disputes, account)

    def capture(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        client = client_of(ctx)
        asked = {"amount_to_capture": _exact(ctx, lambda: units_of(amount))}
        intent = self._paying(ctx, client, charge)
        _final(ctx, lambda: client.v1.payment_intents.capture(intent["id"], asked, {"idempotency_key": key}))  # type: ignore[arg-type]
        return self.fetch(ctx, charge)

    def void(self, ctx: Context, charge: Charge, key: str) -> Snapshot:
        """Let an authorisation go, or close the page. What was paid meanwhile is told as paid."""
        client = client_of(ctx)
        before = self.fetch(ctx, charge)
        options: Any = {"idempotency_key": key}
        waits = before.state is AttemptState.REQUIRES_ACTION
        if before.state is AttemptState.AUTHORISED or (waits and (charge.remote_id or "").startswith("pi_")):
            intent = self._paying(ctx, client, charge)["id"]
            _final(ctx, lambda: client.v1.payment_intents.cancel(intent, None, options))
        elif waits:
            try:
                client.v1.checkout.sessions.expire(str(charge.remote_id), None, options)
            except FINAL:
                return self.fetch(ctx, charge)  # it was completed or expired in between
            return Snapshot(AttemptState.CANCELLED, charge.remote_id)
        return self.fetch(ctx, charge)

    def refund(self, ctx: Context, charge: Charge, amount: Money, key: str) -> Snapshot:
        client = client_of(ctx)
        intent = self._paying(ctx, client, charge)["id"]
        asked = {"payment_intent": intent, "amount": _exact(ctx, lambda: units_of(amount)), "metadata": {"operation": key}}
        _final(ctx, lambda: client.v1.refunds.create(asked, {"idempotency_key": key}))  # type: ignore[arg-type]
        return self.fetch(ctx, charge)

    # --- saved cards --------------------------------------------------------------------------------------------
    def save(self, ctx: Context, charge: Charge) -> Instrument:
        """What `charge` was paid with, where the buyer let us keep it."""
        instrument = snapshots.instrument_of(self._paying(ctx, client_of(ctx), charge))
        if instrument is None:
            raise Refused(Problem("not_saved", ctx.gettext("This payment's card was not kept."), "payments", status=409))
        return instrument

    def charge(self, ctx: Context, instrument: Instrument, charge: Charge) -> Snapshot:
        return self._confirmed(ctx, instrument, charge, present=False)

    def forget(self, ctx: Context, instrument: Instrument, *, whole_person: bool = False) -> None:
        vault.forget(ctx, client_of(ctx), instrument, whole_person)

    def _confirmed(self, ctx: Context, instrument: Instrument, charge: Charge, *, present: bool) -> Snapshot:
        """Charged, or on the way to the owner's bank; FAILED where it was declined."""
        client, settings = client_of(ctx), ctx.settings(StripeSettings)
        asked = _exact(ctx, lambda: intent_of(charge, instrument, settings, present=present))
        try:
            made = client.v1.payment_intents.create(asked, {"idempotency_key": f"{charge.key}-charge"})  # type: ignore[arg-type]
        except stripe.CardError as error:
            failed = getattr(error.error, "payment_intent", None)
            said = vault.declined(ctx, error)
            return Snapshot(AttemptState.FAILED, failed["id"] if failed else None, problem=said, live=settings.live)
        except FINAL as error:
            raise refused(ctx, error) from error
        intent = self._intent(ctx, client, made.id)
        return snapshots.of_intent(intent, *movements(client, intent), settings.account)

    # --- what Stripe tells --------------------------------------------------------------------------------------
    def parse_webhook(self, ctx: Context, request: RawRequest) -> Notice:
        return notices.read(ctx, ctx.settings(StripeSettings), request)

    def acknowledge(self, ctx: Context, notice: Notice) -> tuple[int, str]:
        return 200, ""

    def reconcile(self, ctx: Context, since: datetime, until: datetime) -> Sequence[Settled]:
        return statement.between(client_of(ctx), since, until)

    # --- Stripe's objects as dicts ------------------------------------------------------------------------------
    def _session(self, ctx: Context, client: StripeClient, charge: Charge) -> tuple[dict[str, Any], dict[str, Any] | None]:
        found = _final(ctx, lambda: client.v1.checkout.sessions.retrieve(str(charge.remote_id))).to_dict()
        _ours(found.get("client_reference_id"), charge)
        intent = found.get("payment_intent")
        return found, self._intent(ctx, client, intent) if intent else None

    def _paying(self, ctx: Context, client: StripeClient, charge: Charge) -> dict[str, Any]:
        """The intent behind the charge; Refused where nobody has paid yet."""
        if (charge.remote_id or "").startswith("pi_"):
            return self._intent(ctx, client, str(charge.remote_id))
        _, intent = self._session(ctx, client, charge)
        if intent is None:
            raise Refused(Problem("nothing_paid", ctx.gettext("Nothing was paid here yet."), "payments", status=409))
        return intent

    def _intent(self, ctx: Context, client: StripeClient, name: str) -> dict[str, Any]:
        expanded: Any = {"expand": ["latest_charge"]}
        return dict(_final(ctx, lambda: client.v1.payment_intents.retrieve(name, expanded)).to_dict())


def movements(client: StripeClient, intent: Mapping[str, Any]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """All refunds and disputes of an intent, whoever made them."""
    of: Any = {"payment_intent": intent["id"], "limit": 100}
    refunds = [r.to_dict() for r in client.v1.refunds.list(of).auto_paging_iter()]
    disputes = [d.to_dict() for d in client.v1.disputes.list(of).auto_paging_iter()]
    return refunds, disputes


def _ours(key: str | None, charge: Charge) -> None:
    if key != charge.key:
        raise ValueError(f"asked about the attempt {charge.key}, answered about {key}")


def _exact(ctx: Context, make: Callable[[], T]) -> T:
    try:
        return make()
    except ValueError as error:
        message = ctx.gettext("This amount can't be charged by card: %(reason)s", reason=str(error))
        raise Refused(Problem("amount_not_supported", message, "payments")) from error


def _final(ctx: Context, ask: Callable[[], T]) -> T:
    """What Stripe refuses for good becomes Refused; other trouble stays an error, so that the caller's job asks again."""
    try:
        return ask()
    except FINAL as error:
        raise refused(ctx, error) from error
