from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.records import Article, Link, PageResult, Saved, Verdict
from db.store import Store
from tests.db.factories import SEEN, article, doctor, save


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def counts(store: Store) -> dict[str, int]:
    return {name: store.db.table(name).count for name in ("articles", "doctors", "sources", "search_text", "pages")}


def result(store: Store, *articles: Article, links: tuple[Link, ...] = ()) -> PageResult:
    site_id = store.site_id("Blue Hill", spider="bluehill")
    run = store.start_run(site_id, "test")
    store.add_links(site_id, [Link(url="https://x.example/p", fingerprint=b"p")], run)
    return PageResult(
        page_id=1, site="Blue Hill", url="https://x.example/p", verdict=Verdict.ARTICLE, fetched_at=SEEN, status=200,
        articles=articles, links=links,
    )  # fmt: skip


def test_a_page_whose_second_article_is_broken_stores_nothing_at_all(store: Store) -> None:
    page = result(
        store,
        article("Fine", source="A", people=(doctor("Gao Jun"),)),
        article(""),
        links=(Link(url="https://x.example/q", fingerprint=b"q"),),
    )
    before = counts(store)
    with pytest.raises(Exception, match="CHECK constraint failed"):
        store.save_page(page)

    assert counts(store) == before
    assert not store.connection.in_transaction


def test_a_page_that_cannot_be_stored_is_kept_as_failed_with_the_reason(store: Store) -> None:
    store.fail_page(result(store), "store: IntegrityError: ...")

    (page,) = store.db.query("SELECT state, reason, attempts, due FROM pages")
    assert page == {
        "state": "pending", "reason": "store: IntegrityError: ...", "attempts": 1, "due": "2026-03-01T09:00:00Z"
    }  # fmt: skip


def test_saving_says_what_changed(store: Store) -> None:
    page = result(
        store, article("A", people=(doctor("Gao Jun"),)), article("B"), links=(Link(url="https://y", fingerprint=b"y"),)
    )

    assert store.save_page(page) == Saved(
        articles=(1, 2), new=2, changed=0, unchanged=0, copies=1, new_links=1,
        fields={"title": 2, "source": 0, "doctor": 1, "published": 0, "body": 2},
    )  # fmt: skip


def test_a_run_counts_what_its_pages_gave(store: Store) -> None:
    page = result(store, article("A", source="Blue Hill"))
    run = store.start_run(1, "test")
    store.save_page(page, run_id=run)
    store.finish_run(run, "finished")

    row = store.db.table("runs").get(run)
    assert {name: row[name] for name in ("fetched", "articles", "new", "copies", "with_source", "with_doctor")} == {
        "fetched": 1, "articles": 1, "new": 1, "copies": 0, "with_source": 1, "with_doctor": 0
    }  # fmt: skip
    assert row["reason"] == "finished"
    assert row["finished"]


def test_an_open_run_of_a_killed_process_is_closed_by_the_next(store: Store) -> None:
    site = store.site_id("Blue Hill", spider="bluehill")
    killed = store.start_run(site, "test")
    store.start_run(site, "test")

    assert store.db.table("runs").get(killed)["reason"] == "killed"


def test_the_site_itself_as_source_is_told_from_a_publisher(store: Store) -> None:
    save(
        store,
        article("A", source="Blue Hill"),
        article("B", source="Harbour Gazette"),
        article("C", source="blue hill"),
    )

    kinds = {row["name"]: row["kind"] for row in store.db.table("sources").rows}
    assert kinds == {"Blue Hill": "site", "Harbour Gazette": "publisher"}


def test_a_page_that_is_missing_twice_is_gone_and_its_article_is_never_deleted(store: Store) -> None:
    first = article("A")
    save(store, first)

    def missing(fetched_at: str) -> dict[str, object]:
        (page,) = store.db.query("SELECT id FROM pages")
        store.save_page(
            PageResult(
                page_id=page["id"], site="Blue Hill", url=first.url, verdict=Verdict.GONE, fetched_at=fetched_at,
                reason="http 404", status=404,
            )
        )  # fmt: skip
        (row,) = store.db.query(
            "SELECT title, gone_at, state, due FROM articles JOIN pages ON article_id = articles.id"
        )
        return row

    assert missing("2026-04-01T00:00:00Z") == {
        "title": "A", "gone_at": None, "state": "done", "due": "2026-04-02T00:00:00Z"
    }  # fmt: skip
    assert missing("2026-04-02T00:00:00Z") == {
        "title": "A", "gone_at": "2026-04-02T00:00:00Z", "state": "gone", "due": "2026-05-02T00:00:00Z"
    }  # fmt: skip
    save(store, first, seen="2026-05-02T00:00:00Z")
    assert list(store.db.query("SELECT gone_at FROM articles")) == [{"gone_at": None}], "it may come back"


def test_another_declaration_forgets_validators_and_the_same_one_does_not(store: Store) -> None:
    save(store, article("A"))
    site = store.site_id("Blue Hill", spider="bluehill", declaration="one")
    store.connection.execute("UPDATE pages SET etag = 'x'")

    store.site_id("Blue Hill", spider="bluehill", declaration="one")
    assert list(store.db.query("SELECT etag FROM pages")) == [{"etag": "x"}]
    assert store.site_id("Blue Hill", spider="bluehill", declaration="two") == site
    assert list(store.db.query("SELECT etag FROM pages")) == [{"etag": None}]
