"""What users keep of a member of staff beside their row in the back office."""

from marketry import Context
from marketry_users.models import StaffAccount


def account_of(ctx: Context, staff: int) -> StaffAccount:
    """The row of this member of staff, made at first need. Inside `ctx.writing()`."""
    found = ctx.session.get(StaffAccount, staff)
    if found is None:
        found = StaffAccount(staff_id=staff)
        ctx.session.add(found)
        ctx.session.flush()
    return found
