from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from db.store import Store
from tests.db.factories import LONG, article, doctor, save

OTHER = (
    "Oatmeal keeps its shape in the bowl when the milk is poured over it cold, and a spoonful of ground flax adds "
    "fibre that most breakfasts lack; people with coeliac disease choose a packet marked as free of gluten."
)
THIRD = (
    "Climbing two flights of stairs without a pause says more about a heart than a watch does, so the clinic asks "
    "every new patient to try it once, with a nurse beside them who counts the breaths and notes the time."
)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def clusters(store: Store) -> list[tuple[str, int, int]]:
    """Title of the canonical article, size and sites of every cluster."""
    rows = store.db.query(
        "SELECT title, size, sites FROM clusters JOIN articles ON articles.id = canonical_id ORDER BY title"
    )
    return [(row["title"], row["size"], row["sites"]) for row in rows]


def test_the_same_words_are_one_text_whatever_case_width_and_punctuation(store: Store) -> None:
    save(store, article("A", LONG), article("B", LONG.upper().replace(",", " ;"), site="Far Shore"))

    assert clusters(store) == [("A", 2, 2)]


def test_other_words_make_another_text(store: Store) -> None:
    save(store, article("A", LONG), article("B", OTHER))

    assert clusters(store) == []


def test_copies_keep_their_own_rows_and_the_unique_view_shows_one(store: Store) -> None:
    save(store, article("A", published="2026-01-02"), article("B", published="2026-01-01"), article("C", "x " * 40))

    assert store.db.table("articles").count == 3
    assert [row["title"] for row in store.db.query("SELECT title FROM articles_unique ORDER BY title")] == ["B", "C"]


@pytest.mark.parametrize("order", list(itertools.permutations(range(4))))
def test_the_canonical_article_does_not_depend_on_the_order(store: Store, order: tuple[int, ...]) -> None:
    articles = [
        article("undated"),
        article("late", published="2026-02-01"),
        article("early", published="2026-01-01"),
        article("early with doctor", published="2026-01-01", people=(doctor("Gao Jun"),)),
    ]
    save(store, *(articles[number] for number in order))

    assert clusters(store) == [("early with doctor", 4, 1)]


def test_an_article_whose_text_changes_leaves_its_cluster(store: Store) -> None:
    first, second, third = article("A"), article("B"), article("C")
    save(store, first, second, third)
    save(store, replace(first, body=OTHER))
    assert clusters(store) == [("B", 2, 1)]

    save(store, replace(second, body=THIRD))
    assert clusters(store) == []
    assert not list(store.db.query("SELECT 1 FROM articles WHERE cluster_id IS NOT NULL"))


def test_short_texts_say_nothing(store: Store) -> None:
    save(store, article("A", "This page is being updated."), article("B", "This page is being updated."))

    assert clusters(store) == []


def test_every_copy_has_an_edge_with_a_reason(store: Store) -> None:
    save(store, article("A"), article("B"), article("C"))

    edges = list(store.db.table("duplicate_edges").rows)
    assert len(edges) == 3
    assert {(edge["kind"], edge["verdict"]) for edge in edges} == {("exact", "same")}
    assert all(edge["reason"] for edge in edges)
