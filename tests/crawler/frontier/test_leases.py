from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from crawler.frontier.leases import LEASED_AT_ONCE, Leases
from db import schedule
from db.connection import utc_text
from db.records import Link, PageResult, Verdict
from db.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    store.site_id("Blue Hill", spider="bluehill")
    yield store
    store.close()


def fill(store: Store, pages: int) -> None:
    run = store.start_run(1, "test")
    store.add_links(1, [Link(url=f"https://x/{n}", fingerprint=b"%d" % n) for n in range(pages)], run)


def finish(store: Store, leases: Leases, page_id: int, verdict: Verdict = Verdict.ARTICLE, retry_in: float = 0) -> None:
    now = datetime.now(UTC)
    store.save_page(
        PageResult(
            page_id=page_id, site="Blue Hill", url="https://x/", verdict=verdict, fetched_at=utc_text(now),
            retry_at=utc_text(now + timedelta(seconds=retry_in)) if retry_in else None,
        )
    )  # fmt: skip
    leases.done(page_id)


def test_every_page_is_taken_once_in_order(store: Store) -> None:
    fill(store, 3 * LEASED_AT_ONCE + 1)
    leases = Leases(store.connection, 1)
    taken = []
    while (page := leases.take()) is not None:
        taken.append(page.id)

    assert taken == list(range(1, 3 * LEASED_AT_ONCE + 2))
    assert leases.dry


def test_a_page_stays_ours_until_its_transaction_has_ended(store: Store) -> None:
    fill(store, 1)
    leases = Leases(store.connection, 1)
    assert leases.take() is not None
    leases.dry = False
    assert leases.take() is None

    finish(store, leases, 1)
    assert (leases.in_flight, leases.take()) == (0, None)


def test_a_failed_page_comes_back_when_it_is_due(store: Store) -> None:
    fill(store, 1)
    leases = Leases(store.connection, 1, longest_wait=60)
    leases.take()
    finish(store, leases, 1, Verdict.FAILED, retry_in=30)

    assert leases.take() is None
    assert 28 <= (leases.next_look() or 0) <= 30
    finish(store, leases, 1, Verdict.FAILED)
    assert leases.take() is not None


def test_a_page_due_too_late_is_left_for_the_next_crawl(store: Store) -> None:
    fill(store, 1)
    leases = Leases(store.connection, 1, longest_wait=60)
    leases.take()
    finish(store, leases, 1, Verdict.FAILED, retry_in=600)

    assert leases.take() is None
    assert leases.next_look() is None


def test_the_limit_bounds_what_is_taken(store: Store) -> None:
    fill(store, 100)
    leases = Leases(store.connection, 1, limit=40)
    taken = sum(leases.take() is not None for _ in range(100))

    assert taken == 40
    assert leases.exhausted
    assert leases.next_look() is None


def test_a_paused_site_gives_no_page_and_gives_back_what_waits_if_the_pause_is_long(store: Store) -> None:
    fill(store, 10)
    leases = Leases(store.connection, 1, longest_wait=60)
    leases.take()
    leases.pause(datetime.now(UTC) + timedelta(seconds=30))
    assert leases.take() is None
    assert 28 <= (leases.next_look() or 0) <= 30

    leases.pause(datetime.now(UTC) + timedelta(seconds=300))
    assert leases.next_look() is None
    assert list(leases.open) == [1], "only what is in flight"


def test_a_pause_that_an_earlier_crawl_was_asked_for_holds_after_a_restart(store: Store) -> None:
    fill(store, 2)
    now = datetime.now(UTC)
    until = utc_text(now + timedelta(seconds=1800))
    store.save_page(
        PageResult(
            page_id=1, site="Blue Hill", url="https://x/0", verdict=Verdict.FAILED, fetched_at=utc_text(now),
            retry_at=until, pauses_site=True,
        )
    )  # fmt: skip
    leases = Leases(store.connection, 1, longest_wait=60)

    assert leases.take() is None
    assert 1790 < leases.pause_left() <= 1800
    assert leases.next_look() is None


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ((100, 50), 100),
        ((50, 100), 100),
        ((86_400,), 0),  # written while the clock was wrong
        ((86_400, 60), 60),
    ],
)
def test_the_longest_pause_counts_unless_the_clock_was_wrong(store: Store, told: tuple[int, ...], left: int) -> None:
    now = datetime.now(UTC)
    for seconds in told:
        schedule.pause(store.connection, 1, utc_text(now + timedelta(seconds=seconds)))
    until = schedule.paused_until(store.connection, 1, now)

    assert (until - now).total_seconds() == pytest.approx(left, abs=1.5) if until is not None else left == 0
