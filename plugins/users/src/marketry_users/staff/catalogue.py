"""What roles can be made of: the permissions and limits of every plugin that runs, as their manifests say them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from marketry import Context, Limit, Permission
from marketry.problems import invalid
from marketry_users.domain.rights import ALL


@dataclass(frozen=True, slots=True)
class Section:
    """One plugin's part of the role editor. Words are the manifest's, not yet translated."""

    plugin: str
    title: str
    permissions: Sequence[Permission]
    limits: Sequence[Limit]


def sections(ctx: Context) -> list[Section]:
    """A section per plugin that has permissions or limits, in the order of plugins."""
    manifests = (one.manifest for one in ctx.runtime.plugins.enabled)
    return [Section(m.id, m.title, m.permissions, m.limits) for m in manifests if m.permissions or m.limits]


def permission_codes(ctx: Context) -> list[str]:
    return [permission.code for section in sections(ctx) for permission in section.permissions]


def limit_codes(ctx: Context) -> list[str]:
    return [limit.code for section in sections(ctx) for limit in section.limits]


def demand_known(ctx: Context, permissions: Sequence[str], kept: Sequence[str] = ()) -> None:
    """Refuse a permission that no plugin has, unless it stood there before (its plugin is disabled just now). Never `*`."""
    known = {*permission_codes(ctx), *kept} - {ALL}
    wrong = sorted(set(permissions) - known)
    if wrong:
        raise invalid("unknown_permission", ctx.gettext("There is no permission %(code)s.", code=wrong[0]), "permissions")


def demand_known_limits(ctx: Context, limits: Iterable[str], kept: Iterable[str] = ()) -> None:
    """Refuse a limit that no plugin has, unless it stood there before."""
    wrong = sorted(set(limits) - {*limit_codes(ctx), *kept})
    if wrong:
        raise invalid("unknown_limit", ctx.gettext("There is no limit %(code)s.", code=wrong[0]), "limits")
