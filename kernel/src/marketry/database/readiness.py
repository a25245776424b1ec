"""Whether this process may serve this database, and bringing an embedded one up to date."""

from typing import TYPE_CHECKING

from marketry.database.installed import schemas_of
from marketry.database.migrations import MigrationsPending, TooOld, check, migrate
from marketry.database.schema import SchemaError, check_tables
from marketry.plugins.failures import BootStopped

if TYPE_CHECKING:
    from marketry.runtime import Runtime


def make_ready(runtime: "Runtime") -> None:
    """On the embedded default (SQLite, no Redis) run what is pending, and erase again whom a restored file has brought back;
    elsewhere BootStopped says to run `marketry migrate`, which does both."""
    schemas = schemas_of(runtime.plugins.enabled)
    for schema in schemas:
        schema.load()
    try:
        check_tables(schemas)
        try:
            check(runtime.database, schemas)
        except MigrationsPending:
            if runtime.database.dialect != "sqlite":
                raise
            migrate(runtime.database, schemas)
            check(runtime.database, schemas)
    except (MigrationsPending, TooOld, SchemaError) as error:
        raise BootStopped(str(error)) from error
    if runtime.database.dialect == "sqlite":
        _forget_again(runtime)


def _forget_again(runtime: "Runtime") -> None:
    from marketry.privacy import replay
    from marketry.privacy.journal import is_near
    from marketry.web.values import SYSTEM

    if is_near(runtime):
        replay(runtime.context(actor=SYSTEM, channel="cli"))
