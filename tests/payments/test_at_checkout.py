"""What goes wrong, or twice, while a buyer pays: nothing is charged twice, and nobody is stuck."""

import pytest
from tests.payments.agreeing import books_agree
from tests.payments.till import Till, until

CREATE = r"/v1/checkout/sessions$"
PAID = [("capture", "succeeded", 1999, "USD")]


def sessions(till: Till) -> int:
    return len(till.stripe.book.all("checkout.session"))


@pytest.mark.parametrize("fault", ["lost", "error"])
def test_a_session_whose_answer_never_came_is_asked_for_again_and_is_the_same(till: Till, fault: str) -> None:
    before = sessions(till)
    till.stripe.fault(fault, 2, method="POST", path=CREATE)  # the SDK itself asks twice
    number, token, action = till.placed("stripe")
    assert action is None
    assert [payment.state for payment in till.payments(number)] == ["created"]
    tries(till, number)
    until(lambda: till.payments(number)[0].state == "requires_action", 60, lambda: till.site.log())
    assert sessions(till) == before + 1
    till.come_back(till.card(till.seen_by_buyer(number, token)["url"]))
    till.becomes(number, token, "paid")
    assert books_agree(till, number) == PAID


def tries(till: Till, number: str) -> None:
    """The job that stands behind does not wait its half minute."""
    (payment,) = till.payments(number)
    till.hasten("job:orders.initiate", f"initiate:{payment.id}")
