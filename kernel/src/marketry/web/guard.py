"""Who may call a route: `@permission(code)`, `@staff_only`, `@customers_only` or `@public`, under the route's decorator;
`@fresh` below it for dangerous deeds, `@private` for personal pages.

The check runs inside the wrapped endpoint, so in the worker thread and only for the route that matched.
"""

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from starlette.concurrency import run_in_threadpool

from marketry.commerce.people import CustomerBook
from marketry.context import Context
from marketry.problems import Problem, Refused, not_found
from marketry.web.context import Ctx
from marketry.web.values import ActorKind

F = TypeVar("F", bound=Callable[..., Any])
MARK = "marketry_guard"
PRIVATE = "marketry_private"
GIVES_WAY = "marketry_gives_way"
FRESH = "marketry_fresh"
CHECK = "marketry_check"
CUSTOMER = "customer"  # the mark of a route for signed-in customers
STAFF = "staff"  # the mark of a route for whoever of staff is signed in


def public(endpoint: F) -> F:
    """Anybody may call this route."""
    setattr(endpoint, MARK, "")
    return endpoint


def private(endpoint: F) -> F:
    """The page is personal: never stored by any cache, and its unsafe requests need the CSRF token."""
    setattr(endpoint, PRIVATE, True)
    return endpoint


def gives_way(endpoint: F) -> F:
    """Another plugin may have this address: its route is then mounted, and this one is not. For pages that a shop may want to
    make itself (the home page); the first plugin's stays where all of them give way."""
    setattr(endpoint, GIVES_WAY, True)
    return endpoint


def permission(code: str) -> Callable[[F], F]:
    """Only actors holding `code` may call this route; others get 403, staff who are not signed in the sign-in page."""

    def guarded(endpoint: F) -> F:
        return _checked(endpoint, code, lambda ctx: ctx.demand(code))

    return guarded


def staff_only(endpoint: F) -> F:
    """Any member of staff who is signed in may call this route, whatever they hold (their own profile)."""
    return _checked(endpoint, STAFF, _demand_staff)


def _demand_staff(ctx: Context) -> None:
    if ctx.actor.kind is not ActorKind.STAFF:
        raise Refused(Problem("forbidden", ctx.gettext("You may not do this."), status=403))


def fresh(endpoint: F) -> F:
    """The deed is dangerous: whoever does it must have proved themselves within ten minutes (`Context.demand_fresh`).

    Pages lead to `/admin/confirm?next=…`, JSON is refused with 403 `reauthentication_required`. Stands below `@permission`,
    so that who may not do it at all isn't asked. Mark the page with the form as well: it asks before anything is filled in.
    """
    checked = _checked(endpoint, getattr(endpoint, MARK, None), lambda ctx: ctx.demand_fresh())
    setattr(checked, FRESH, True)
    return checked


def customers_only(endpoint: F) -> F:
    """Only a customer who is signed in may call this route, and `ctx.actor` is that customer.

    Others are led to `/account/sign-in?next=…`; JSON is refused with 401 `sign_in_required`. Where no plugin keeps accounts,
    there is nothing at the address (404). Personal, so mark the route `@private` or use `Router(private=True)`.
    """
    return _checked(endpoint, CUSTOMER, _demand_customer)


def _demand_customer(ctx: Context) -> None:
    if ctx.service(CustomerBook) is None:  # type: ignore[type-abstract]
        raise not_found(ctx.gettext("There is nothing at this address."))
    if ctx.actor.kind is not ActorKind.CUSTOMER:
        raise Refused(Problem("sign_in_required", ctx.gettext("Please sign in first."), status=401))


def _checked(endpoint: F, mark: str | None, check: Callable[[Context], None]) -> F:
    """`endpoint` behind `check`, which runs in the worker thread and raises `Refused`."""
    name, signature = _with_context(endpoint)
    given = name in inspect.signature(endpoint).parameters

    def admitted(values: dict[str, Any]) -> dict[str, Any]:
        check(values[name] if given else values.pop(name))
        return values

    if inspect.iscoroutinefunction(endpoint):

        @wraps(endpoint)
        async def checked(**values: Any) -> Any:
            return await endpoint(**await run_in_threadpool(admitted, values))

    else:

        @wraps(endpoint)
        def checked(**values: Any) -> Any:
            return endpoint(**admitted(values))

    checked.__signature__ = signature  # type: ignore[attr-defined]
    setattr(checked, CHECK, check)
    if mark is not None:
        setattr(checked, MARK, mark)
    return checked  # type: ignore[return-value]


def demand_admitted(ctx: Context, endpoint: object) -> None:
    """Refuse whoever may not call `endpoint`: asked before they are told what is wrong with what they sent."""
    check: Callable[[Context], None] | None = getattr(endpoint, CHECK, None)
    if check is not None:
        check(ctx)


def _with_context(endpoint: Callable[..., Any]) -> tuple[str, inspect.Signature]:
    """The name of the endpoint's context parameter (added when it has none) and the signature FastAPI should see."""
    signature = inspect.signature(endpoint, eval_str=True)
    found = context_parameter(signature)
    if found is not None:
        return found, signature
    added = inspect.Parameter("guard_ctx", inspect.Parameter.KEYWORD_ONLY, annotation=Ctx)
    return added.name, signature.replace(parameters=[*signature.parameters.values(), added])


def context_parameter(signature: inspect.Signature) -> str | None:
    """The parameter that is annotated `Ctx`, if there is one."""
    return next((name for name, one in signature.parameters.items() if one.annotation == Ctx), None)
