"""The outbox: written with what makes it true, run once with its receipt, in order per subject, retried, parked."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from marketry import Plugin
from marketry.commerce.events import OrderPaid
from marketry.jobs.codec import decode_event, encode_event
from marketry.jobs.leases import BACK_OFF, LEASE
from marketry.jobs.outbox import UnknownJob
from marketry.jobs.runner_embedded import EmbeddedRunner
from marketry.jobs.running import run, run_pending, take
from marketry.jobs.tables import OUTBOX
from marketry.jobs.values import Subscriber
from marketry.testing.inline import inline_plugin
from marketry.web.values import SYSTEM


def test_an_event_runs_its_subscriber_once_after_the_commit(bench: Any, do: Any) -> None:
    site = bench.boot()
    do.publish(site, "bowl")
    assert do.done(site) == []

    assert run_pending(site) == 1
    assert run_pending(site) == 0

    assert do.done(site) == ["index bowl"]
    assert do.rows(site, "handler", "subject", "state", "attempts") == [("subscriber:bench.index", "product:bowl", "done", 1)]


def test_what_is_rolled_back_was_never_published(bench: Any, do: Any) -> None:
    site = bench.boot()

    def refused() -> None:
        ctx = site.context(actor=SYSTEM)
        with ctx.writing():
            ctx.enqueue("bench.count", {"n": 1}, key="1")
            raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        refused()

    assert do.rows(site, "id") == []


def test_what_is_entered_from_the_past_reaches_those_that_count_and_is_no_news(make_site: Any) -> None:
    def subscribe() -> list[Subscriber]:
        return [
            Subscriber("count", OrderPaid, lambda ctx, event: None),
            Subscriber("mail", OrderPaid, lambda ctx, event: None, news=True),
        ]

    site = make_site(extra=[inline_plugin(Plugin("bench", "Bench"), subscribe=subscribe)])
    for channel in ("import", "web"):
        ctx = site.context(actor=SYSTEM, channel=channel)
        with ctx.writing():
            ctx.publish(OrderPaid(at=ctx.now(), number=channel, currency="USD", amount=1))
    with site.database.reading() as session:
        rows = session.execute(select(OUTBOX.c.subject, OUTBOX.c.handler).order_by(OUTBOX.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("order:import", "subscriber:bench.count"),
        ("order:web", "subscriber:bench.count"),
        ("order:web", "subscriber:bench.mail"),
    ]


def test_a_failed_handler_leaves_nothing_and_comes_back_after_a_pause(bench: Any, do: Any) -> None:
    site = bench.boot()
    bench.broken = {"count 1"}
    do.enqueue(site, 1)

    assert run_pending(site) == 1
    assert do.done(site) == []
    assert do.rows(site, "state", "attempts", "due_at") == [("waiting", 1, bench.clock.now + timedelta(seconds=5))]
    assert "ValueError: count 1 is broken" in do.rows(site, "error")[0][0]

    bench.broken = set()
    bench.clock.pass_(seconds=4.9)
    assert run_pending(site) == 0
    bench.clock.pass_(seconds=0.1)
    assert run_pending(site) == 1
    assert do.done(site) == ["count 1"]
    assert do.rows(site, "state", "attempts", "error") == [("done", 2, None)]


def test_after_its_last_attempt_a_row_is_parked_and_blocks_its_own_subject_only(bench: Any, do: Any) -> None:
    site = bench.boot()
    bench.broken = {"index bowl"}
    do.publish(site, "bowl", "cup")
    do.publish(site, "bowl")
    for pause in (*BACK_OFF, timedelta(days=1)):
        run_pending(site)
        bench.clock.now += pause

    assert do.done(site) == ["index cup"]
    assert do.rows(site, "subject", "state", "attempts") == [
        ("product:bowl", "parked", 9),
        ("product:cup", "done", 1),
        ("product:bowl", "waiting", 0),
    ]


def test_rows_of_one_subject_run_in_order_even_while_the_first_is_being_retried(bench: Any, do: Any) -> None:
    site = bench.boot()
    bench.broken = {"count 1"}
    do.enqueue(site, 1, 2, subject="order:A")
    do.enqueue(site, 3, subject="order:B")
    run_pending(site)
    assert do.done(site) == ["count 3"]

    bench.broken = set()
    bench.clock.pass_(seconds=5)
    run_pending(site)
    assert do.done(site) == ["count 3", "count 1", "count 2"]


def test_rows_of_a_disabled_plugin_wait_until_it_is_enabled_again(bench: Any, do: Any) -> None:
    do.publish(bench.boot(), "bowl")

    without = bench.boot(enabled=False)
    assert run_pending(without) == 0
    assert do.rows(without, "state", "attempts") == [("waiting", 0)]

    again = bench.boot()
    assert run_pending(again) == 1
    assert do.done(again) == ["index bowl"]


def test_the_same_key_is_queued_once_even_after_it_has_run(bench: Any, do: Any) -> None:
    site = bench.boot()
    do.enqueue(site, 1, 1)
    run_pending(site)
    do.enqueue(site, 1)

    assert run_pending(site) == 0
    assert do.done(site) == ["count 1"]


def test_a_delayed_job_runs_when_its_time_has_come(bench: Any, do: Any) -> None:
    site = bench.boot()
    do.enqueue(site, 1, delay=60)
    bench.clock.pass_(seconds=59.9)
    assert run_pending(site) == 0
    bench.clock.pass_(seconds=0.1)
    assert run_pending(site) == 1


def test_a_job_nobody_declares_is_refused_by_name(bench: Any) -> None:
    ctx = bench.boot().context(actor=SYSTEM)
    told = r"declares the job bench\.cuont; there are: bench\.count, bench\.outside, kernel\.journal_erasures, kernel\.mail"
    with pytest.raises(UnknownJob, match=told), ctx.writing():
        ctx.enqueue("bench.cuont", {}, key="1")


def test_the_outbox_is_written_in_a_transaction_only(bench: Any) -> None:
    ctx = bench.boot().context(actor=SYSTEM)
    with pytest.raises(RuntimeError, match=r"with ctx\.writing\(\)"):
        ctx.enqueue("bench.count", {"n": 1}, key="1")


def test_a_leased_row_is_nobody_elses_until_the_lease_is_up(bench: Any, do: Any) -> None:
    site = bench.boot()
    do.enqueue(site, 1)
    (first,) = take(site, 10)
    assert take(site, 10) == []

    bench.clock.now += LEASE + timedelta(seconds=1)
    (second,) = take(site, 10)
    run(site, first)  # it had been slow: its effect is rolled back with its receipt
    assert do.done(site) == []
    run(site, second)

    assert bench.seen == ["count 1", "count 1"]
    assert do.done(site) == ["count 1"]
    assert do.rows(site, "state", "attempts") == [("done", 2)]


def test_a_row_that_ends_every_process_that_runs_it_is_parked(bench: Any, do: Any) -> None:
    site = bench.boot()
    do.enqueue(site, 1)
    for _ in range(len(BACK_OFF) + 1):
        assert len(take(site, 1)) == 1  # and the process is gone
        bench.clock.now += LEASE + timedelta(seconds=1)

    assert take(site, 1) == []
    assert do.rows(site, "state", "error") == [("parked", "every process that ran it ended before it was done")]


def test_two_processes_share_the_rows_and_each_effect_happens_once(bench: Any, do: Any) -> None:
    sites = [bench.boot(), bench.boot()]
    do.enqueue(sites[0], *range(100))
    threads = [threading.Thread(target=run_pending, args=(site,)) for site in sites for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(do.done(sites[0])) == sorted(f"count {n}" for n in range(100))
    assert len(bench.seen) == 100


def test_a_commit_wakes_the_embedded_runner_at_once(bench: Any, do: Any) -> None:
    site = bench.boot()
    runner = EmbeddedRunner(site)
    runner.start()
    try:
        do.enqueue(site, *range(5))
        waiting = threading.Event()
        for _ in range(100):
            if len(do.done(site)) == 5:
                break
            waiting.wait(0.05)
    finally:
        runner.stop()

    assert sorted(do.done(site)) == [f"count {n}" for n in range(5)]


def test_a_job_outside_transactions_gets_its_receipt_after_its_effect(bench: Any, do: Any) -> None:
    site = bench.boot()
    do.enqueue(site, 7, job="outside")

    assert run_pending(site) == 1

    assert do.done(site) == ["outside 7"]
    assert do.rows(site, "handler", "state") == [("job:bench.outside", "done")]


def test_an_event_survives_fields_of_other_releases(bench: Any) -> None:
    paid = OrderPaid(at=bench.clock.now, number="A1", currency="EUR", amount=100)
    stored = encode_event(paid)

    assert stored["type"] == "order.paid"
    assert decode_event(OrderPaid, stored) == paid
    stored["fields"]["added_by_a_newer_release"] = 1
    assert decode_event(OrderPaid, stored) == paid
