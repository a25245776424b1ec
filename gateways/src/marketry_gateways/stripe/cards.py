"""Test cards and what they do. Source: https://docs.stripe.com/testing"""

from __future__ import annotations

from dataclasses import dataclass

DECLINED = "Your card was declined."


@dataclass(frozen=True)
class Card:
    """A test card. ``challenge``: never, ``unless_set_up`` or ``always``; ``decline`` is (code, decline_code)."""

    brand: str = "visa"
    country: str = "US"
    decline: tuple[str, str] | None = None
    challenge: str = "never"
    dispute: str | None = None
    inquiry: bool = False
    refund_end: str | None = None
    risk: str = "normal"


CARDS: dict[str, Card] = {
    "4242424242424242": Card(),
    "4000056655665556": Card(),
    "5555555555554444": Card("mastercard"),
    "2223003122003222": Card("mastercard"),
    "5200828282828210": Card("mastercard"),
    "5105105105105100": Card("mastercard"),
    "378282246310005": Card("amex"),
    "371449635398431": Card("amex"),
    "6011111111111117": Card("discover"),
    "6011000990139424": Card("discover"),
    "3056930009020004": Card("diners"),
    "36227206271667": Card("diners"),
    "3566002020360505": Card("jcb"),
    "6200000000000005": Card("unionpay", "CN"),
    "4000001560000002": Card(country="CN"),
    "4000002760000016": Card(country="DE"),
    "4000000000000077": Card(),
    "4000000000000002": Card(decline=("card_declined", "generic_decline")),
    "4000000000009995": Card(decline=("card_declined", "insufficient_funds")),
    "4000000000009987": Card(decline=("card_declined", "lost_card")),
    "4000000000009979": Card(decline=("card_declined", "stolen_card")),
    "4000000000006975": Card(decline=("card_declined", "card_velocity_exceeded")),
    "4000000000000341": Card(decline=("card_declined", "generic_decline")),
    "4000000000000069": Card(decline=("expired_card", "expired_card")),
    "4000000000000127": Card(decline=("incorrect_cvc", "incorrect_cvc")),
    "4000000000000119": Card(decline=("processing_error", "processing_error")),
    "4100000000000019": Card(decline=("card_declined", "fraudulent"), risk="highest"),
    "4000000000009235": Card(risk="elevated"),
    "4000002500003155": Card(challenge="unless_set_up"),
    "4000002760003184": Card(challenge="always"),
    "4000000000003220": Card(challenge="always"),
    "4000000000003063": Card(challenge="always"),
    "4000008260003178": Card(challenge="unless_set_up", decline=("card_declined", "insufficient_funds")),
    "4000008400001629": Card(challenge="always", decline=("card_declined", "generic_decline")),
    "4000003800000446": Card(),
    "4000000000000259": Card(dispute="fraudulent"),
    "4000000000002685": Card(dispute="product_not_received"),
    "4000000000001976": Card(dispute="fraudulent", inquiry=True),
    "4000000000005126": Card(refund_end="failed"),
    "4000000000007726": Card(refund_end="succeeded"),
}

NAMED = {
    "visa": "4242424242424242",
    "visa_debit": "4000056655665556",
    "mastercard": "5555555555554444",
    "amex": "378282246310005",
    "discover": "6011111111111117",
    "jcb": "3566002020360505",
    "unionpay": "6200000000000005",
    "visa_chargeDeclined": "4000000000000002",
    "chargeDeclined": "4000000000000002",
    "visa_chargeDeclinedInsufficientFunds": "4000000000009995",
    "visa_chargeDeclinedLostCard": "4000000000009987",
    "visa_chargeDeclinedStolenCard": "4000000000009979",
    "chargeDeclinedExpiredCard": "4000000000000069",
    "chargeDeclinedIncorrectCvc": "4000000000000127",
    "chargeDeclinedProcessingError": "4000000000000119",
    "chargeCustomerFail": "4000000000000341",
    "authenticationRequired": "4000002500003155",
    "authenticationRequiredOnSetup": "4000002500003155",
    "threeDSecureRequired": "4000000000003063",
    "createDispute": "4000000000000259",
    "createDisputeProductNotReceived": "4000000000002685",
    "createDisputeInquiry": "4000000000001976",
    "refundFail": "4000000000005126",
    "pendingRefund": "4000000000007726",
}
"""``pm_card_<name>`` and ``tok_<name>`` of the API → number."""

WORDS = {
    "live_mode_test_card": "Your card was declined. Your request was in live mode, but used a known test card.",
    "insufficient_funds": "Your card has insufficient funds.",
    "expired_card": "Your card has expired.",
    "incorrect_cvc": "Your card's security code is incorrect.",
    "processing_error": "An error occurred while processing your card. Try again in a little bit.",
    "card_velocity_exceeded": (
        "Your card was declined for making repeated attempts too frequently or exceeding its amount limit."
    ),
}


def decline_words(decline_code: str) -> str:
    """What the cardholder is told."""
    return WORDS.get(decline_code, DECLINED)


def luhn(number: str) -> bool:
    """Whether the check digit is right."""
    digits = [int(each) for each in reversed(number)]
    return (sum(digits[0::2]) + sum(sum(divmod(2 * each, 10)) for each in digits[1::2])) % 10 == 0
