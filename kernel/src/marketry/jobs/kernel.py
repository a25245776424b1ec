"""The kernel's own jobs and schedules."""

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from marketry.jobs.tidying import tidy
from marketry.jobs.values import Job, Schedule

if TYPE_CHECKING:
    from marketry.context import Context


def _send_mail(ctx: "Context", payload: Mapping[str, Any]) -> None:
    from marketry.mail.sending import send_mail

    send_mail(ctx, payload["mail"])


def _make_renditions(ctx: "Context") -> None:
    ctx.media.make_pending()


def _tidy(ctx: "Context") -> None:
    from marketry.web.sessions import sweep_sessions

    tidy(ctx)
    with ctx.writing():
        sweep_sessions(ctx)


def _journal_erasures(ctx: "Context", payload: Mapping[str, Any]) -> None:
    from marketry.privacy.journal import write_missing

    write_missing(ctx)


def _tend_erasures(ctx: "Context") -> None:
    from marketry.privacy import tend

    tend(ctx)


KERNEL_JOBS = (
    Job("mail", _send_mail, transaction=False, plugin="kernel"),
    Job("journal_erasures", _journal_erasures, transaction=False, plugin="kernel"),
)
KERNEL_SCHEDULES = (
    Schedule("tidy", timedelta(hours=1), _tidy, plugin="kernel"),
    Schedule("erasures", timedelta(minutes=1), _tend_erasures, plugin="kernel"),
    Schedule("renditions", timedelta(seconds=15), _make_renditions, plugin="kernel"),
)
