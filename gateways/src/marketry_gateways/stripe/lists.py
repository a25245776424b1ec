"""Pages of a list: ``limit``, ``starting_after``, ``ending_before``, ``created``. https://docs.stripe.com/api/pagination"""

from __future__ import annotations

from marketry_gateways.stripe.desk import shown
from marketry_gateways.stripe.errors import Json, StripeRefusal, no_such

_COMPARE = {
    "gt": lambda at, bound: at > bound,
    "gte": lambda at, bound: at >= bound,
    "lt": lambda at, bound: at < bound,
    "lte": lambda at, bound: at <= bound,
}


def page(found: list[Json], params: Json, url: str) -> Json:
    """A list object of what was found (newest first)."""
    limit = params.get("limit", 10)
    if not 1 <= limit <= 100:
        bound = "less than or equal to 100" if limit > 100 else "greater than or equal to 1"
        raise StripeRefusal(f"This value must be {bound}.", code="parameter_invalid_integer", param="limit")
    found = [each for each in found if _created(each, params.get("created"))]
    if "ending_before" in params:
        kept = found[: _place(found, params["ending_before"], "ending_before")]
        chosen, more = kept[-limit:], len(kept) > limit
    else:
        start = _place(found, params["starting_after"], "starting_after") + 1 if "starting_after" in params else 0
        chosen, more = found[start : start + limit], len(found) > start + limit
    return {"object": "list", "data": [shown(each) for each in chosen], "has_more": more, "url": url}


def _created(each: Json, bounds: Json | int | None) -> bool:
    if bounds is None:
        return True
    if isinstance(bounds, int):
        return bool(each["created"] == bounds)
    return all(_COMPARE[name](each["created"], bound) for name, bound in bounds.items())


def _place(found: list[Json], id: str, param: str) -> int:
    for number, each in enumerate(found):
        if each["id"] == id:
            return number
    raise no_such(found[0]["object"] if found else "object", id, param)


def matching(found: list[Json], params: Json, *names: str) -> list[Json]:
    """Those that agree with the filters that were given."""
    return [each for each in found if all(each.get(name) == params[name] for name in names if name in params)]
