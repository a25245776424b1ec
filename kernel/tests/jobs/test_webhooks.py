"""The webhook inbox keeps what came, once per plugin, account and event, and starts the job with it."""

from typing import Any

import pytest
from sqlalchemy import func, select

from marketry.jobs.tables import WEBHOOKS
from marketry.jobs.webhooks import Webhook, store_webhook, stored_webhook
from marketry.web.values import SYSTEM


def store(site: Any, event_id: str = "evt_1", account: str = "") -> bool:
    ctx = site.context(actor=SYSTEM)
    with ctx.writing():
        return store_webhook(
            ctx, "bench", "count", event_id=event_id, account=account, body=b'{"n": 1}\x00\xff', headers={"X-Signature": "abc"}
        )


def test_the_same_event_is_stored_and_handled_once(bench: Any, do: Any) -> None:
    site = bench.boot()

    assert [store(site), store(site), store(site, account="eu"), store(site, "evt_2")] == [True, False, True, True]

    with site.database.reading() as session:
        assert session.scalar(select(func.count()).select_from(WEBHOOKS)) == 3
    assert do.rows(site, "handler", "payload") == [
        ("job:bench.count", {"webhook": 1}),
        ("job:bench.count", {"webhook": 3 if site.database.dialect == "postgresql" else 2}),
        ("job:bench.count", {"webhook": 4 if site.database.dialect == "postgresql" else 3}),
    ]


def test_it_is_read_back_as_it_came(bench: Any) -> None:
    site = bench.boot()
    store(site)
    ctx = site.context()
    with ctx.reading():
        assert stored_webhook(ctx, 1) == Webhook(
            1, "bench", "", "evt_1", {"x-signature": "abc"}, b'{"n": 1}\x00\xff', bench.clock.now
        )
        with pytest.raises(LookupError, match="no webhook 99"):
            stored_webhook(ctx, 99)
