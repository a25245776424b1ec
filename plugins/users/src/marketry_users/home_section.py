"""An invitation on the home page to be written to, as a kind of section that the merchant can add."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from marketry import Context
from marketry.web.sections import SectionKind, Words, said, words_field


class Invitation(BaseModel):
    model_config = ConfigDict(extra="ignore")

    title: Words = words_field("Title")
    text: Words = words_field("Text", long=True)
    button: Words = words_field("Button")


def invitation(ctx: Context, wanted: Invitation) -> Mapping[str, Any]:
    """The address that is typed gets one mail, which asks whether it was its owner (`newsletter`)."""
    return {
        "title": said(ctx, wanted.title) or ctx.gettext("Letters from the shop"),
        "text": said(ctx, wanted.text),
        "button": said(ctx, wanted.button) or ctx.gettext("Write to me"),
    }


KIND = SectionKind(
    "newsletter", "Newsletter", "users/sections/newsletter.html", Invitation, invitation, "A band that asks for an address"
)
