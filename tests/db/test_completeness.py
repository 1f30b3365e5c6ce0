from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from db.completeness import completeness
from db.connection import connect
from db.publish import publish
from db.records import Link, PageKind, PageResult, Verdict
from db.store import Store
from tests.db.factories import SEEN, article


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def link(name: str, kind: PageKind = PageKind.ARTICLE) -> Link:
    return Link(url=f"https://hill.example/{name}", fingerprint=name.encode(), kind=kind)


def settle(store: Store, name: str, verdict: Verdict, **fields: object) -> None:
    row = store.connection.execute("SELECT id, url FROM pages WHERE fingerprint = ?", (name.encode(),)).fetchone()
    result = PageResult(page_id=row["id"], site="Hill", url=row["url"], verdict=verdict, fetched_at=SEEN, status=200)
    if verdict is Verdict.ARTICLE:
        fields["articles"] = (article(name, url=row["url"], site="Hill"),)
    store.save_page(replace(result, **fields))  # type: ignore[arg-type]


@pytest.fixture
def site_id(store: Store) -> int:
    """A site with a page of every fate."""
    site_id = store.site_id("Hill", spider="hill")
    store.add_links(site_id, [link("sitemap", PageKind.SITEMAP), link("home", PageKind.LISTING)], run_id=0)
    names = ["held", "also", "late", "broken", "soft", "private", "gone", "again"]
    settle(store, "sitemap", Verdict.LISTING, links=tuple(map(link, names)))
    settle(store, "home", Verdict.LISTING, links=(link("held"), link("linked")))
    settle(store, "held", Verdict.ARTICLE)
    settle(store, "also", Verdict.ARTICLE)
    settle(store, "linked", Verdict.REJECTED, reason="soft 404")
    settle(store, "soft", Verdict.REJECTED, reason="soft 404")
    settle(store, "private", Verdict.REJECTED, reason="robots.txt disallows it")
    settle(store, "broken", Verdict.FAILED, reason="timeout: after 60 s", retry_at="2030-01-01T00:00:00Z")
    settle(store, "gone", Verdict.GONE, reason="http 404")
    settle(store, "again", Verdict.ARTICLE)
    settle(store, "again", Verdict.FAILED, reason="http 500", retry_at="2030-01-01T00:00:00Z")
    return site_id


def test_every_address_that_was_named_is_counted_once_with_its_fate(store: Store, site_id: int) -> None:
    found = [(row.found_in, row.outcome, row.reason, row.pages) for row in completeness(store.connection, site_id)]

    assert found == [
        ("sitemap", "held", None, 3),
        ("sitemap", "due", None, 1),
        ("sitemap", "failed", "timeout", 1),
        ("links", "rejected", "soft 404", 1),
        ("sitemap", "rejected", "soft 404", 1),
        ("sitemap", "disallowed", "robots.txt disallows it", 1),
        ("sitemap", "gone", "http 404", 1),
        ("start", "listing", None, 1),
    ]
    addresses = store.connection.execute("SELECT count(*) FROM pages WHERE kind <> 'sitemap'").fetchone()[0]
    assert sum(row[3] for row in found) == addresses


def test_a_fate_that_is_not_held_comes_with_an_example(store: Store, site_id: int) -> None:
    examples = {row.outcome: row.example for row in completeness(store.connection, site_id)}

    assert examples["due"] == "https://hill.example/late"
    assert examples["held"] is None


def test_analysts_see_it_in_the_snapshot(store: Store, site_id: int, tmp_path: Path) -> None:
    published = publish(tmp_path / "galen.db", tmp_path / "public")
    with closing(connect(published.path, read_only=True)) as conn:
        rows = conn.execute("SELECT outcome, sum(pages) FROM completeness GROUP BY 1 ORDER BY 1").fetchall()

    assert {row[0]: row[1] for row in rows} == {
        "disallowed": 1, "due": 1, "failed": 1, "gone": 1, "held": 3, "listing": 1, "rejected": 2,
    }  # fmt: skip
