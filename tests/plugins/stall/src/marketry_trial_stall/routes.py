"""Two pages that take their time."""

from fastapi.responses import PlainTextResponse
from sqlalchemy import text

from marketry.outbound import OutboundFailed
from marketry.web import Ctx, Router, public
from marketry_trial_stall.plugin import StallSettings

shop = Router()
SLOW = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000000) SELECT max(i) FROM n",
    "postgresql": "SELECT pg_sleep(2)",
}


@shop.get("/stall/query")
@public
def query(ctx: Ctx) -> PlainTextResponse:
    with ctx.reading() as session:
        session.execute(text(SLOW[session.get_bind().dialect.name]))
    return PlainTextResponse("done")


@shop.get("/stall/gateway")
@public
def gateway(ctx: Ctx) -> PlainTextResponse:
    try:
        ctx.http.get(ctx.settings(StallSettings).gateway)
    except OutboundFailed as error:
        return PlainTextResponse(f"the gateway did not answer: {type(error).__name__}", 504)
    return PlainTextResponse("answered")
