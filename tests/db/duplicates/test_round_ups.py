"""Articles that hold others, stored one after the other."""

from __future__ import annotations

from contextlib import closing
from itertools import permutations
from pathlib import Path

from db.store import Store
from tests.db.duplicates.test_place import titles
from tests.db.duplicates.texts import edited, essay
from tests.db.factories import article, save


def test_a_round_up_of_texts_belongs_to_none_of_them_whichever_came_first(tmp_path: Path) -> None:
    parts = [essay(1, 300), essay(2, 260), essay(3, 200)]
    texts = [("A", parts[0]), ("B", parts[1]), ("round-up", " ".join(parts)), ("A again", edited(parts[0], 0.03, 1))]
    for number, some in enumerate(permutations(texts)):
        with closing(Store.open(tmp_path / f"{number}.db")) as store:
            save(store, *(article(*text) for text in some))
            assert titles(store.connection) == [["A", "A again"]]
