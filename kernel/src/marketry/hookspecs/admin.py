"""The back office: menu, dashboard, search, lists, forms of other plugins' entities."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import BaseModel

from marketry.plugins.markers import Failure, hookspec
from marketry.web.values import Card, Hit, ListPart, MenuEntry

if TYPE_CHECKING:
    from marketry.context import Context


@hookspec(Failure.OPEN)
def admin_menu(ctx: "Context") -> Sequence[MenuEntry]:  # type: ignore[empty-body]
    """Return lines of the staff menu; the shell hides those whose permission the actor lacks.

    Called for every full page of the back office. Lines are sorted by group, position, label.
    """


@hookspec(Failure.OPEN)
def admin_dashboard(ctx: "Context") -> Sequence[Card]:  # type: ignore[empty-body]
    """Return cards for the dashboard, in hook order. Called inside `ctx.reading()` when staff open /admin."""


@hookspec(Failure.OPEN)
def admin_search(ctx: "Context", q: str) -> Sequence[Hit]:  # type: ignore[empty-body]
    """Return at most ten hits for what staff typed. Called inside `ctx.reading()`; check the actor's permissions yourself."""


@hookspec(Failure.OPEN)
def admin_lists(ctx: "Context", name: str) -> Sequence[ListPart]:  # type: ignore[empty-body]
    """Add columns or bulk actions to the list `name` (`orders.orders`, `catalog.products`). Called when it is drawn."""


@hookspec(Failure.CLOSED)
def extend_entity(entity: str) -> type[BaseModel] | None:
    """Return extra fields for an entity (`catalog.product`, `orders.order`), or None: a form is generated and shown to staff.

    Called when the entity's page in the back office is drawn and when your form is saved. Fields are texts, numbers, dates, yes
    or no, or a choice; a field's title and description are its label and hint. The values are stored as JSON in the entity's
    `extra[<your id>]`, for showing only (`product.extra` in slots of the shop); what is queried needs a table of your own.
    """
