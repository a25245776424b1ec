"""Mounting plugins' routers by area, and refusing what must not be mounted: unguarded routes, two at one address.

Routes are copied flat into the application's router, the most specific path first: so what matches doesn't depend on the
order of plugins, and no request walks through nested routers (FastAPI's own included routers match each path twice).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Depends, FastAPI, Request
from fastapi.routing import APIRoute, RouteContext, iter_route_contexts

from marketry.hookspecs.web import routes
from marketry.plugins.failures import Fault
from marketry.web.context import context_of
from marketry.web.dispatch import Dispatch
from marketry.web.guard import GIVES_WAY, MARK, PRIVATE
from marketry.web.injection import given_context
from marketry.web.security.csrf import require_token
from marketry.web.security.paths import SAFE_METHODS, TOKEN, below

if TYPE_CHECKING:
    from marketry.runtime import Runtime

PREFIXES = {"shop": "", "admin": "/admin", "api": "/api/v1", "webhook": "/hooks"}
KERNEL = "the kernel"
_PARAMETER = re.compile(r"\{[^{}:]+(:[^{}]+)?\}")
# What a route was declared with and a copy of it keeps.
_KEPT = (
    "response_model",
    "status_code",
    "tags",
    "summary",
    "description",
    "response_description",
    "deprecated",
    "operation_id",
    "response_model_include",
    "response_model_exclude",
    "response_model_by_alias",
    "response_model_exclude_unset",
    "response_model_exclude_defaults",
    "response_model_exclude_none",
    "response_class",
    "name",
    "callbacks",
    "openapi_extra",
    "strict_content_type",
)
# Said once for all of the JSON surface; it takes the place of FastAPI's own 422.
_REFUSALS: dict[int | str, dict[str, Any]] = {
    "4XX": {
        "description": "Refused, with a problem that names the field",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
}


@dataclass(frozen=True)
class Mounted:
    """One route, whose it is, and where it will be."""

    plugin: str
    area: str
    path: str
    methods: frozenset[str]
    route: RouteContext

    @property
    def endpoint(self) -> Callable[..., Any]:
        found = self.route.endpoint
        if found is None:
            raise TypeError(f"{self.path} has no endpoint")
        return found

    @property
    def shape(self) -> str:
        """The path without the names of its parameters: two of one shape are the same address."""
        return _PARAMETER.sub(lambda match: "{" + (match[1] or "") + "}", self.path)

    @property
    def places(self) -> set[tuple[str, str]]:
        """What no two routes may both have: a method at a shape."""
        return {(method, self.shape) for method in self.methods}

    @property
    def gives_way(self) -> bool:
        return hasattr(self.endpoint, GIVES_WAY)

    @property
    def unsafe(self) -> bool:
        return bool(self.methods - SAFE_METHODS)

    @property
    def private(self) -> bool:
        """Whether its unsafe requests must carry the CSRF token."""
        return self.area in ("shop", "admin") and (hasattr(self.endpoint, PRIVATE) or below(self.path, TOKEN))


def mount(app: FastAPI, runtime: "Runtime", own: APIRouter) -> tuple[Mounted, ...]:
    """Add the kernel's `own` routes and those of every enabled plugin. A disabled plugin's addresses are simply not there.

    Fault for the first route that is unguarded, or doubled by a later plugin; it names both plugins and the mend.
    """
    found = [*_of_router(KERNEL, "", "", own)]
    for area, prefix in PREFIXES.items():
        for answer in runtime.answers(routes, area):
            at = f"{prefix}/{answer.plugin}" if area == "webhook" else prefix
            found.extend(_of_router(answer.plugin, area, at, answer.value))
    for fault in _unguarded(found):
        raise fault
    found = _without_those_that_give_way(found)
    for fault in _doubled(found):
        raise fault
    ordered = sorted(found, key=lambda one: specificity(one.path))
    for one in ordered:
        _add(app, one)
    app.router.middleware_stack = Dispatch(app.router)
    return tuple(ordered)


def _of_router(plugin: str, area: str, prefix: str, router: APIRouter) -> Iterator[Mounted]:
    for context in iter_route_contexts(router.routes):
        if not isinstance(context.original_route, APIRoute):
            path = prefix + (context.path or "")
            raise Fault(
                plugin,
                f"{path} is a {type(context.original_route).__name__}, which can't be guarded",
                "Declare it with a router's get, post, put, patch or delete.",
                step="routes",
            )
        path = (prefix + (context.path or "")).rstrip("/") or "/"
        yield Mounted(plugin, area, path, frozenset(context.methods or ()), context)


def _unguarded(found: Iterable[Mounted]) -> Iterator[Fault]:
    """Every route that changes state, and every one of the back office, says who may call it."""
    for one in found:
        guarded = hasattr(one.endpoint, MARK)
        if one.plugin != KERNEL and not guarded and (one.unsafe or below(one.path, ("/admin", "/api/v1/admin"))):
            yield Fault(
                one.plugin,
                f"{'/'.join(sorted(one.methods))} {one.path} ({_where(one)}) doesn't say who may call it",
                'Put @permission("…") or @public under its route decorator.',
                step="routes",
            )


def _without_those_that_give_way(found: Sequence[Mounted]) -> list[Mounted]:
    """Routes marked `@gives_way` are left out where another plugin has the address; of several such, the first stays."""
    taken = {place for one in found if not one.gives_way for place in one.places}
    kept = []
    for one in found:
        if one.gives_way and taken & one.places:
            continue
        taken |= one.places
        kept.append(one)
    return kept


def _doubled(found: Iterable[Mounted]) -> Iterator[Fault]:
    first: dict[tuple[str, str], Mounted] = {}
    for one in found:
        for method in sorted(one.methods):
            other = first.setdefault((method, one.shape), one)
            if other is not one:
                yield Fault(
                    one.plugin,
                    f"{method} {one.path} ({_where(one)}) is also a route of {other.plugin} ({other.path}, {_where(other)})",
                    "Give one of them another path, mark one @gives_way, or disable one of the two plugins.",
                    step="routes",
                )


def _where(one: Mounted) -> str:
    return f"{one.endpoint.__module__}.{one.endpoint.__qualname__}"


def specificity(path: str) -> tuple[tuple[int, str], ...]:
    """Sorts `/products/new` before `/products/{slug}`, and that before `/{page:path}`."""
    return tuple((2 if ":path}" in part else 1 if "{" in part else 0, part) for part in path.strip("/").split("/"))


async def _personal(request: Request) -> None:
    """A private page is personal even where it asks for nobody: its forms carry the token, and no cache stores it."""
    context_of(request).personal = True


def _add(app: FastAPI, one: Mounted) -> None:
    made = _made_of(one.route.original_route)
    key = (one.area, one.path, one.private)
    if key not in made:
        made[key] = _made(one)
    app.router.routes.append(made[key])


def _made_of(route: Any) -> dict[tuple[str, str, bool], APIRoute]:
    """What was made of a plugin's route before, for another application of this process: a shop's take a third of a second."""
    found: dict[tuple[str, str, bool], APIRoute] = vars(route).setdefault("marketry_made", {})
    return found


def _made(one: Mounted) -> APIRoute:
    api = one.area == "api"
    dependencies = [*one.route.dependencies]
    if one.private:
        dependencies.append(Depends(require_token if one.unsafe else _personal))
    methods = one.methods | {"HEAD"} if "GET" in one.methods and not api else one.methods
    return APIRoute(
        one.path,
        given_context(one.endpoint),
        methods=sorted(methods),
        dependencies=dependencies,
        include_in_schema=api,
        responses={**(_REFUSALS if api else {}), **one.route.responses},
        **{name: getattr(one.route, name) for name in _KEPT},
    )
