"""What other plugins may use of the back office."""

from marketry_backoffice.guard import Rights, StaffGuard, StaffNote
from marketry_backoffice.links import issue_link
from marketry_backoffice.models import Staff
from marketry_backoffice.places import office_place
from marketry_backoffice.signing_in import admit, complete_sign_in, half_signed_in
from marketry_backoffice.staff import all_staff, clean_address, ensure_admin, find_staff, staff_id, subject_of

__all__ = [
    "Rights", "Staff", "StaffGuard", "StaffNote", "admit", "all_staff", "clean_address", "complete_sign_in", "ensure_admin",
    "find_staff", "half_signed_in", "issue_link", "office_place", "staff_id", "subject_of",
]  # fmt: skip
