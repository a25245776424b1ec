"""Schedules tick once, whatever the number of processes, and make up for a pause once."""

import threading
from datetime import UTC, datetime, timedelta
from typing import Any

from marketry.jobs.running import run_pending
from marketry.jobs.schedule import next_tick, tick


def ours(site: Any, do: Any) -> list[tuple[Any, ...]]:
    return [row for row in do.rows(site, "handler", "key", "state") if row[0] == "schedule:bench.nightly"]


def test_ticks_are_multiples_of_the_interval() -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)

    assert next_tick(noon, timedelta(minutes=5)) == noon + timedelta(minutes=5)
    assert next_tick(noon + timedelta(seconds=1), timedelta(minutes=5)) == noon + timedelta(minutes=5)
    assert next_tick(noon, timedelta(days=1)) == datetime(2026, 3, 2, tzinfo=UTC)


def test_a_schedule_runs_once_per_tick_with_four_processes_looking(bench: Any, do: Any) -> None:
    sites = [bench.boot() for _ in range(4)]
    for site in sites:
        tick(site)
    for _ in range(3):
        bench.clock.pass_(minutes=5)
        threads = [threading.Thread(target=lambda site=site: (tick(site), run_pending(site))) for site in sites]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for site in sites:  # what one process wrote after another had looked
            run_pending(site)

    assert do.done(sites[0]) == ["nightly", "nightly", "nightly"]
    assert len(bench.seen) == 3


def test_after_a_pause_it_is_made_up_for_once(bench: Any, do: Any) -> None:
    site = bench.boot()
    tick(site)
    bench.clock.pass_(hours=9)
    for _ in range(5):
        tick(site)
        run_pending(site)

    assert do.done(site) == ["nightly"]


def test_a_tick_that_is_still_waiting_is_not_piled_up_upon(bench: Any, do: Any) -> None:
    site = bench.boot()
    tick(site)
    for _ in range(3):
        bench.clock.pass_(minutes=5)
        tick(site)

    assert ours(site, do) == [("schedule:bench.nightly", "2026-03-01T12:05:00+00:00", "waiting")]


def test_a_tick_that_failed_is_shown_until_the_next_takes_its_place(bench: Any, do: Any) -> None:
    site = bench.boot()
    bench.broken = {"nightly"}
    tick(site)
    bench.clock.pass_(minutes=5)
    tick(site)
    run_pending(site)
    assert ours(site, do) == [("schedule:bench.nightly", "2026-03-01T12:05:00+00:00", "parked")]

    bench.broken = set()
    bench.clock.pass_(minutes=5)
    tick(site)
    run_pending(site)
    assert ours(site, do) == [("schedule:bench.nightly", "2026-03-01T12:10:00+00:00", "done")]
