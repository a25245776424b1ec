"""The pages of zones and methods."""

from typing import Any

from fastapi import Response

from marketry import Context
from marketry.commerce.money import Money
from marketry.database import in_locale
from marketry.problems import Refused
from marketry.web import Ctx, Form, Router, permission, redirect, render
from marketry_shipping import editing, queries
from marketry_shipping.forms import MethodForm, ZoneForm
from marketry_shipping.models import Band, Method, Zone

router = Router()
READ, WRITE = "shipping.method.read", "shipping.method.write"
SPARE_ROWS = 3


@router.get("/shipping")
@permission(READ)
def zones(ctx: Ctx) -> Response:
    with ctx.reading() as session:
        methods: dict[int, list[Method]] = {}
        for method in queries.all_methods(session):
            methods.setdefault(method.zone_id, []).append(method)
        rows = [(zone, methods.get(zone.id, [])) for zone in queries.all_zones(session)]
        return render(ctx, "shipping/zones.html", rows=rows, local=_local(ctx))


@router.get("/shipping/zones/new")
@permission(WRITE)
def new_zone(ctx: Ctx) -> Response:
    return _zone_page(ctx, None, {"priority": 100})


@router.post("/shipping/zones/new")
@permission(WRITE)
def create_zone(ctx: Ctx, form: Form) -> Response:
    try:
        with ctx.writing():
            zone = editing.save_zone(ctx, form.parse(ZoneForm), None)
    except Refused as refused:
        return _zone_page(ctx, None, form.values, refused)
    return redirect(ctx, f"/admin/shipping/zones/{zone.code}", ctx.gettext("The zone is saved. Now give it a method."))


@router.get("/shipping/zones/{zone}")
@permission(READ)
def edit_zone(ctx: Ctx, zone: str) -> Response:
    with ctx.reading():
        found = editing.find_zone(ctx, zone)
        return _zone_page(ctx, found, zone_values(found))


@router.post("/shipping/zones/{zone}")
@permission(WRITE)
def change_zone(ctx: Ctx, zone: str, form: Form) -> Response:
    try:
        with ctx.writing():
            editing.save_zone(ctx, form.parse(ZoneForm), zone)
    except Refused as refused:
        with ctx.reading():
            return _zone_page(ctx, editing.find_zone(ctx, zone), form.values, refused)
    return redirect(ctx, "/admin/shipping", ctx.gettext("The zone is saved."))


@router.get("/shipping/zones/{zone}/delete")
@permission(WRITE)
def confirm_zone(ctx: Ctx, zone: str) -> Response:
    with ctx.reading():
        name = _local(ctx)(editing.find_zone(ctx, zone).name)
        return render(ctx, "shipping/delete.html", name=name, back=f"/admin/shipping/zones/{zone}", what="zone")


@router.post("/shipping/zones/{zone}/delete")
@permission(WRITE)
def remove_zone(ctx: Ctx, zone: str) -> Response:
    with ctx.writing():
        editing.delete_zone(ctx, zone)
    return redirect(ctx, "/admin/shipping", ctx.gettext("The zone is deleted."))


@router.get("/shipping/zones/{zone}/methods/new")
@permission(WRITE)
def new_method(ctx: Ctx, zone: str) -> Response:
    with ctx.reading():
        return _method_page(ctx, editing.find_zone(ctx, zone), None, {"active": "1", "position": 50})


@router.post("/shipping/zones/{zone}/methods/new")
@permission(WRITE)
def create_method(ctx: Ctx, zone: str, form: Form) -> Response:
    return _save_method(ctx, zone, form, None)


@router.get("/shipping/zones/{zone}/methods/{method}")
@permission(READ)
def edit_method(ctx: Ctx, zone: str, method: str) -> Response:
    with ctx.reading() as session:
        found = editing.find_zone(ctx, zone)
        mine = editing.find_method(ctx, found, method)
        return _method_page(ctx, found, mine, method_values(mine, queries.bands_of(session, [mine.id])))


@router.post("/shipping/zones/{zone}/methods/{method}")
@permission(WRITE)
def change_method(ctx: Ctx, zone: str, method: str, form: Form) -> Response:
    return _save_method(ctx, zone, form, method)


