"""How long people stay signed in: the table `[security]` of marketry.toml."""

from collections.abc import Mapping
from typing import Any

# name in [security]: (which limit, hours per unit, default, most)
UNITS: Mapping[str, tuple[str, float, int, int]] = {
    "staff_idle_minutes": ("staff_idle", 1 / 60, 60, 24 * 60),
    "staff_absolute_hours": ("staff_absolute", 1, 12, 30 * 24),
    "customer_idle_days": ("customer_idle", 24, 14, 400),
    "customer_absolute_days": ("customer_absolute", 24, 90, 400),
}


def session_hours(table: Mapping[str, Any]) -> dict[str, float]:
    """Hours per limit (`staff_idle`, `staff_absolute`, `customer_idle`, `customer_absolute`). ValueError names what is wrong."""
    unknown = sorted(set(table) - set(UNITS))
    if unknown:
        raise ValueError(f"there is no setting {unknown[0]!r}; there are {', '.join(UNITS)}")
    return {limit: _number(table, name, usual, most) * hours for name, (limit, hours, usual, most) in UNITS.items()}


def _number(table: Mapping[str, Any], name: str, usual: int, most: int) -> int:
    text = str(table.get(name, usual))
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise ValueError(f"{name} must be a whole number from 1 to {most}, not {table[name]!r}")
    return int(text)
