"""Rules of redirects: how they are written, which answers an address, and which would lead in circles."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

STATUSES = (301, 302, 410)
LONGEST_SOURCE, LONGEST_TARGET = 400, 800
# The shop's own machinery: a rule there would never be asked, or hide what people need.
CLOSED = ("/admin", "/api", "/hooks", "/static", "/media")


@dataclass(frozen=True, slots=True)
class Rule:
    """`source` is a path without its slash at the end; `prefix`: all below it too. A `target` that ends in `/*` takes over what
    follows the prefix; it is empty where the status is 410."""

    source: str
    target: str
    status: int = 301
    prefix: bool = False

    @property
    def written(self) -> str:
        """The source as people write it."""
        return f"{self.source}/*" if self.prefix else self.source


class BadRule(ValueError):
    """`code` says what is wrong, `field` where (`source`, `target` or `status`), `with_` names the rule it collides with."""

    def __init__(self, code: str, field: str, with_: str = "") -> None:
        super().__init__(code)
        self.code, self.field, self.with_ = code, field, with_


def read_rule(source: str, target: str, status: int) -> Rule:
    """A rule as written (`/old/*` is a prefix); BadRule where it can't be one."""
    source, target = _path(source.strip()), target.strip()
    prefix = source.endswith("/*")
    source = source.removesuffix("/*").rstrip("/")
    if not source or not source.startswith("/") or source.startswith("//") or "*" in source or len(source) > LONGEST_SOURCE:
        raise BadRule("bad_source", "source")
    if any(source == closed or source.startswith(f"{closed}/") for closed in CLOSED):
        raise BadRule("closed_source", "source")
    if status not in STATUSES:
        raise BadRule("bad_status", "status")
    return Rule(source, _checked_target(target, status, prefix), status, prefix)


def _checked_target(target: str, status: int, prefix: bool) -> str:
    if status == 410:
        if target:
            raise BadRule("gone_leads_nowhere", "target")
        return ""
    local = target.startswith("/") and not target.startswith(("//", "/\\"))
    parts = urlsplit(target)
    if not local and not (parts.scheme in ("http", "https") and parts.hostname):
        raise BadRule("bad_target", "target")
    if "*" in target and not (prefix and target.endswith("/*") and target.count("*") == 1):
        raise BadRule("bad_star", "target")
    if len(target) > LONGEST_TARGET or any(c.isspace() or not c.isprintable() for c in target):
        raise BadRule("bad_target", "target")
    return target


def candidates(path: str) -> list[str]:
    """Sources of rules that could answer `path`: itself, then what it lies below, the nearest first."""
    path = _path(path)
    found = [path]
    while (path := path.rpartition("/")[0]) and len(found) < 20:
        found.append(path)
    return found


def answering(path: str, rules: Mapping[str, Rule]) -> Rule | None:
    """The rule that answers `path`, out of those of its candidates by source: the exact one, else the nearest prefix."""
    for at, source in enumerate(candidates(path)):
        rule = rules.get(source)
        if rule is not None and (at == 0 or rule.prefix):
            return rule
    return None


def leads_to(rule: Rule, path: str) -> str:
    """Where `path`, which `rule` answers, leads."""
    rest = _path(path)[len(rule.source) :]
    return rule.target.removesuffix("/*") + rest if rule.target.endswith("/*") else rule.target


def refuse_chain(rule: Rule, rules: Mapping[str, Rule], leading: Mapping[str, Rule] | None = None) -> None:
    """BadRule where `rule` leads to itself, to another of `rules`, or one of `leading` (the same, unless given) leads to it."""
    others = {source: one for source, one in rules.items() if source != rule.source}
    if rule.target.startswith("/"):
        end = rule.target.removesuffix("/*") or "/"
        end = _path(urlsplit(end).path)
        if answering(end, {rule.source: rule}):
            raise BadRule("loop", "target")
        if next_ := answering(end, others):
            raise BadRule("chain", "target", next_.written)
    for other in (others if leading is None else leading).values():
        if other.target.startswith("/") and answering(_path(urlsplit(other.target.removesuffix("/*")).path), {rule.source: rule}):
            raise BadRule("chained", "source", other.written)


def _path(text: str) -> str:
    """A path to compare: decoded, without query and slash at the end."""
    path = unquote(text.split("?", 1)[0].split("#", 1)[0])
    return path if path.endswith("/*") or path == "/" else path.rstrip("/")


def targets(rules: Iterable[Rule]) -> set[str]:
    """The paths of this shop that `rules` lead to."""
    return {_path(urlsplit(rule.target.removesuffix("/*")).path) for rule in rules if rule.target.startswith("/")}
