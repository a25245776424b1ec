"""Money as the JSON surface writes it."""

from marketry.commerce.money import Money


def money_json(amount: Money) -> dict[str, object]:
    return {"minor": amount.minor, "currency": amount.currency}


def minor_json(minor: int, currency: str) -> dict[str, object]:
    return {"minor": minor, "currency": currency}
