"""What roles add up to, and who may give what to whom. Pure; nobody gives what they don't hold."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

ALL = "*"


@dataclass(frozen=True, slots=True)
class RoleRights:
    """What one role says: permissions, and per limit None (no limit) or {currency: minor units}. A limit that it doesn't name is
    nothing at all: a role allows money only where it says how much."""

    permissions: frozenset[str]
    limits: Mapping[str, Mapping[str, int] | None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Grant:
    """What somebody may do. `limits`: a code that isn't there has no limit, a currency that isn't there is zero."""

    permissions: frozenset[str] = frozenset()
    limits: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def everything(self) -> bool:
        return ALL in self.permissions


def combined(roles: Iterable[RoleRights], limits: Sequence[str]) -> Grant:
    """All permissions of all roles; of each limit among `limits` the largest that a role allows."""
    roles = list(roles)
    permissions = frozenset[str]().union(*(role.permissions for role in roles))
    if ALL in permissions:
        return Grant(frozenset({ALL}))
    highest = {code: _highest([role.limits[code] for role in roles if code in role.limits]) for code in limits}
    return Grant(permissions, {code: amounts for code, amounts in highest.items() if amounts is not None})


def _highest(told: Sequence[Mapping[str, int] | None]) -> dict[str, int] | None:
    """The largest amount per currency; None where one of them has no limit."""
    amounts: dict[str, int] = {}
    for one in told:
        if one is None:
            return None
        for currency, minor in one.items():
            amounts[currency] = max(minor, amounts.get(currency, 0))
    return amounts


def covers(mine: Grant, theirs: Grant) -> bool:
    """Whether who holds `mine` holds all of `theirs`, and may therefore give it, change it or take it away."""
    if mine.everything:
        return True
    return theirs.permissions <= mine.permissions and all(_reaches(mine.limits[code], theirs, code) for code in mine.limits)


def _reaches(most: Mapping[str, int], theirs: Grant, code: str) -> bool:
    """Whether their limit `code` stays within `most`; no limit on their side is beyond any."""
    wanted = theirs.limits.get(code)
    return wanted is not None and all(minor <= most.get(currency, 0) for currency, minor in wanted.items())


def narrowed(held: Grant, chosen: Iterable[str]) -> Grant:
    """What remains of `held` for a token that was given the permissions `chosen`: never more than its maker holds now."""
    wanted = frozenset(chosen) - {ALL}
    return Grant(wanted if held.everything else wanted & held.permissions, held.limits)
