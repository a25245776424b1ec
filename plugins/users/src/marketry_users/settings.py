"""What a shop may set about accounts."""

from pydantic import BaseModel, Field


class UserSettings(BaseModel):
    """Limits count tries within a quarter of an hour."""

    sign_in_tries_per_account: int = Field(
        10,
        ge=3,
        le=1_000,
        title="Sign-in tries per account",
        description="Within 15 minutes, from unknown browsers together and from each known browser.",
    )
    sign_in_tries_per_address: int = Field(
        60,
        ge=3,
        le=1_000_000,
        title="Sign-in tries per network address",
        description="Within 15 minutes. Raise it where many customers share one address, as in an office.",
    )
    require_second_factor: bool = Field(
        True,
        title="Staff need a second factor",
        description="Who has none sets one up before anything else. Without it a stolen password is enough.",
    )
    invitation_days: int = Field(7, ge=1, le=60, title="Days for which an invitation is good")
    token_days: int = Field(365, ge=1, le=3_650, title="Most days for which a token of staff is good")
