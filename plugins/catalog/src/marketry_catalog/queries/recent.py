"""What every page needs and staff seldom change (the tree, whether there are filters): read once a second, not once a page.

A change made by this process is seen at once, one made by another process within LASTS seconds.
"""

from collections.abc import Callable, Hashable
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.orm import Session

from marketry import Context
from marketry.database.session import after_commit
from marketry.web.pagecache.position import START, Position

if TYPE_CHECKING:
    from marketry.runtime import Runtime

T = TypeVar("T")
LASTS = 1.0
PURGED_BY = ("catalog", "categories", "products", "search")  # a page that shows older values than these purges isn't kept
_known: "WeakKeyDictionary[Runtime, dict[Hashable, tuple[float, Any, Position]]]" = WeakKeyDictionary()


def recent(ctx: Context, key: Hashable, read: Callable[[], T]) -> T:
    """The value as read at most LASTS seconds ago; inside a transaction always read anew."""
    if ctx.in_transaction:
        return read()
    values = _known.setdefault(ctx.runtime, {})
    until, value, position = values.get(key, (0.0, None, START))
    if monotonic() >= until:
        position = ctx.runtime.pages.news.position
        value = read()
        values[key] = (monotonic() + LASTS, value, position)
    ctx.drawn.was_read(position, PURGED_BY)
    return value  # type: ignore[no-any-return]


def changed(session: Session) -> None:
    """Forget what is known, once the surrounding transaction has committed."""
    after_commit(session, _known.clear)
