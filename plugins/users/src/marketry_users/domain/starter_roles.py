"""The roles that every shop begins with. They follow the permissions of the plugins that are enabled, so they can't be
changed; a merchant copies one and changes the copy."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from marketry_users.domain.rights import ALL, RoleRights

OWNER = "owner"
# What support may give back by itself: the price of a small thing, in minor units. Other currencies: nothing, copy the role.
SMALL_CHANGE = {"USD": 5_000, "EUR": 5_000, "GBP": 5_000, "CNY": 30_000, "JPY": 6_000}


@dataclass(frozen=True, slots=True)
class StarterRole:
    """`patterns` of permission codes, those in `but` left out. `limits` as in RoleRights."""

    key: str
    name: str
    note: str
    patterns: tuple[str, ...]
    but: tuple[str, ...] = ()
    limits: Mapping[str, Mapping[str, int] | None] = field(default_factory=dict)

    def rights(self, catalogue: Iterable[str]) -> RoleRights:
        """What it says in a shop whose plugins have the permissions `catalogue`."""
        if ALL in self.patterns:
            return RoleRights(frozenset({ALL}))
        codes = (c for c in catalogue if _any(c, self.patterns) and not _any(c, self.but))
        return RoleRights(frozenset(codes), self.limits)


def _any(code: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(code, pattern) for pattern in patterns)


STARTERS: Mapping[str, StarterRole] = {
    role.key: role
    for role in (
        StarterRole(OWNER, "Owner", "Everything, without limit. A shop always has at least one.", (ALL,)),
        StarterRole(
            "manager", "Manager", "Runs the shop day by day: all but plugins, settings, staff, roles and tokens.",
            ("*.read", "*.write"),
            ("backoffice.plugin.write", "users.staff.write", "users.role.write", "users.token.*"),
            {"orders.refund": None},
        ),
        StarterRole(
            "order_clerk", "Order clerk", "Receives payments, packs, ships and takes back. Gives no money back.",
            ("backoffice.dashboard.read", "orders.*", "catalog.*.read", "shipping.*.read", "users.customer.read"),
            ("orders.refund.write",),
        ),
        StarterRole(
            "catalogue_editor", "Catalogue editor", "Products, categories, pictures, stock and pages.",
            ("backoffice.dashboard.read", "catalog.*", "pages.*", "discovery.*", "reviews.*"),
        ),
        StarterRole(
            "accountant", "Accountant", "Reads orders, payments and books; changes only the books.",
            ("backoffice.dashboard.read", "orders.*.read", "finance.*", "analytics.*.read", "tax.*.read", "users.customer.read"),
        ),
        StarterRole(
            "support", "Support", "Answers customers: sees and annotates orders, looks after accounts, gives small amounts back.",
            (
                "backoffice.dashboard.read", "orders.order.*", "orders.refund.write", "catalog.*.read", "support.*",
                "users.customer.*", "reviews.*",
            ),
            limits={"orders.refund": SMALL_CHANGE},
        ),
    )
}  # fmt: skip
