"""The redirects manager: rules are looked up, written, imported and exported. Callers hold the transaction."""

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import bindparam, delete, insert, or_, select, update

from marketry import Context, Problem, Refused
from marketry.audit import audit
from marketry.database import paginate
from marketry.problems import not_found
from marketry.web.values import Page
from marketry_pages.domain.rules import BadRule, Rule, candidates, read_rule, refuse_chain, targets
from marketry_pages.models import redirect

COLUMNS = (redirect.c.id, redirect.c.source, redirect.c.target, redirect.c.status, redirect.c.prefix)
_CANDIDATES = select(*COLUMNS).where(redirect.c.source.in_(bindparam("sources", expanding=True)))
MOST_ROWS = 20_000
HEADER = ("from", "to", "status")


@dataclass(frozen=True, slots=True)
class RowError:
    """A row of a file that can't be taken; the header is row 1."""

    row: int
    column: str
    reason: str


@dataclass(slots=True)
class Report:
    """What an import did, or, as a dry run, would do."""

    dry_run: bool
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)


def rules_for(ctx: Context, paths: Iterable[str]) -> dict[str, Rule]:
    """Rules that could answer `paths`, by source."""
    sources = sorted({source for path in paths for source in candidates(path)})
    return {r.source: _rule(r) for r in ctx.session.execute(_CANDIDATES, {"sources": sources})} if sources else {}


def rules_page(ctx: Context, q: str, cursor: str | None, limit: int = 50) -> Page:
    statement = select(redirect)
    if q:
        like = f"%{q.replace('%', '').replace('_', '')}%"
        statement = statement.where(or_(redirect.c.source.like(like), redirect.c.target.like(like)))
    return paginate(ctx.session, statement, order=((redirect.c.source, "asc"),), cursor=cursor, limit=limit)


def find_rule(ctx: Context, rule_id: int) -> Any:
    row = ctx.session.execute(select(redirect).where(redirect.c.id == rule_id)).one_or_none()
    if row is None:
        raise not_found(ctx.gettext("There is no such redirect."))
    return row


def save_rule(ctx: Context, source: str, target: str, status: int, rule_id: int | None = None) -> None:
    """Write a rule; refuses (422, 409) what is no rule, a second one for the same address, a circle and a chain."""
    try:
        rule = read_rule(source, target, status)
        around = _around(ctx, [rule])
        known = around.get(rule.source)
        if known and (rule_id is None or find_id(ctx, rule.source) != rule_id):
            raise BadRule("taken", "source", known.written)
        if rule_id is not None:
            around.pop(str(find_rule(ctx, rule_id).source), None)
        refuse_chain(rule, around)
    except BadRule as bad:
        raise Refused(Problem(bad.code, reason(ctx, bad), bad.field, status=409 if bad.code == "taken" else 422)) from None
    values = {"source": rule.source, "target": rule.target, "status": rule.status, "prefix": rule.prefix}
    if rule_id is None:
        ctx.session.execute(insert(redirect).values(**values, created_at=ctx.now(), hits=0))
    else:
        ctx.session.execute(update(redirect).where(redirect.c.id == rule_id).values(**values))
    audit(ctx, "pages.redirect.save", f"redirect:{rule.written}"[:160], target=rule.target, status=rule.status)


def delete_rule(ctx: Context, rule_id: int) -> None:
    found = find_rule(ctx, rule_id)
    ctx.session.execute(delete(redirect).where(redirect.c.id == rule_id))
    audit(ctx, "pages.redirect.delete", f"redirect:{found.source}"[:160], target=found.target)


