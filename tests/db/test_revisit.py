from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from db import frontier
from db.connection import utc_text
from db.records import Article, Link, PageKind, PageResult, Verdict
from db.revisit import PROOF, Lastmod, site_lastmod
from db.store import Store
from tests.db.factories import LONG, article

START = datetime.fromisoformat("2026-03-01T08:00:00+00:00")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    store.site_id("Blue Hill", spider="bluehill", revisit_days=(1, 7, 30))
    yield store
    store.close()


def add(store: Store, name: str, kind: PageKind = PageKind.ARTICLE, **fields: object) -> int:
    link = Link(url=f"https://x.example/{name}", kind=kind, fingerprint=name.encode(), **fields)  # type: ignore[arg-type]
    frontier.add_links(store.connection, 1, [link], run_id=999)
    return int(store.connection.execute("SELECT id FROM pages WHERE url = ?", (link.url,)).fetchone()[0])


def visit(
    store: Store, page: int, day: float, *articles: Article, verdict: Verdict = Verdict.ARTICLE, **fields: object
) -> float | None:
    """Save a visit on a day after the start; returns the day of the next one."""
    url = articles[0].url if articles else "https://x.example/"
    result = PageResult(
        page_id=page, site="Blue Hill", url=url, verdict=verdict, status=200, articles=articles,
        fetched_at=utc_text(START + timedelta(days=day)), **fields,  # type: ignore[arg-type]
    )  # fmt: skip
    store.save_page(result)
    due = store.connection.execute("SELECT due FROM pages WHERE id = ?", (page,)).fetchone()[0]
    return None if due is None else (datetime.fromisoformat(due) - START) / timedelta(days=1)


def test_an_article_climbs_the_ladder_while_unchanged_and_begins_anew_when_it_changes(store: Store) -> None:
    page, same = add(store, "a"), article("A")
    other = article("A", f"{LONG} More.", url=same.url)

    assert visit(store, page, 0, same) == 1
    assert visit(store, page, 1, same) == 8
    assert visit(store, page, 8, verdict=Verdict.UNCHANGED) == 38
    assert visit(store, page, 38, same) == 68, "no further than the last step"
    assert visit(store, page, 68, other) == 69
    assert visit(store, page, 69, other) == 76


def test_lists_that_bring_nothing_new_are_asked_less_and_at_once_again_when_they_do(store: Store) -> None:
    page = add(store, "list", PageKind.LISTING)
    listing = {"verdict": Verdict.LISTING}

    def new_link(n: int) -> tuple[Link, ...]:
        return (Link(url=f"https://x.example/{n}", fingerprint=b"%d" % n),)

    assert visit(store, page, 0, **listing, links=new_link(1)) == 0  # type: ignore[arg-type]
    assert [visit(store, page, day, **listing) for day in (1, 2, 3, 4, 11)] == [1, 2, 4, 11, 18]  # type: ignore[arg-type]
    assert visit(store, page, 18, **listing, links=new_link(2)) == 18  # type: ignore[arg-type]


def test_sitemaps_and_feeds_wait_for_nothing_but_the_next_crawl(store: Store) -> None:
    assert visit(store, add(store, "map", PageKind.SITEMAP), 0, verdict=Verdict.LISTING) is None
    assert visit(store, add(store, "feed", PageKind.FEED), 0, verdict=Verdict.UNCHANGED) is None


def prove(store: Store, *, changed: bool, moved: bool) -> Lastmod:
    """Visit one article again and again, its lastmod moved or not, its text changed or not."""
    page, first = add(store, "a", lastmod="0"), article("A")
    visit(store, page, 0, first)
    for day in range(1, PROOF + 1):
        if moved:
            add(store, "a", lastmod=str(day))
        body = f"{LONG} {day}" if changed else LONG
        visit(store, page, day, article("A", body, url=first.url))
    return site_lastmod(store.connection, 1)


def test_a_lastmod_that_never_hid_a_change_is_trusted_and_makes_other_visits_rare(store: Store) -> None:
    assert prove(store, changed=False, moved=False) == Lastmod(same=PROOF, missed=0, moved=0, idle=0)
    assert site_lastmod(store.connection, 1).trusted
    page, new = add(store, "b", lastmod="2026-01-01"), article("B", f"{LONG} b")

    assert visit(store, page, 0, new) == 30
    assert visit(store, add(store, "c"), 0, article("C", f"{LONG} c")) == 1, "no lastmod, no trust"


def test_a_lastmod_that_hides_changes_is_not_trusted(store: Store) -> None:
    lastmod = prove(store, changed=True, moved=False)

    assert lastmod.missed == PROOF
    assert not lastmod.trusted


def test_a_lastmod_that_moves_for_nothing_is_no_reason_to_visit(store: Store) -> None:
    assert prove(store, changed=False, moved=True).idles
    add(store, "a", lastmod="another")

    assert store.connection.execute("SELECT state FROM pages").fetchone()[0] == "done"


def test_a_lastmod_that_moves_with_the_text_stays_a_reason_to_visit(store: Store) -> None:
    assert not prove(store, changed=True, moved=True).idles
    add(store, "a", lastmod="another")

    assert store.connection.execute("SELECT state FROM pages").fetchone()[0] == "pending"


def test_an_unchanged_index_does_not_hide_its_children(store: Store) -> None:
    index = add(store, "index", PageKind.SITEMAP)
    child = Link(url="https://x.example/child", kind=PageKind.SITEMAP, fingerprint=b"child")
    visit(store, index, 0, verdict=Verdict.LISTING, links=(child,))
    (child_id,) = store.connection.execute("SELECT id FROM pages WHERE url LIKE '%child'").fetchone()
    visit(store, child_id, 0, verdict=Verdict.LISTING)
    run = store.start_run(1, "test")
    page = PageResult(
        page_id=index, site="Blue Hill", url="https://x.example/index", verdict=Verdict.UNCHANGED, status=304,
        fetched_at=utc_text(START + timedelta(days=1)),
    )  # fmt: skip
    store.save_page(page, run_id=run)

    assert store.connection.execute("SELECT state FROM pages WHERE id = ?", (child_id,)).fetchone()[0] == "pending"


def test_a_refresh_makes_every_known_page_due(store: Store) -> None:
    visit(store, add(store, "a"), 0, article("A"))
    store.start_run(1, "test", refresh=True)

    assert store.connection.execute("SELECT state FROM pages").fetchone()[0] == "pending"
