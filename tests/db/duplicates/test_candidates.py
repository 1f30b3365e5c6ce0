from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from db.duplicates import candidates, index
from db.duplicates.reading import Outline, Reading
from db.duplicates.verify import likeness
from db.store import Store
from tests.db.duplicates.texts import edited, essay
from tests.db.factories import article, save


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(Store.open(tmp_path / "galen.db")) as store:
        yield store


def of_common_phrases(seed: int) -> str:
    """A text built of the same phrases as all others of its site, in an order of its own."""
    draw = random.Random(seed)
    phrases = essay(1, 1500).split(". ")
    return ". ".join(draw.sample(phrases, len(phrases) // 3))


def outline(text: str) -> Outline:
    return Reading("", text).outline


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        (edited(essay(1), 0.05, 1), "copy"),
        (essay(1)[:700], "copy"),
        (edited(essay(1), 0.13, 1), "copy"),
        (edited(essay(1), 0.3, 1), "related"),
        (essay(2), "none"),
    ],
)
def test_shingles_say_what_two_texts_can_be_at_most(other: str, expected: str) -> None:
    assert likeness(outline(essay(1)), outline(other)) == expected
    assert likeness(outline(other), outline(essay(1))) == expected


def test_texts_in_two_scripts_are_always_read() -> None:
    assert likeness(outline("为什么医生建议少吃盐" * 4), outline("資訊軟體裡的醫療資料與臟器" * 4)) == "copy"


def test_few_articles_of_a_site_of_common_phrases_are_read_and_copies_are_found_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []
    compare = candidates.compare

    def counting(a: Reading, b: Reading):
        compared.append((a.title, b.title))
        return compare(a, b)

    monkeypatch.setattr(candidates, "compare", counting)
    save(store, *(article(f"{n}", of_common_phrases(n)) for n in range(30)))
    assert len(compared) <= 30 * candidates.MAX_RELATED
    skipped = store.connection.execute("SELECT sum(skipped) FROM signatures").fetchone()[0]
    assert skipped > 0

    save(store, article("copy", edited(of_common_phrases(3), 0.03, 1)))
    titles = store.connection.execute("SELECT title FROM articles WHERE cluster_id IS NOT NULL ORDER BY id").fetchall()
    assert [row[0] for row in titles] == ["3", "copy"]


def test_another_translation_of_the_same_title_is_found_and_shown_as_related(store: Store) -> None:
    title = "Why old people should drink more water"
    save(store, *(article(title, edited(essay(n), 0.3 * half, n)) for n in range(12) for half in (0, 1)))

    verdicts = store.connection.execute("SELECT verdict, count(*) FROM duplicate_edges GROUP BY 1").fetchall()
    assert [tuple(row) for row in verdicts] == [("related", 12)]
    assert not store.connection.execute("SELECT 1 FROM clusters").fetchall()


def weakly_alike(seed: int) -> str:
    """Sentences of three phrases each: all articles share phrases, no two share a sentence."""
    draw = random.Random(seed)
    phrases = essay(1, 900).replace(".", "").split(" ")
    short = [" ".join(phrases[n : n + 6]) for n in range(0, len(phrases), 6)]
    return ". ".join(" ".join(draw.sample(short, 3)) for _ in range(30))


def test_of_articles_that_are_a_little_alike_few_are_looked_at_but_those_of_the_same_title_or_sentence(
    store: Store,
) -> None:
    save(store, *(article(f"One of the many articles {n}", weakly_alike(n)) for n in range(40)))
    title = "A title of its own, long enough"
    sentence = essay(70, 60).replace(".", "")
    own = save(store, article(title, weakly_alike(50)), article("Other", f"{weakly_alike(51)}. {sentence}"))
    found = index.look_up(store.connection, Reading(title, f"{weakly_alike(60)}. {sentence}").sign())

    assert found.skipped > 0
    assert len([c for c in found.candidates if c.article_id not in own]) <= index.MAX_WEAK
    assert set(own) <= {candidate.article_id for candidate in found.candidates}