@router.get("/shipping/zones/{zone}/methods/{method}/delete")
@permission(WRITE)
def confirm_method(ctx: Ctx, zone: str, method: str) -> Response:
    with ctx.reading():
        name = _local(ctx)(editing.find_method(ctx, editing.find_zone(ctx, zone), method).label)
        back = f"/admin/shipping/zones/{zone}/methods/{method}"
        return render(ctx, "shipping/delete.html", name=name, back=back, what="method")


@router.post("/shipping/zones/{zone}/methods/{method}/delete")
@permission(WRITE)
def remove_method(ctx: Ctx, zone: str, method: str) -> Response:
    with ctx.writing():
        editing.delete_method(ctx, zone, method)
    return redirect(ctx, f"/admin/shipping/zones/{zone}", ctx.gettext("The method is deleted."))


def zone_values(zone: Zone) -> dict[str, Any]:
    """A zone as the fields of its form."""
    names = {f"name.{locale}": text for locale, text in zone.name.items()}
    lists = {key: ", ".join(getattr(zone, key)) for key in ("countries", "regions", "postal_prefixes")}
    return {"code": zone.code, "priority": zone.priority, **names, **lists}


def method_values(method: Method, bands: "list[Band] | Any") -> dict[str, Any]:
    """A method as the fields of its form; amounts in major units."""
    values: dict[str, Any] = {"code": method.code, "position": method.position, "active": "1" if method.active else ""}
    values |= {f"label.{locale}": text for locale, text in method.label.items()}
    values |= {f"estimate.{locale}": text for locale, text in method.estimate.items()}
    for row, band in enumerate(bands):
        values[f"bands.{row}.currency"] = band.currency
        values[f"bands.{row}.price"] = str(Money(band.price, band.currency).amount)
        values[f"bands.{row}.max_weight"] = band.max_weight or ""
        values[f"bands.{row}.from_subtotal"] = str(Money(band.min_subtotal, band.currency).amount) if band.min_subtotal else ""
    return values


def _save_method(ctx: Context, zone: str, form: Form, code: str | None) -> Response:
    try:
        with ctx.writing():
            editing.save_method(ctx, zone, form.parse(MethodForm), code)
    except Refused as refused:
        with ctx.reading():
            found = editing.find_zone(ctx, zone)
            mine = editing.find_method(ctx, found, code) if code else None
            return _method_page(ctx, found, mine, form.values, refused)
    return redirect(ctx, f"/admin/shipping/zones/{zone}", ctx.gettext("The method is saved."))


def _zone_page(ctx: Context, zone: Zone | None, values: dict[str, Any], refused: Refused | None = None) -> Response:
    with ctx.reading() as session:
        methods = queries.methods_of(session, zone.id) if zone else []
        return render(
            ctx,
            "shipping/zone.html",
            status=refused.status if refused else 200,
            zone=zone,
            values=values,
            problems=refused.problems if refused else (),
            methods=methods,
            local=_local(ctx),
            may_write=ctx.allows(WRITE),
        )


def _method_page(
    ctx: Context, zone: Zone, method: Method | None, values: dict[str, Any], refused: Refused | None = None
) -> Response:
    used = {name.split(".")[1] for name in values if name.startswith("bands.")}
    rows = [*sorted(used, key=lambda key: (len(key), key)), *_spare(used)]
    named = {str(value) for name, value in values.items() if name.startswith("bands.") and name.endswith(".currency")}
    currencies = [(code, code) for code in dict.fromkeys([*ctx.site.currencies, *sorted(named)])]
    return render(
        ctx,
        "shipping/method.html",
        status=refused.status if refused else 200,
        zone=zone,
        method=method,
        values=values,
        rows=rows,
        currencies=currencies,
        problems=refused.problems if refused else (),
        local=_local(ctx),
        may_write=ctx.allows(WRITE),
    )


def _spare(used: set[str]) -> list[str]:
    """Names for empty rows at the end, so that prices can be added without JavaScript."""
    start = max((int(key) for key in used if key.isdecimal()), default=-1) + 1
    return [str(number) for number in range(start, start + SPARE_ROWS)]


def _local(ctx: Context) -> Any:
    return lambda texts: in_locale(texts, ctx.locale, ctx.site.locales[0])
