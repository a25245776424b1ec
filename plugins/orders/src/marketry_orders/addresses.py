"""Where this shop delivers to."""

from collections.abc import Mapping

from marketry import Context
from marketry.postal import country_names
from marketry_orders.settings import OrderSettings


def served_countries(ctx: Context) -> Mapping[str, str]:
    """Countries that can be ordered to, named in the buyer's language."""
    names, served = country_names(ctx.locale), ctx.settings(OrderSettings).ship_to
    return {code: name for code, name in names.items() if code in served} if served else names
