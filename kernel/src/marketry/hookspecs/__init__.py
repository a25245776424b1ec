"""The inventory of hooks: everything a plugin can do is a function in one of these modules.

Synchronous functions over immutable values. Each says when it is called, what it returns, in which order, and when it is
not called. Implement one by defining a function of the same name in your `plugin.py`, marked `@hookimpl`; take only the
arguments you need.
"""

from types import ModuleType

from marketry.hookspecs import (
    admin,
    checkout,
    events,
    fulfilment,
    goods,
    operations,
    payment,
    people,
    pricing,
    site,
    web,
)

MODULES: tuple[ModuleType, ...] = (
    site,
    web,
    admin,
    goods,
    pricing,
    checkout,
    payment,
    fulfilment,
    people,
    events,
    operations,
)
