"""What other plugins may use of the back office."""

from marketry_backoffice.links import issue_link
from marketry_backoffice.staff import ensure_admin, find_staff

__all__ = ["ensure_admin", "find_staff", "issue_link"]
