"""Forgetting what a customer saved: at once here, and then at its provider, which a job asks until it has answered."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketry import Context, Problem, Refused
from marketry.commerce.payment import Vault
from marketry.telemetry import log
from marketry_orders.models import SavedMeans
from marketry_orders.wallet import instrument_of, is_known, own, saved_by

FORGET_JOB = "orders.forget"


def give_up(ctx: Context, means: Sequence[SavedMeans], *, whole_person: bool = False) -> None:
    """From now on they are nobody's; their providers are told by jobs. Inside `ctx.writing()`."""
    for one in means:
        one.customer, one.label, one.expires, one.whole_person = None, "", "", whole_person
        ctx.enqueue(FORGET_JOB, {"means": one.id}, key=f"forget:{one.id}:{whole_person}")
    ctx.session.flush()


def remove(ctx: Context, customer: str, id: str) -> bool:
    """Forget one of `customer`'s; False where they have no such. Not in a unit of work."""
    with ctx.writing():
        found = own(ctx, customer, id)
        if found is None:
            return False
        give_up(ctx, [found])
    try:
        forget(ctx, {"means": id})
    except Exception as error:  # the job asks again
        log.warning("not_forgotten_yet", means=id, error=repr(error))
    return True


def give_up_all(ctx: Context, customer: str) -> int:
    """Everything of an erased customer. Inside `ctx.writing()`."""
    found = saved_by(ctx, customer)
    give_up(ctx, found, whole_person=True)
    return len(found)


def forget(ctx: Context, payload: Mapping[str, Any]) -> None:
    """Job `orders.forget`: payload {means}. Raises while the provider can't be asked, so that it runs again: with the keys of
    another account it would answer that there is no such thing, and the card would stay where it is."""
    with ctx.reading() as session:
        found = session.get(SavedMeans, str(payload["means"]))
    if found is None or found.customer is not None:
        return
    code, instrument, whole_person = found.provider, instrument_of(found), found.whole_person
    provider = ctx.runtime.provider(code)
    if not isinstance(provider, Vault):
        message = ctx.gettext("The plugin of the payment method %(code)s is not enabled. Enable it, then try again.", code=code)
        raise Refused(Problem("provider_missing", message, plugin="orders", status=409))
    if not is_known(ctx, provider, found):
        message = ctx.gettext(
            "What a customer saved with %(code)s belongs to other keys than are set, so it can't be removed there. Save those "
            "keys again and repeat this job, or remove it on the provider's own pages.",
            code=code,
        )
        raise Refused(Problem("other_account", message, plugin="orders", status=409))
    provider.forget(ctx, instrument, whole_person=whole_person)
    with ctx.writing() as session:
        gone = session.get(SavedMeans, str(payload["means"]))
        if gone is not None:
            session.delete(gone)
