from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.records import PartialDate
from db.revisions import Change, date_changes, difference, versions, word_diff
from db.store import Store
from tests.db.factories import LONG, article, save

LATER = "2026-04-01T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "galen.db")) as store:
        yield store


def test_words_that_went_and_came_are_told_apart() -> None:
    assert word_diff("Take two tablets daily.", "Take one tablet daily.") == (
        Change("same", "Take "),
        Change("removed", "two tablets "),
        Change("added", "one tablet "),
        Change("same", "daily."),
    )


def test_chinese_is_compared_by_characters() -> None:
    assert word_diff("每天吃两片药", "每天吃一片药") == (
        Change("same", "每天吃"),
        Change("removed", "两"),
        Change("added", "一"),
        Change("same", "片药"),
    )


@given(st.text(max_size=60), st.text(max_size=60))
def test_the_parts_put_together_are_both_texts(old: str, new: str) -> None:
    changes = word_diff(old, new)

    assert "".join(change.text for change in changes if change.operation != "added") == old
    assert "".join(change.text for change in changes if change.operation != "removed") == new


def test_an_edit_is_a_revision_with_what_changed(store: Store) -> None:
    first = article("Sleep", published="2026-01-01")
    (number,) = save(store, first)
    save(store, replace(first, body=LONG.replace("tablet", "capsule")), seen=LATER)
    old, new = versions(store.connection, number)

    assert (old.number, old.until, new.number, new.until) == (1, LATER, 2, None)
    (change,) = difference(old, new)
    assert change.field == "body"
    assert [c.text.strip() for c in change.changes if c.operation != "same"] == ["tablet", "capsule"]
    assert date_changes(store.connection, number) == ()


def test_a_date_that_moved_alone_is_no_revision(store: Store) -> None:
    first = article("Sleep", modified=PartialDate(value="2026-01-01"))
    (number,) = save(store, first)
    save(store, replace(first, modified=PartialDate(value="2026-03-30")), seen=LATER)

    assert len(versions(store.connection, number)) == 1
    (moved,) = date_changes(store.connection, number)
    assert (moved.old, moved.new, moved.seen_at) == ("2026-01-01", "2026-03-30", LATER)
    assert moved.note == "modified moved, text unchanged"


def test_a_date_that_moved_with_the_text_belongs_to_the_revision(store: Store) -> None:
    first = article("Sleep", modified=PartialDate(value="2026-01-01"))
    (number,) = save(store, first)
    save(store, replace(first, body=LONG + " More.", modified=PartialDate(value="2026-03-30")), seen=LATER)

    assert [change.field for change in difference(*versions(store.connection, number))] == ["body", "modified"]
    assert date_changes(store.connection, number) == ()


def test_an_article_that_is_not_there_is_named(store: Store) -> None:
    with pytest.raises(LookupError, match="no article 7"):
        versions(store.connection, 7)
