"""Change zones and methods: what staff do on the shipping pages. Each deed is audited; callers hold the transaction."""

from decimal import Decimal
from typing import TYPE_CHECKING

from sqlalchemy import delete
from sqlalchemy.orm import Session

from marketry.audit import audit
from marketry.commerce.money import Money
from marketry.problems import Problem, Refused, not_found
from marketry_shipping import queries
from marketry_shipping.forms import MethodForm, ZoneForm
from marketry_shipping.models import Band, Method, Zone

if TYPE_CHECKING:
    from marketry import Context


def save_zone(ctx: "Context", form: ZoneForm, code: str | None) -> Zone:
    """Create (`code` None) or change a zone."""
    session = ctx.session
    zone = find_zone(ctx, code) if code else Zone(code=form.code, name={})
    _refuse_double(ctx, queries.zone_by_code(session, form.code), zone)
    zone.code, zone.name = form.code, texts(ctx, "name", form.name, required=True)
    zone.countries, zone.regions, zone.postal_prefixes = form.countries, form.regions, form.postal_prefixes
    zone.priority = form.priority
    session.add(zone)
    session.flush()
    action = "shipping.zone.changed" if code else "shipping.zone.created"
    audit(ctx, action, f"shipping_zone:{form.code}", **form.model_dump(mode="json"))
    return zone


def delete_zone(ctx: "Context", code: str) -> None:
    """The zone with its methods; orders keep the labels and prices they were placed with."""
    zone = find_zone(ctx, code)
    ctx.session.execute(delete(Zone).where(Zone.id == zone.id))  # type: ignore[arg-type]
    audit(ctx, "shipping.zone.deleted", f"shipping_zone:{code}")


def save_method(ctx: "Context", zone_code: str, form: MethodForm, code: str | None) -> Method:
    """Create (`code` None) or change a method of a zone; its bands are replaced by those of the form."""
    session, zone = ctx.session, find_zone(ctx, zone_code)
    method = find_method(ctx, zone, code) if code else Method(zone_id=zone.id, code=form.code, label={})
    _refuse_double(ctx, queries.method_by_code(session, zone.id, form.code), method)
    method.code, method.label = form.code, texts(ctx, "label", form.label, required=True)
    method.estimate = texts(ctx, "estimate", form.estimate)
    method.active, method.position = form.active, form.position
    session.add(method)
    session.flush()
    _replace_bands(ctx, session, method, form)
    action = "shipping.method.changed" if code else "shipping.method.created"
    audit(ctx, action, f"shipping_method:{zone_code}/{form.code}", **form.model_dump(mode="json"))
    return method


def delete_method(ctx: "Context", zone_code: str, code: str) -> None:
    method = find_method(ctx, find_zone(ctx, zone_code), code)
    ctx.session.execute(delete(Method).where(Method.id == method.id))  # type: ignore[arg-type]
    audit(ctx, "shipping.method.deleted", f"shipping_method:{zone_code}/{code}")


def find_zone(ctx: "Context", code: str) -> Zone:
    zone = queries.zone_by_code(ctx.session, code)
    if zone is None:
        raise not_found(ctx.gettext("There is no such delivery zone."))
    return zone


def find_method(ctx: "Context", zone: Zone, code: str) -> Method:
    method = queries.method_by_code(ctx.session, zone.id, code)
    if method is None:
        raise not_found(ctx.gettext("There is no such delivery method."))
    return method


def texts(ctx: "Context", field: str, given: dict[str, str], *, required: bool = False) -> dict[str, str]:
    """The texts in the site's languages; refuses others, and a missing one in the first language where it is required."""
    strange = [locale for locale in given if locale not in ctx.site.locales]
    if strange:
        raise Refused(Problem("unknown_locale", ctx.gettext("This shop doesn't speak that language."), f"{field}.{strange[0]}"))
    first = ctx.site.locales[0]
    if required and not given.get(first):
        raise Refused(Problem("required", ctx.gettext("This is required."), f"{field}.{first}"))
    return {locale: text for locale, text in given.items() if text}


def _refuse_double(ctx: "Context", other: Zone | Method | None, mine: Zone | Method) -> None:
    if other is not None and other.id != mine.id:
        raise Refused(Problem("code_taken", ctx.gettext("This code is in use. Choose another one."), "code", status=409))


def _replace_bands(ctx: "Context", session: Session, method: Method, form: MethodForm) -> None:
    session.execute(delete(Band).where(Band.method_id == method.id))  # type: ignore[arg-type]
    for row, band in form.bands.items():
        price = _minor(ctx, band.price, band.currency, f"bands.{row}.price")
        subtotal = _minor(ctx, band.from_subtotal, band.currency, f"bands.{row}.from_subtotal")
        session.add(
            Band(method_id=method.id, currency=band.currency, price=price, max_weight=band.max_weight, min_subtotal=subtotal)
        )
    session.flush()


def _minor(ctx: "Context", typed: str, currency: str, field: str) -> int:
    try:
        return Money.of(Decimal(typed), currency).minor
    except ValueError:
        message = ctx.gettext("%(currency)s has no such fraction. Give fewer digits after the point.", currency=currency)
        raise Refused(Problem("bad_amount", message, field)) from None
