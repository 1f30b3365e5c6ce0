from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import frontier
from db.connection import utc_now
from db.records import Link, PageKind, PageResult, Verdict
from db.store import Store

NOW = "2026-03-01T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


@pytest.fixture
def site(store: Store) -> int:
    return store.site_id("Blue Hill", spider="bluehill")


def link(name: str, kind: PageKind = PageKind.ARTICLE, **fields: object) -> Link:
    return Link(url=f"https://x.example/{name}", kind=kind, fingerprint=name.encode(), **fields)  # type: ignore[arg-type]


def due(store: Store, site: int, now: str = NOW) -> list[str]:
    return [page.url.rpartition("/")[2] for page in frontier.due_pages(store.connection, site, now, 100)]


def settle(store: Store, name: str, verdict: Verdict, run: int, fetched_at: str = NOW, **fields: object) -> None:
    (page,) = store.db.query("SELECT id, url FROM pages WHERE url = ?", [f"https://x.example/{name}"])
    result = PageResult(
        page_id=page["id"], site="Blue Hill", url=page["url"], verdict=verdict, fetched_at=fetched_at, status=200,
        **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    store.save_page(result, run_id=run)


def test_discovery_is_fetched_before_articles_and_those_in_the_order_found(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    links = [link("b"), link("a"), link("list", PageKind.LISTING), link("map", PageKind.SITEMAP)]
    assert store.add_links(site, links, run) == 4

    assert due(store, site) == ["map", "list", "b", "a"]


def test_a_link_found_twice_is_one_page(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a")], run)

    assert store.add_links(site, [link("a"), link("b")], run) == 1


def test_a_listing_is_fetched_once_a_run_and_again_in_the_next(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("list", PageKind.LISTING)], run)
    settle(store, "list", Verdict.LISTING, run, links=(link("list", PageKind.LISTING),))
    assert due(store, site) == []

    second = store.start_run(site, "test")
    store.add_links(site, [link("list", PageKind.LISTING)], second)
    assert due(store, site) == ["list"]


def test_an_article_is_fetched_again_when_its_lastmod_moves_and_not_before(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a", lastmod="2026-01-01")], run)
    settle(store, "a", Verdict.ARTICLE, run, fetched_at=utc_now())

    second = store.start_run(site, "test")
    store.add_links(site, [link("a", lastmod="2026-01-01")], second)
    assert due(store, site) == []
    store.add_links(site, [link("a", lastmod="2026-02-01")], second)
    assert due(store, site) == ["a"]


def test_an_article_is_fetched_again_by_itself_after_a_week(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a")], run)
    settle(store, "a", Verdict.ARTICLE, run)

    assert frontier.reopen_due(store.connection, site, "2026-03-08T07:59:59Z") == 0
    assert frontier.reopen_due(store.connection, site, "2026-03-08T08:00:00Z") == 1


def test_pages_that_were_fetched_by_a_clock_that_has_been_put_back_are_due(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link(name) for name in "abcd"], run)
    settle(store, "a", Verdict.ARTICLE, run, fetched_at="2036-03-01T08:00:00Z")
    settle(store, "b", Verdict.FAILED, run, fetched_at="2036-03-01T08:00:00Z", retry_at="2036-03-01T08:00:05Z")
    settle(store, "c", Verdict.ARTICLE, run, fetched_at=NOW)
    settle(store, "d", Verdict.REJECTED, run, fetched_at="2036-03-01T08:00:00Z", reason="redacted")

    assert frontier.reopen_due(store.connection, site, NOW) == 2
    assert due(store, site) == ["a", "b"]


def test_a_failed_page_waits_for_its_time_and_is_given_up_after_five_failures(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a")], run)
    for _ in range(frontier.MAX_ATTEMPTS - 1):
        settle(store, "a", Verdict.FAILED, run, reason="timeout", retry_at="2026-03-01T08:00:30Z")
        assert due(store, site) == []
        assert due(store, site, "2026-03-01T08:00:30Z") == ["a"]
    settle(store, "a", Verdict.FAILED, run, reason="timeout", retry_at="2026-03-01T08:00:30Z")

    (page,) = store.db.query("SELECT state, reason, attempts FROM pages")
    assert page == {"state": "failed", "reason": "timeout", "attempts": 5}


def test_a_page_given_up_is_tried_again_by_a_run_a_day_later(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a")], run)
    for _ in range(frontier.MAX_ATTEMPTS):
        settle(store, "a", Verdict.FAILED, run)

    assert frontier.reopen_due(store.connection, site, "2026-03-02T07:59:59Z") == 0
    assert frontier.reopen_due(store.connection, site, "2026-03-02T08:00:00Z") == 1
    assert due(store, site) == ["a"]


def test_an_unreachable_robots_txt_counts_as_no_attempt(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a")], run)
    for _ in range(10):
        settle(store, "a", Verdict.FAILED, run, counts_as_attempt=False, retry_at="2026-03-01T09:00:00Z")

    (page,) = store.db.query("SELECT state, attempts, due FROM pages")
    assert page == {"state": "pending", "attempts": 0, "due": "2026-03-01T09:00:00Z"}


def test_success_forgets_former_failures_and_keeps_validators(store: Store, site: int) -> None:
    run = store.start_run(site, "test")
    store.add_links(site, [link("a")], run)
    settle(store, "a", Verdict.FAILED, run, reason="timeout")
    settle(store, "a", Verdict.ARTICLE, run, etag='"1"')
    settle(store, "a", Verdict.UNCHANGED, run)

    (page,) = store.db.query("SELECT state, attempts, reason, etag FROM pages")
    assert page == {"state": "done", "attempts": 0, "reason": None, "etag": '"1"'}


def test_the_next_due_pages_are_found_by_an_index(store: Store, site: int) -> None:
    plan = store.db.query(
        """
        EXPLAIN QUERY PLAN SELECT id FROM pages
        WHERE site_id = 1 AND state IN ('pending', 'leased') AND (due IS NULL OR due <= '2026')
        ORDER BY priority DESC, id LIMIT 32
        """
    )
    details = " ".join(row["detail"] for row in plan)
    assert "SEARCH pages USING INDEX pages_due" in details
    assert "TEMP B-TREE" not in details
