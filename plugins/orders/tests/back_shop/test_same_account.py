"""Keys of a gateway that were changed while its payments are in the books: nobody asks the wrong account about them."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select, text

from marketry import Money, Refused
from marketry.commerce.payment import Entry, Phase, TransactionKind
from marketry_orders import expiring
from marketry_orders.cancelling import cancel_order
from marketry_orders.expiring import expire_orders
from marketry_orders.fetching import fetch_payment, poll
from marketry_orders.models import Operation, Payment
from marketry_orders.pending_movements import look_at_pending
from marketry_orders.performing import operate, perform_all
from marketry_orders.refunding import refund_order
from marketry_orders.settling import settle

OTHER_ACCOUNT = "This payment was made with the account acct_shop, and the settings are of the account acct_new."
WAS_LIVE = "This payment was made in live mode, and the settings are of test mode now."
WAS_TEST = "This was a test payment: no money moved."


def switch(shop: Any, account: str, live: bool | None) -> None:
    shop.gateway.account = lambda ctx: (account, live)


def paid(shop: Any) -> str:
    number: str = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{number}-gateway", shop.gateway.pays(f"{number}-gateway", 10_000))
    return number


def problem(call: Any) -> tuple[str, int, str]:
    with pytest.raises(Refused) as refused:
        call()
    (one,) = refused.value.problems
    return one.code, one.status, one.message


def jobs(shop: Any, name: str) -> int:
    with shop.ctx().reading() as session:
        found = session.execute(text("SELECT count(*) FROM kernel_outbox WHERE handler = :name"), {"name": f"job:{name}"})
        return int(found.scalar_one())


@pytest.mark.parametrize(("account", "live", "said"), [("acct_new", True, OTHER_ACCOUNT), ("acct_shop", False, WAS_LIVE)])
def test_a_payment_of_other_keys_is_neither_asked_about_nor_given_back(shop: Any, account: str, live: bool, said: str) -> None:
    number = paid(shop)
    switch(shop, account, live)
    for deed in (lambda: refund_order(shop.ctx(), number, 1_000), lambda: fetch_payment(shop.ctx(), f"{number}-gateway")):
        code, status, message = problem(deed)
        assert (code, status, message.startswith(said)) == ("other_account", 409, True)
    assert shop.gateway.calls == []
    assert shop.standing(number)[1] == "paid"
    switch(shop, "acct_shop", True)
    assert perform_all(shop.ctx(), refund_order(shop.ctx(), number, 1_000)) == ["done"]


def test_a_test_payment_moved_no_money_and_says_so(shop: Any) -> None:
    number = paid(shop)
    with shop.ctx().writing() as session:
        session.get_one(Payment, f"{number}-gateway").live = False
    assert problem(lambda: refund_order(shop.ctx(), number, 1_000))[2].startswith(WAS_TEST)


@pytest.mark.parametrize(("account", "live"), [("acct_shop", True), ("", True), ("acct_shop", None), ("", None)])
def test_what_isnt_known_isnt_compared(shop: Any, account: str, live: bool | None) -> None:
    """A gateway whose settings name no account, or whose keys were taken out: then it says so itself."""
    number = paid(shop)
    switch(shop, account, live)
    assert perform_all(shop.ctx(), refund_order(shop.ctx(), number, 1_000)) == ["done"]


def test_the_poller_passes_over_payments_and_refunds_of_other_keys(shop: Any) -> None:
    number, waiting = paid(shop), shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{waiting}-gateway", shop.gateway.snapshot(f"{waiting}-gateway"))
    shop.gateway.away = True
    assert perform_all(shop.ctx(), refund_order(shop.ctx(), number, 1_000)) == ["sent"]
    switch(shop, "acct_shop", False)
    shop.later(minutes=10)
    before = jobs(shop, "orders.fetch"), jobs(shop, "orders.operate")
    poll(shop.ctx())
    assert (jobs(shop, "orders.fetch"), jobs(shop, "orders.operate")) == before
    switch(shop, "acct_shop", True)
    poll(shop.ctx())
    assert (jobs(shop, "orders.fetch"), jobs(shop, "orders.operate")) == (before[0] + 1, before[1] + 1)


def test_a_refund_that_may_have_been_made_stays_open_while_the_keys_are_others(shop: Any) -> None:
    """The answer was lost, then the keys were changed: freeing the amount would let it be given back twice."""
    number = paid(shop)
    shop.gateway.away = True
    (operation,) = refund_order(shop.ctx(), number, 9_000)
    assert perform_all(shop.ctx(), [operation]) == ["sent"]
    shop.gateway.away = False
    switch(shop, "acct_new", True)
    assert problem(lambda: operate(shop.ctx(), {"operation": operation.id}))[0] == "other_account"
    with shop.ctx().reading() as session:
        assert session.scalars(select(Operation.state).where(Operation.id == operation.id)).one() == "sent"
    switch(shop, "acct_shop", True)
    operate(shop.ctx(), {"operation": operation.id})
    assert [entry for entry in shop.ledger(number) if entry[0] == "refund"] == [("refund", "succeeded", 9_000)]


def test_a_refusal_after_a_lost_answer_is_the_end_only_once_the_gateway_was_asked(shop: Any) -> None:
    number = paid(shop)
    operations = refund_order(shop.ctx(), number, 9_000)
    done = shop.gateway.refund
    shop.gateway.refund = lambda ctx, charge, amount, key: (done(ctx, charge, amount, key), 1 / 0)[0]  # its answer is lost
    assert perform_all(shop.ctx(), operations) == ["sent"]
    shop.gateway.refund, shop.gateway.refuses = done, True
    operate(shop.ctx(), {"operation": operations[0].id})
    with shop.ctx().reading() as session:
        assert session.scalars(select(Operation.state)).all() == ["done"]
    assert shop.standing(number)[1] == "partially_refunded"


def test_an_order_of_other_keys_can_be_cancelled_and_says_why_nothing_went_back(shop: Any) -> None:
    number = paid(shop)
    switch(shop, "acct_shop", False)
    assert perform_all(shop.ctx(), cancel_order(shop.ctx(), number, "Changed their mind")) == ["failed"]
    with shop.ctx().reading() as session:
        assert session.scalars(select(Operation.problem)).one().startswith(WAS_LIVE)
    assert shop.standing(number)[:2] == ("cancelled", "paid")
    assert shop.gateway.calls == []


def test_refunds_on_their_way_are_asked_about_with_their_own_keys_alone(shop: Any) -> None:
    number = paid(shop)
    begun = Entry(TransactionKind.REFUND, Phase.PENDING, Money(1_000, "USD"), "re_1")
    settled = shop.gateway.snapshot(f"{number}-gateway")
    settle(shop.ctx(), f"{number}-gateway", replace(settled, entries=(*settled.entries, begun)))
    before = jobs(shop, "orders.fetch")
    switch(shop, "acct_shop", False)
    look_at_pending(shop.ctx())
    assert jobs(shop, "orders.fetch") == before
    switch(shop, "acct_shop", True)
    look_at_pending(shop.ctx())
    assert jobs(shop, "orders.fetch") == before + 1


def test_orders_of_other_keys_dont_keep_later_ones_from_expiring(shop: Any, monkeypatch: Any) -> None:
    """A turn looks at so many: those that nobody can be asked about would come first, again and again."""
    monkeypatch.setattr(expiring, "AT_MOST", 1)
    old = shop.order(("gateway", 10_000))
    settle(shop.ctx(), f"{old}-gateway", shop.gateway.snapshot(f"{old}-gateway"))
    with shop.ctx().writing() as session:
        session.get_one(Payment, f"{old}-gateway").initiated_at = shop.ctx().now()
    shop.later(minutes=1)
    switch(shop, "acct_new", True)
    later = shop.order(("gateway", 10_000))
    shop.later(days=2)
    expire_orders(shop.ctx())
    assert (shop.standing(old)[0], shop.standing(later)[0]) == ("placed", "cancelled")
