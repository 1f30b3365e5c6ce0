"""What one more article costs among many that are like it."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import numpy as np

from bench.duplicates_texts import ARTICLE, WORDS, edited, english, row
from db.duplicates import place
from db.store import Store


def growth(count: int) -> None:
    """CPU of one article among many that are like it: before the transaction, and inside it."""
    for name, family in (
        ("copies of one text", _copies_of_one),
        ("copies, every 20th a part", _copies_and_parts),
        ("twins", _twins),
        ("template, other terms", _template),
        ("8 templates' copies", _template_copies),
        ("common phrases", _common_phrases),
    ):
        with tempfile.TemporaryDirectory() as folder, closing(Store.open(Path(folder) / "galen.db")) as store:
            store.connection.execute("PRAGMA foreign_keys = OFF")
            costs = np.array([_one_more(store, n, *text) for n, text in enumerate(family(count), start=1)]) * 1000
        means = [costs[count * part // 4 : count * (part + 1) // 4].mean(axis=0) for part in range(4)]
        shown = ", ".join(f"{before:.1f} + {inside:.1f}" for before, inside in means)
        print(
            f"{name:28s}{count:,} articles, ms of CPU before + inside the transaction, by quarters: {shown}", flush=True
        )


def _one_more(store: Store, number: int, title: str, text: str) -> tuple[float, float]:
    with store.atomic():
        store.connection.execute(ARTICLE, row(number, title, text))
    start = time.process_time()
    prepared = place.look_up(store.connection, place.read_article(title, text))
    middle = time.process_time()
    with store.atomic():
        place.place(store.connection, number, prepared, "2026-01-01T00:00:00Z")
    return middle - start, time.process_time() - middle


def _copies_of_one(count: int) -> Iterator[tuple[str, str]]:
    draw = random.Random(5)
    text = _short(draw)
    yield from (("one title", edited(text, draw)) for _ in range(count))


def _copies_and_parts(count: int) -> Iterator[tuple[str, str]]:
    for n, (title, text) in enumerate(_copies_of_one(count)):
        yield title, text[: len(text) // 3] if n % 20 == 19 else text


def _twins(count: int) -> Iterator[tuple[str, str]]:
    text = _short(random.Random(5))
    yield from (("one title", text) for _ in range(count))


def _template(count: int, terms: int = 10**9) -> Iterator[tuple[str, str]]:
    draw = random.Random(5)
    words = _short(draw).split(" ")
    known = draw.sample(sorted({word for word in WORDS if len(word) > 6}), min(terms, 3000))
    for n in range(count):
        term = known[n % len(known)]
        words[10::25] = [term] * len(words[10::25])
        yield f"What does {term} mean?", " ".join(words)


def _template_copies(count: int) -> Iterator[tuple[str, str]]:
    draw = random.Random(6)
    yield from ((title, edited(text, draw)) for title, text in _template(count, terms=8))


def _common_phrases(count: int) -> Iterator[tuple[str, str]]:
    """Articles of a site that says the same sentences in ever other choices: each has some forty candidates."""
    draw = random.Random(7)
    sentences = [" ".join(draw.choices(WORDS, k=12)) for _ in range(300)]
    yield from ((f"title {n}", ". ".join(draw.sample(sentences, 120))) for n in range(count))


def _short(draw: random.Random) -> str:
    return " ".join(english(draw).split(" ")[:200])
