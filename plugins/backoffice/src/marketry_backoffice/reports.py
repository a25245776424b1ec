"""What plugins report on their health."""

from typing import TYPE_CHECKING

from marketry.hookspecs import operations
from marketry.web.values import HealthReport

if TYPE_CHECKING:
    from marketry import Context


def reports_by_plugin(ctx: "Context") -> dict[str, tuple[HealthReport, ...]]:
    """The reports of each plugin that gives any."""
    with ctx.reading():
        answers = ctx.hooks.each(operations.health, ctx)
    return {answer.plugin: tuple(answer.value) for answer in answers}
