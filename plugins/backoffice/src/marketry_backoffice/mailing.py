"""Mail a fresh link to somebody who asked for one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from marketry_backoffice.links import VALID, issue_link
from marketry_backoffice.places import office_place
from marketry_backoffice.staff import find_staff

if TYPE_CHECKING:
    from marketry import Context

TEMPLATE = "backoffice/sign_in_link"


def mail_link(ctx: "Context", payload: Mapping[str, Any]) -> None:
    """The job: nothing happens for an address that isn't staff's. It runs for every request for a link, known or not, so
    that the answer's time says nothing either."""
    staff = find_staff(ctx, str(payload["email"]))
    if staff is None:
        return
    there = ctx.with_locale(str(payload["locale"]))
    link = issue_link(there, staff, office_place(str(payload.get("next", ""))))
    values = {"link": link, "name": staff.name, "minutes": int(VALID.total_seconds() // 60)}
    ctx.mail.queue(there, to=staff.email, template=TEMPLATE, values=values, key=f"backoffice.link:{payload['request']}")
