from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from db.duplicates import corrections
from db.store import Store
from tests.db.duplicates.texts import edited, essay
from tests.db.factories import SEEN, article, save


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "galen.db")) as store:
        yield store


def together(store: Store, *ids: int) -> bool:
    """Whether articles are shown as one text."""
    marks = ", ".join("?" * len(ids))
    rows = store.connection.execute(f"SELECT DISTINCT cluster_id FROM articles WHERE id IN ({marks})", ids).fetchall()
    return len(rows) == 1 and rows[0][0] is not None


def merge(store: Store, *ids: int) -> None:
    with store.atomic():
        corrections.merge(store.connection, ids, "same leaflet", SEEN)


def split(store: Store, article_id: int, *others: int) -> tuple[int, ...]:
    with store.atomic():
        return corrections.split(store.connection, article_id, others, None, SEEN)


def test_merged_articles_are_one_text_with_the_note_as_reason(store: Store) -> None:
    a, b, c = save(store, article("A", essay(1)), article("B", essay(2)), article("C", essay(3)))
    merge(store, a, b, c)

    assert together(store, a, b, c)
    reasons = store.connection.execute("SELECT DISTINCT kind, reason FROM duplicate_edges").fetchall()
    assert [tuple(row) for row in reasons] == [("manual", "joined by hand: same leaflet")]


def test_a_split_article_stays_apart_when_a_later_crawl_brings_another_copy(store: Store) -> None:
    a, b = save(store, article("A", essay(1)), article("B", edited(essay(1), 0.03, 1)))
    assert split(store, a) == (b,)
    assert not together(store, a, b)

    (c,) = save(store, article("C", edited(essay(1), 0.01, 2)))
    assert not together(store, a, b)
    assert together(store, a, c) or together(store, b, c)


def test_a_correction_survives_a_change_of_the_text(store: Store) -> None:
    first, second = article("A", essay(1)), article("B", essay(2))
    a, b = save(store, first, second)
    merge(store, a, b)
    save(store, replace(first, body=essay(3)), replace(second, body=essay(4)))

    assert together(store, a, b)


def test_copies_of_the_very_same_words_can_be_split(store: Store) -> None:
    a, b, c = save(store, *(article("A", essay(1)) for _ in range(3)))
    split(store, c)

    assert together(store, a, b)
    assert not together(store, a, c)


def test_the_last_word_counts(store: Store) -> None:
    a, b = save(store, article("A", essay(1)), article("B", edited(essay(1), 0.03, 1)))
    split(store, a, b)
    merge(store, b, a)

    assert together(store, a, b)
    assert store.connection.execute("SELECT kind FROM duplicate_corrections").fetchall()[0][0] == "merge"
    assert store.connection.execute("SELECT count(*) FROM duplicate_corrections").fetchone()[0] == 1


def test_a_merge_that_would_undo_a_split_of_two_others_is_refused_with_the_two(store: Store) -> None:
    a, b, c = save(store, article("A", essay(1)), article("B", essay(2)), article("C", essay(3)))
    split(store, a, b)
    merge(store, a, c)

    with pytest.raises(ValueError, match=f"articles {b} and {c} cannot be one text.*articles {a} and {b} are not"):
        merge(store, b, c)
    assert together(store, a, c)
    assert store.connection.execute("SELECT count(*) FROM duplicate_corrections").fetchone()[0] == 2


def test_what_cannot_be_corrected_is_said_in_one_line(store: Store) -> None:
    (a,) = save(store, article("A", essay(1)))
    with pytest.raises(LookupError, match="no article 99"):
        merge(store, a, 99)
    with pytest.raises(ValueError, match="two different"):
        merge(store, a, a)
    with pytest.raises(ValueError, match="no copies"):
        split(store, a)
