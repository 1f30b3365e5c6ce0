"""Texts that may not be kept are not kept, whenever that becomes known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlite_utils import Database

from db import schema, site_signals
from db.migrations import migrations
from db.policy import DEFAULT_RULES, METADATA, UNPUBLISHED, obey
from db.records import Fragment, PageResult, Part, Verdict
from db.store import Store
from db.views import VIEWS
from tests.db.factories import LONG, SEEN, article, save

LATER = "2026-03-09T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def values(store: Store, sql: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.connection.execute(sql)]


def test_a_signal_that_no_rule_names_changes_nothing() -> None:
    plain = article("Sleep", policy=("noai", "nofollow"))
    assert obey(plain, DEFAULT_RULES) == plain


def test_noindex_hides_and_keeps_the_text() -> None:
    hidden = article("Sleep", policy=("noindex",))
    assert (hidden.hidden, hidden.withheld, hidden.body) == ("noindex", None, LONG)


def test_a_withheld_article_keeps_its_title_for_a_body_and_leads_nowhere() -> None:
    kept = article(
        "Sleep", policy=("noarchive", "tdm-reservation"), summary="Short", next_part="https://x.example/2",
        fragments=(Fragment(text="睡", context="睡"),),
    )  # fmt: skip
    assert (kept.body, kept.summary, kept.fragments, kept.next_part) == ("Sleep", None, (), None)
    assert kept.withheld == "noarchive"


def test_both_rules_may_apply() -> None:
    both = obey(article("Sleep", policy=("a", "b")), {"a": METADATA, "b": UNPUBLISHED})
    assert (both.withheld, both.hidden) == ("a", "b")


def test_a_text_that_comes_to_be_withheld_goes_with_its_revisions_and_parts(store: Store) -> None:
    first = article("Sleep", f"{LONG} Quokka.", next_part="https://bluehill.example/p2")
    (key,) = save(store, first)
    save(store, replace(first, body=f"{LONG} Wombat."), seen=LATER)
    save(store, obey(replace(first, policy=("noarchive",)), DEFAULT_RULES), seen=LATER)

    everything = str([values(store, f"SELECT * FROM {table}") for table in
                      ("articles", "revisions", "article_parts", "search_text")])  # fmt: skip
    assert "Quokka" not in everything
    assert "Wombat" not in everything
    assert values(store, "SELECT id, title, body, words, withheld FROM articles") == [
        (key, "Sleep", "Sleep", 0, "noarchive")
    ]
    assert values(store, "SELECT count(*) FROM search_fts WHERE search_fts MATCH 'wombat'") == [(0,)]
    assert values(store, "SELECT count(*) FROM search_fts WHERE search_fts MATCH 'sleep'") == [(1,)]


def test_a_text_that_is_released_comes_back_without_a_revision(store: Store) -> None:
    withheld = article("Sleep", policy=("noarchive",))
    save(store, withheld)
    save(store, replace(withheld, body=LONG, policy=(), withheld=None), seen=LATER)

    assert values(store, "SELECT body, withheld, revision FROM articles") == [(LONG, None, 1)]
    assert values(store, "SELECT * FROM revisions") == []


def test_later_pages_of_a_withheld_article_are_not_kept(store: Store) -> None:
    first = article("Sleep", policy=("noarchive",))
    save(store, first)
    part = Part(article_url=first.url, url=f"{first.url}/2", number=2, body="Quokka.")
    store.save_page(
        PageResult(page_id=1, site=first.site, url=part.url, verdict=Verdict.PART, fetched_at=SEEN, part=part)
    )

    assert values(store, "SELECT body FROM articles") == [("Sleep",)]
    assert values(store, "SELECT * FROM article_parts") == []


def test_withheld_articles_with_one_title_are_no_copies_of_each_other(store: Store) -> None:
    title = "What helps against a pain in the knee " * 5
    save(store, *(article(title, policy=("noarchive",)) for _ in range(2)))

    assert values(store, "SELECT count(DISTINCT text_hash), count(cluster_id) FROM articles") == [(2, 0)]


def test_the_migration_removes_texts_that_were_kept_before(tmp_path: Path) -> None:
    db = Database(tmp_path / "old.db")
    for statement in (*schema.CONTENT, *schema.FRONTIER, *schema.DUPLICATES, *schema.SEARCH, *VIEWS):
        db.execute(statement)
    db.execute("INSERT INTO sites VALUES (1, 'Blue Hill', 'x', '[]', NULL, '2026-01-01T00:00:00Z')")
    for key, policy in ((1, "noarchive, noai"), (2, "noindex"), (3, None)):
        db.execute(
            "INSERT INTO articles (id, url, url_key, site_id, title, body, words, text_hash, first_seen, last_seen,"
            " last_changed, policy, extractor) VALUES (?, ?, ?, 1, 'Sleep', 'Quokka', 1, ?, '', '', '', ?, '1')",
            (key, f"u{key}", f"u{key}", f"h{key}", policy),
        )
        db.execute("INSERT INTO revisions VALUES (?, 1, '', 'body', 'Sleep', 'Q', 'Quokka', NULL, NULL, NULL)", (key,))
        db.execute("INSERT INTO search_text VALUES (?, 'Sleep', 'Q', 'Quokka', '', '')", (key,))
    for statement in site_signals.POLICY:
        db.execute(statement)

    found = [tuple(row) for row in db.execute("SELECT body, withheld, hidden FROM articles ORDER BY id")]
    assert found == [("Sleep", "noarchive", None), ("Quokka", None, "noindex"), ("Quokka", None, None)]
    assert [row[0] for row in db.execute("SELECT body FROM revisions ORDER BY article_id")] == ["", "Quokka", "Quokka"]
    assert db.execute("SELECT count(*) FROM search_fts WHERE search_fts MATCH 'quokka'").fetchone() == (2,)
    assert "m060_policy" in {migration.name for migration in migrations.pending(db)}
    db.close()
