"""GET /stall/query runs a query of two seconds; GET /stall/gateway asks a gateway that never answers."""

from collections.abc import Sequence

from pydantic import BaseModel

from marketry import Plugin, hookimpl
from marketry.web import Router


class StallSettings(BaseModel):
    """`gateway` is the address of something that accepts connections and says nothing."""

    gateway: str = "http://127.0.0.1:9/"


plugin = Plugin(id="stall", title="Stall", settings=StallSettings)


@hookimpl
def routes(area: str) -> Sequence[Router]:
    from marketry_trial_stall.routes import shop

    return [shop] if area == "shop" else []
