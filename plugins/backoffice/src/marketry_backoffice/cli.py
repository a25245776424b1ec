"""`marketry staff …`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from marketry.cli.output import tell_json, tell_table
from marketry.context import Context
from marketry.problems import not_found
from marketry.runtime import Runtime
from marketry.web.values import SYSTEM

if TYPE_CHECKING:
    from marketry_backoffice.guard import StaffGuard
    from marketry_backoffice.models import Staff

Address = Annotated[str, typer.Argument(help="Their e-mail address.")]

app = typer.Typer(help="Members of staff.", no_args_is_help=True)


@app.callback()
def staff() -> None:
    """Members of staff."""


@app.command("create-admin")
def create_admin(command: typer.Context, email: Annotated[str, typer.Argument(help="Who signs in by the link.")]) -> None:
    """Make EMAIL a member of staff with all permissions, and print a sign-in link: good once, for 15 minutes.

    For somebody who is one already it prints a fresh link.
    """
    from marketry_backoffice.links import issue_link
    from marketry_backoffice.staff import ensure_admin

    with _writing(command) as ctx:
        link = issue_link(ctx, ensure_admin(ctx, email))
    _tell_link(link)


@app.command("sign-in-link")
def sign_in_link(command: typer.Context, email: Address) -> None:
    """Print a sign-in link for EMAIL, who works here already: good once, for 15 minutes."""
    from marketry_backoffice.links import issue_link

    with _writing(command) as ctx:
        link = issue_link(ctx, _known(ctx, email))
    _tell_link(link)


@app.command("list")
def list_staff(command: typer.Context, as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
    """Print who works here: address, name, roles, second factor, last sign-in."""
    from marketry_backoffice.roster import roster

    runtime: Runtime = command.obj
    ctx = runtime.context(actor=SYSTEM, channel="cli")
    with ctx.reading():
        rows = roster(ctx)
    if as_json:
        tell_json(rows)
        return
    tell_table(
        ("address", "name", "roles", "second factor", "state", "signed in"),
        [
            (
                row["email"], row["name"] or "-", ", ".join(row["roles"]) or "-", "yes" if row["second_factor"] else "no",
                "active" if row["active"] else "blocked", row["signed_in_at"] or "never",
            )
            for row in rows
        ],
    )  # fmt: skip


@app.command("set-password")
def set_password(
    command: typer.Context, email: Address,
    stdin: Annotated[bool, typer.Option("--stdin", help="Read the password from standard input, and don't ask.")] = False,
) -> None:  # fmt: skip
    """Give EMAIL a password. It is asked for, or read from standard input; never put it on the command line."""
    guard = _guard(command)
    password = sys.stdin.readline().rstrip("\n") if stdin else typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    with _writing(command) as ctx:
        known = _known(ctx, email).id
    guard.set_password(ctx, known, password)
    typer.echo(f"{email} signs in by this password now, and was signed out everywhere.", err=True)


@app.command("reset-factor")
def reset_factor(command: typer.Context, email: Address) -> None:
    """Forget the second factor and the recovery codes of EMAIL, who then sets up a new one at the next sign-in."""
    guard = _guard(command)
    with _writing(command) as ctx:
        had = guard.reset_factor(ctx, _known(ctx, email).id)
    typer.echo(f"{email} has no second factor now." if had else f"{email} had none.", err=True)


def _tell_link(link: str) -> None:
    typer.echo("Open this link within 15 minutes; it works once:", err=True)
    typer.echo(link)


@contextmanager
def _writing(command: typer.Context) -> Iterator[Context]:
    runtime: Runtime = command.obj
    ctx = runtime.context(actor=SYSTEM, channel="cli")
    with ctx.writing():
        yield ctx


def _known(ctx: Context, email: str) -> "Staff":
    from marketry_backoffice.staff import find_staff

    found = find_staff(ctx, email)
    if found is None:
        raise not_found(ctx.gettext("Nobody of this address works here."))
    return found


def _guard(command: typer.Context) -> "StaffGuard":
    """The guard that knows passwords and second factors; without one these commands have nothing to do."""
    from marketry_backoffice.guard import staff_guard

    runtime: Runtime = command.obj
    guard = staff_guard(runtime.context(actor=SYSTEM, channel="cli"))
    if guard is None:
        raise not_found("Passwords and second factors need the plugin users: marketry plugin enable users")
    return guard
