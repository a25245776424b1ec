"""Zones to begin with: at home and the rest of the world."""

from typing import TYPE_CHECKING

from marketry_shipping import queries
from marketry_shipping.models import Band, Method, Zone

if TYPE_CHECKING:
    from marketry import Context

# Prices in minor units per currency: (up to 2 kg, heavier, free from this subtotal; None: never free).
_Prices = dict[str, tuple[int, int, int | None]]
STANDARD: _Prices = {"USD": (590, 990, 9000), "EUR": (490, 890, 8000), "CNY": (1200, 2500, 29900)}
EXPRESS: _Prices = {"USD": (1490, 2490, None), "EUR": (1290, 2190, None), "CNY": (2800, 4800, None)}
ABROAD: _Prices = {"USD": (1990, 3990, 25000), "EUR": (1890, 3590, 22000), "CNY": (13800, 26800, 180000)}
HEAVY = 30_000

_NAMES = {
    "standard": {"en": "Standard delivery", "zh": "标准配送"},
    "express": {"en": "Express delivery", "zh": "特快配送"},
    "abroad": {"en": "International delivery", "zh": "国际配送"},
}
_TIMES = {
    "standard": {"en": "2–4 working days", "zh": "2–4 个工作日"},
    "express": {"en": "next working day", "zh": "次个工作日送达"},
    "abroad": {"en": "6–12 working days", "zh": "6–12 个工作日"},
}


def ensure_default_zones(ctx: "Context") -> bool:
    """Create two zones with three methods where there is no zone yet; says whether it did. Inside `ctx.writing()`."""
    if queries.all_zones(ctx.session):
        return False
    at_home = [ctx.site.country] if ctx.site.country else []
    domestic = _zone(ctx, "domestic", {"en": "Domestic", "zh": "国内"}, at_home, 10)
    _method(ctx, domestic, "standard", _NAMES["standard"], _TIMES["standard"], STANDARD)
    _method(ctx, domestic, "express", _NAMES["express"], _TIMES["express"], EXPRESS)
    world = _zone(ctx, "world", {"en": "Rest of the world", "zh": "其他国家和地区"}, [], 100)
    _method(ctx, world, "standard", _NAMES["abroad"], _TIMES["abroad"], ABROAD)
    return True


def _zone(ctx: "Context", code: str, name: dict[str, str], countries: list[str], priority: int) -> Zone:
    zone = Zone(code=code, name=name, countries=countries, priority=priority)
    ctx.session.add(zone)
    ctx.session.flush()
    return zone


def _method(ctx: "Context", zone: Zone, code: str, label: dict[str, str], estimate: dict[str, str], prices: _Prices) -> None:
    method = Method(zone_id=zone.id, code=code, label=label, estimate=estimate, position=20 if code == "express" else 10)
    ctx.session.add(method)
    ctx.session.flush()
    for currency, (light, heavy, free_from) in prices.items():
        ctx.session.add(Band(method_id=method.id, currency=currency, price=light, max_weight=2000))
        ctx.session.add(Band(method_id=method.id, currency=currency, price=heavy, max_weight=HEAVY))
        if free_from is not None:
            ctx.session.add(Band(method_id=method.id, currency=currency, price=0, max_weight=HEAVY, min_subtotal=free_from))
    ctx.session.flush()
