"""Hooks that the back office adds to the kernel's."""

from typing import TYPE_CHECKING

from marketry.plugins.markers import Failure, hookspec

if TYPE_CHECKING:
    from marketry_backoffice.guard import StaffGuard


@hookspec(Failure.BOOT, first=True)
def backoffice_staff_guard() -> "StaffGuard | None":
    """Return the object that decides who of staff gets in and what they may do (passwords, second factors, roles).

    Called once, at the first sign-in or request of staff; the first answer wins. See `marketry_backoffice.api.StaffGuard` for
    its methods and when each is called. Without one, staff sign in by a one-time link and hold what their row says.
    """
