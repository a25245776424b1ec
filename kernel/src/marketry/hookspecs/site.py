"""Life of a site: commands, start, stop, services."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from marketry.plugins.markers import Failure, hookspec

if TYPE_CHECKING:
    import typer

    from marketry.context import Context


@hookspec(Failure.BOOT)
def register_cli() -> Mapping[str, "typer.Typer"]:  # type: ignore[empty-body]
    """Add command groups to `marketry`, by name. A command finds the booted site in `typer.Context.obj` (a Runtime).

    Called once when the command line starts with a site. A name taken by the kernel or an earlier plugin is a boot error.
    Not called in web or worker processes.
    """


@hookspec(Failure.BOOT)
def startup(ctx: "Context") -> None:
    """Prepare what this process needs (warm a cache, open a pool).

    Called once per web or worker process after migrations were checked, dependencies first. Not called by the command line.
    """


@hookspec(Failure.OPEN, reverse=True)
def shutdown(ctx: "Context") -> None:
    """Release what `startup` took. Called once per process when it stops, dependants first; not after kill -9."""


@hookspec(Failure.BOOT)
def services() -> Mapping[type, object]:  # type: ignore[empty-body]
    """Offer implementations of protocols: `{StockKeeper: CatalogStock()}`, found by others with `ctx.service(StockKeeper)`.

    Called once at boot. Two plugins offering one protocol is a boot error, unless the site's `[services]` table chooses.
    """