def exported(ctx: Context) -> str:
    """All rules as CSV that `import_rules` reads."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow((*HEADER, "hits"))
    rows = select(*COLUMNS, redirect.c.hits).order_by(redirect.c.source)
    for row in ctx.session.execute(rows):
        writer.writerow((_rule(row).written, row.target, row.status, row.hits))
    return out.getvalue()


def import_rules(ctx: Context, text: str, *, dry_run: bool) -> Report:
    """Take rules out of CSV with the columns `from`, `to` and `status` (301 where empty). Wrong rows change nothing and are
    named; the others are looked at together, so a file may not hold a chain either."""
    report, wanted = Report(dry_run), dict[str, tuple[int, Rule]]()
    try:
        rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff")), strict=True))[: MOST_ROWS + 1]
    except csv.Error as error:
        report.errors.append(RowError(1, "", str(error)))
        return report
    if not rows or not {"from", "to"} <= set(rows[0]):
        report.errors.append(RowError(1, "from", ctx.gettext("The first row must name the columns: from, to, status.")))
        return report
    if len(rows) > MOST_ROWS:
        report.errors.append(RowError(MOST_ROWS + 2, "", ctx.gettext("A file may have at most %(n)s rows.", n=MOST_ROWS)))
        return report
    for number, row in enumerate(rows, 2):
        try:
            rule = _read_row(row)
            if rule.source in wanted:
                raise BadRule("twice", "source", str(wanted[rule.source][0]))
            wanted[rule.source] = (number, rule)
        except BadRule as bad:
            report.errors.append(RowError(number, _COLUMN[bad.field], reason(ctx, bad)))
    _take(ctx, wanted, report)
    if not dry_run:
        details = {"created": report.created, "changed": report.changed, "wrong": len(report.errors)}
        audit(ctx, "pages.redirect.import", "redirects", **details)
    return report


def _take(ctx: Context, wanted: Mapping[str, tuple[int, Rule]], report: Report) -> None:
    known = {r.source: _rule(r) for r in ctx.session.execute(select(*COLUMNS))}
    merged = known | {source: rule for source, (_, rule) in wanted.items()}
    # Of two rows that make a chain, the one that leads to the other is wrong.
    standing = {source: rule for source, rule in known.items() if source not in wanted}
    for source, (number, rule) in wanted.items():
        try:
            refuse_chain(rule, merged, standing)
        except BadRule as bad:
            report.errors.append(RowError(number, _COLUMN[bad.field], reason(ctx, bad)))
            continue
        before = known.get(source)
        if before == rule:
            report.unchanged += 1
        elif before:
            report.changed += 1
        else:
            report.created += 1
        if before == rule or report.dry_run:
            continue
        values = {"target": rule.target, "status": rule.status, "prefix": rule.prefix}
        if before:
            ctx.session.execute(update(redirect).where(redirect.c.source == source).values(**values))
        else:
            ctx.session.execute(insert(redirect).values(source=source, created_at=ctx.now(), hits=0, **values))
    report.errors.sort(key=lambda error: error.row)


_COLUMN = {"source": "from", "target": "to", "status": "status"}


def _read_row(row: Mapping[str, str | None]) -> Rule:
    status = (row.get("status") or "301").strip()
    if not status.isdecimal():
        raise BadRule("bad_status", "status")
    return read_rule(row.get("from") or "", row.get("to") or "", int(status[:4]))


def _around(ctx: Context, rules: Iterable[Rule]) -> dict[str, Rule]:
    """Rules that a new one may collide with: of its own address, of its target, and those that lead below its source."""
    rules = list(rules)
    found = rules_for(ctx, [*(rule.source for rule in rules), *targets(rules)])
    for rule in rules:
        leading = select(*COLUMNS).where(or_(redirect.c.target == rule.source, redirect.c.target.like(f"{_plain(rule.source)}%")))
        found |= {r.source: _rule(r) for r in ctx.session.execute(leading)}
    return found


def _plain(source: str) -> str:
    """For LIKE: a source with its wildcards taken as any character finds too much, never too little."""
    return source.replace("%", "_")


def find_id(ctx: Context, source: str) -> int | None:
    """The id of the rule with this source."""
    return ctx.session.execute(select(redirect.c.id).where(redirect.c.source == source)).scalar()


def _rule(row: Any) -> Rule:
    return Rule(row.source, row.target, row.status, row.prefix)


def reason(ctx: Context, bad: BadRule) -> str:
    """What is wrong with a rule, in words."""
    _ = ctx.gettext
    match bad.code:
        case "bad_source":
            return _("Write a path of this shop, such as /old or /old/* for all below it.")
        case "closed_source":
            return _("Addresses of the shop's own machinery can't be redirected.")
        case "bad_status":
            return _("The kind is 301 (for good), 302 (for now) or 410 (gone).")
        case "gone_leads_nowhere":
            return _("A page that is gone leads nowhere: leave the target empty.")
        case "bad_star":
            return _("A target may end in /* where the address does too.")
        case "taken":
            return _("There is a redirect of this address already: %(rule)s", rule=bad.with_)
        case "twice":
            return _("Row %(row)s has the same address.", row=bad.with_)
        case "loop":
            return _("This would lead in a circle.")
        case "chain":
            return _("The target is redirected itself, by %(rule)s. Lead to where that one leads.", rule=bad.with_)
        case "chained":
            return _("The redirect of %(rule)s leads here: it would need two steps. Change that one first.", rule=bad.with_)
        case _:
            return _("Write a path of this shop or an address that begins with https://.")
