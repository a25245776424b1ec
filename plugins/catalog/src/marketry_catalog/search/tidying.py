"""What gathers beside the index and is no longer needed."""

from marketry import Context
from marketry_catalog.saving.changes import tidy_changes
from marketry_catalog.search.insights import forget_old
from marketry_catalog.search.rebuilding import sweep


def tidy(ctx: Context) -> None:
    """Former generations, queries older than the setting, changes that every process has seen."""
    sweep(ctx)
    forget_old(ctx)
    with ctx.writing() as session:
        tidy_changes(session)
