"""The typer application: the kernel's commands, and the groups that the site's plugins register."""

import os
from collections.abc import Sequence
from typing import Any

import typer

from marketry.cli import databases, hooks, people, plugins, serving, sites
from marketry.cli.output import complain
from marketry.cli.site_option import site_dir

KERNEL = (serving, databases, sites, plugins, hooks, people)


def run(arguments: Sequence[str]) -> int:
    """Run the command that `arguments` name; errors become one clear line on stderr."""
    try:
        return _run(arguments)
    except Exception as error:
        if os.environ.get("MARKETRY_DEBUG"):
            raise
        complain(worded(error))
        return 1


def worded(error: Exception) -> str:
    """What to tell a person about `error`."""
    from marketry.plugins.failures import BootStopped, Fault, PluginFailed
    from marketry.problems import Refused

    if isinstance(error, Refused):
        return "; ".join(
            f"{problem.field}: {problem.message}" if problem.field else problem.message for problem in error.problems
        )
    if isinstance(error, (BootStopped, Fault, PluginFailed)) or type(error).__module__.startswith("marketry"):
        return str(error)
    return f"{type(error).__name__}: {error} (MARKETRY_DEBUG=1 shows where)"


def _run(arguments: Sequence[str]) -> int:
    app = kernel_application()
    runtime = None
    if "run" not in arguments:  # the supervisor logs nothing itself, and should stay small
        _configure_logs()
    if _wants_plugins(app, arguments):
        from marketry.boot import boot

        runtime = boot(site_dir())
        add_plugin_groups(app, runtime)
    try:
        app(list(arguments), prog_name="marketry", standalone_mode=True, obj=runtime)
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else int(bool(ended.code))
    except Exception as error:
        if runtime:
            _tell_of_migrations(runtime, error)
        raise
    finally:
        if runtime:
            runtime.close()
    return 0


def _tell_of_migrations(runtime: Any, error: Exception) -> None:
    """A plugin's command that met no table: raise what is to be done about it instead of the database's words."""
    from sqlalchemy.exc import DBAPIError

    from marketry.cli.examination import unfitness
    from marketry.plugins.failures import BootStopped

    if isinstance(error, DBAPIError) and (unfit := unfitness(runtime)):
        raise BootStopped(unfit) from error


def _configure_logs() -> None:
    """Commands talk to people: of the logs they show warnings, unless MARKETRY_LOG_LEVEL says otherwise."""
    from marketry.telemetry import configure_logs

    configure_logs(os.environ.get("MARKETRY_LOG_LEVEL") or "WARNING")


def kernel_application() -> typer.Typer:
    app = typer.Typer(
        name="marketry",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Run and look after a Marketry site. --site DIR (or MARKETRY_SITE) says which; default: the current folder.",
    )
    for module in KERNEL:
        module.register(app)
    return app


def _wants_plugins(app: typer.Typer, arguments: Sequence[str]) -> bool:
    """Whether a plugin's group may be meant: a command that isn't the kernel's, or the overview of all."""
    named = next((one for one in arguments if not one.startswith("-")), None)
    return named not in _names(app) if named else (site_dir() / "marketry.toml").exists() and bool(arguments)


def _names(app: typer.Typer) -> set[str]:
    commands = {one.name or (one.callback.__name__ if one.callback else "") for one in app.registered_commands}
    return commands | {str(group.name) for group in app.registered_groups}


def add_plugin_groups(app: typer.Typer, runtime: Any) -> None:
    """Add what `register_cli` returns; Fault where a name is taken."""
    from marketry.hookspecs import site
    from marketry.plugins.failures import Fault

    owners = dict.fromkeys(_names(app), "the kernel")
    for answer in runtime.answers(site.register_cli):
        for name, group in answer.value.items():
            if name in owners:
                raise Fault(
                    answer.plugin, f"its command {name!r} exists already, from {owners[name]}", "Rename it.", step="commands"
                )
            owners[name] = answer.plugin
            app.add_typer(group, name=name)
