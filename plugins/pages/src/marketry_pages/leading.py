"""What becomes of an address that nobody answers: a redirect, or a note that it was asked for in vain."""

from marketry import Context
from marketry.web.missing import shown_path
from marketry.web.moved import Moved
from marketry_pages.counting import count_hit, count_missing
from marketry_pages.domain.rules import answering, leads_to
from marketry_pages.redirects import find_id, rules_for
from marketry_pages.settings import PagesSettings


def where_to(ctx: Context, path: str) -> Moved | None:
    """The rule of the address as the browser shows it, else of the address without the prefix of its language, whose target is
    then in that language."""
    shown = shown_path(ctx)
    with ctx.reading():
        rules = rules_for(ctx, [shown, path])
        rule, asked = answering(shown, rules), shown
        if rule is None:
            rule, asked = answering(path, rules), path
        rule_id = find_id(ctx, rule.source) if rule else None
    if rule is None or rule_id is None:
        if ctx.settings(PagesSettings).count_missing:
            count_missing(ctx, shown)
        return None
    count_hit(ctx, rule_id)
    target = leads_to(rule, asked)
    localised = asked != shown and target.startswith("/")
    return Moved(ctx.url(target) if localised else target, rule.status)
