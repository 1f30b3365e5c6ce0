"""Articles that hold others, stored one after the other."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from itertools import permutations
from pathlib import Path

import pytest

from db.duplicates import settle
from db.store import Store
from tests.db.duplicates.test_place import titles
from tests.db.duplicates.texts import edited, essay, essay_zh
from tests.db.factories import article, save


def test_a_round_up_of_texts_belongs_to_none_of_them_whichever_came_first(tmp_path: Path) -> None:
    parts = [essay(1, 300), essay(2, 260), essay(3, 200)]
    texts = [("A", parts[0]), ("B", parts[1]), ("round-up", " ".join(parts)), ("A again", edited(parts[0], 0.03, 1))]
    for number, some in enumerate(permutations(texts)):
        with closing(Store.open(tmp_path / f"{number}.db")) as store:
            save(store, *(article(*text) for text in some))
            assert titles(store.connection) == [["A", "A again"]]


@pytest.mark.parametrize("write", [essay, essay_zh], ids=["English", "Chinese"])
@pytest.mark.parametrize(("most", "rest"), [(280, 120), (240, 160), (220, 200)])
def test_a_round_up_joins_the_text_that_fills_most_of_it_with_no_other(
    tmp_path: Path, write: Callable[[int, int], str], most: int, rest: int
) -> None:
    first, second = write(1, most), write(2, rest)
    texts = [("A", first), ("B", second), ("round-up", f"{first} {second}"), ("A again", f"{first} {write(3, 12)}")]
    for number, some in enumerate(list(permutations(texts))[::5]):
        with closing(Store.open(tmp_path / f"{number}.db")) as store:
            save(store, *(article(*text) for text in some))
            assert titles(store.connection) == [["A", "A again", "round-up"]]


def test_a_round_up_among_too_many_copies_to_be_computed_anew_joins_no_two_texts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "MAX_COMPONENT", 3)
    first, second = essay(1, 240), essay(2, 160)
    texts = [(f"A {n}", edited(first, 0.02, n)) for n in range(4)]
    texts += [(f"B {n}", edited(second, 0.02, n)) for n in range(4)]
    texts += [(f"round-up {n}", f"{edited(first, 0.01, n)} {edited(second, 0.01, n)}") for n in range(4)]
    for number in range(5):
        with closing(Store.open(tmp_path / f"{number}.db")) as store:
            save(store, *(article(*text) for text in random.Random(number).sample(texts, len(texts))))
            kinds = [{title[0] for title in cluster} for cluster in titles(store.connection)]
            assert not [some for some in kinds if {"A", "B"} <= some]
