"""Money that is only reserved until staff take it, in whole or in part, or let it go."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from marketry_gateways.stripe.desk import Desk
from marketry_gateways.stripe.intents import release
from tests.payments.agreeing import books_agree
from tests.payments.till import Till, until

ENVIRONMENT = {"MARKETRY_PAYMENTS_STRIPE__CAPTURE": "manual", "MARKETRY_ORDERS__CAPTURE": "by_hand"}
CAPTURED = ("capture", "succeeded", 1999, "USD")


def authorised(till: Till) -> tuple[str, str]:
    """An order whose money is reserved: its number, its payment."""
    number, token, address = till.order("stripe")
    till.come_back(till.card(address))
    till.becomes(number, token, "authorised")
    assert reserved(till, number) == 1999
    return number, till.payments(number)[0].id


def reserved(till: Till, number: str) -> int:
    """What the twin holds for this order."""
    attempts = [payment.id for payment in till.payments(number)]
    found = [p for p in till.stripe.statement()["payments"] if p["client_reference_id"] in attempts]
    return sum(payment["authorised"] for payment in found)


def done(till: Till, number: str, kind: str, amount: int) -> None:
    until(lambda: (kind, "done", amount) in till.operations(number), 60, lambda: str(till.operations(number)))


def test_what_is_reserved_is_taken_when_staff_say_so(till: Till) -> None:
    number, payment = authorised(till)
    assert books_agree(till, number) == []
    assert till.deed(number, "capture", payment=payment).status_code == 200
    assert till.seen(number)["payment_status"] == "paid"
    assert books_agree(till, number) == [CAPTURED]
    assert till.deed(number, "capture", payment=payment, amount=1).status_code == 409


def test_a_part_is_taken_and_the_rest_is_let_go(till: Till) -> None:
    number, payment = authorised(till)
    assert till.deed(number, "capture", payment=payment, amount=1500).status_code == 200
    assert books_agree(till, number) == [("capture", "succeeded", 1500, "USD")]
    seen = till.seen(number)
    assert (seen["payment_status"], seen["payments"][0]["capturable"]["minor"], reserved(till, number)) == (
        "partially_paid",
        0,
        0,
    )


def test_what_is_reserved_is_let_go(till: Till) -> None:
    number, payment = authorised(till)
    assert till.deed(number, "void", payment=payment, reason="A mistake.").status_code == 200
    assert (till.seen(number)["payment_status"], reserved(till, number)) == ("voided", 0)
    assert till.deed(number, "capture", payment=payment).status_code == 409
    assert books_agree(till, number) == []


def test_cancelling_lets_go_what_is_reserved(till: Till) -> None:
    number, _ = authorised(till)
    assert till.deed(number, "cancel", reason="Out of tea.").status_code == 200
    assert (till.seen(number)["status"], reserved(till, number)) == ("cancelled", 0)
    assert books_agree(till, number) == []


@pytest.mark.parametrize("fault", ["lost", pytest.param("error", marks=pytest.mark.heavy)])
@pytest.mark.parametrize(("kind", "path"), [("capture", "/capture$"), ("void", "/cancel$")])
def test_an_answer_that_never_came_is_asked_for_again_and_moves_money_once(till: Till, fault: str, kind: str, path: str) -> None:
    number, payment = authorised(till)
    till.stripe.hold()
    till.stripe.fault(fault, 2, method="POST", path=path)  # the SDK itself asks twice
    assert till.deed(number, kind, payment=payment).status_code == 202
    assert till.deed(number, "capture", payment=payment).status_code == 409  # it was asked for
    till.ask_again(number, kind)
    done(till, number, kind, 1999)
    till.stripe.release()
    assert books_agree(till, number) == ([CAPTURED] if kind == "capture" else [])
    assert reserved(till, number) == 0


def test_two_of_the_staff_who_take_at_once_take_once(till: Till) -> None:
    number, payment = authorised(till)
    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda _: till.deed(number, "capture", payment=payment), range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 409]
    assert books_agree(till, number) == [CAPTURED]
    assert till.operations(number) == [("capture", "done", 1999)]


def test_a_reservation_that_stripe_let_go_cant_be_taken_and_staff_see_it(till: Till) -> None:
    number, payment = authorised(till)
    till.stripe.drop(10)
    intent = next(p["payment_intent"] for p in till.stripe.statement()["payments"] if p["client_reference_id"] == payment)
    with till.stripe.book.transaction():
        desk = Desk(till.stripe.world, till.stripe.account, False)
        release(desk, desk.get("payment_intent", intent), "automatic")
    till.deed(number, "capture", payment=payment)
    assert till.operations(number) == [("capture", "failed", 1999)]
    assert books_agree(till, number) == []  # the refusal made the shop look again
    assert till.seen(number)["payment_status"] == "voided"
