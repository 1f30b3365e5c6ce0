"""Filters on columns beside a plain reading of the same rows: random filters over random articles."""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.search.builder import Filters
from db.search.columns import Columns
from db.search.matching import Question, find
from tests.db.factories import article, doctor, make_database

SITES, SOURCES, DOCTORS = ("Blue Hill", "Red Dune"), ("Lake Press", "Hill News"), ("Mira Oduya", "Ivo Brandt")
DATES = ("2022", "2023", "2023-01", "2023-12-31", "2024-01-01", "2024-05", "2024-05-31T08:40", None)
LANGUAGES = ("en", "zh", None)
WORDS = ("sleep", "tea", "knee")


@dataclass(frozen=True)
class Row:
    id: int
    site: str
    source: str
    doctors: tuple[str, ...]
    published: str | None
    language: str | None
    words: frozenset[str]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    random_ = random.Random(7)
    return [
        Row(
            id=id_,
            site=random_.choice(SITES),
            source=random_.choice(SOURCES),
            doctors=tuple(random_.sample(DOCTORS, random_.randrange(3))),
            published=random_.choice(DATES),
            language=random_.choice(LANGUAGES),
            words=frozenset(random_.sample(WORDS, random_.randint(1, 3))),
        )
        for id_ in range(1, 121)
    ]


@pytest.fixture(scope="module")
def conn(rows: list[Row], tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    path: Path = make_database(
        tmp_path_factory.mktemp("narrow") / "galen.db",
        *(
            article(
                f"Title {row.id}",
                # Texts without a word in common but those looked for: copies are another subject.
                f"{' '.join(sorted(row.words))} " + " ".join(f"w{row.id}x{n}" for n in range(40)),
                site=row.site,
                source=row.source,
                people=tuple(doctor(name) for name in row.doctors),
                published=row.published,
                language=row.language,
            )
            for row in rows
        ),
    )
    with closing(sqlite3.connect(path)) as conn:
        yield conn


def _within(published: str | None, since: str | None, until: str | None) -> bool:
    if published is None:
        return since is None and until is None
    return (since is None or published >= since) and (until is None or published[: len(until)] <= until)


@settings(max_examples=150, deadline=None)
@given(
    words=st.sets(st.sampled_from(WORDS)),
    excluded=st.sets(st.sampled_from(WORDS), max_size=1),
    sources=st.sets(st.sampled_from(SOURCES), max_size=1),
    doctors=st.sets(st.sampled_from(DOCTORS)),
    sites=st.sets(st.sampled_from(SITES), max_size=1),
    languages=st.sets(st.sampled_from(("en", "zh"))),
    since=st.sampled_from((None, "2023", "2024-01", "2024-01-01", "2025")),
    until=st.sampled_from((None, "2023", "2024-05", "2023-12-31", "2021")),
    typed=st.booleans(),
)
def test_filters_leave_what_a_plain_reading_leaves(
    rows: list[Row],
    conn: sqlite3.Connection,
    words: set[str],
    excluded: set[str],
    sources: set[str],
    doctors: set[str],
    sites: set[str],
    languages: set[str],
    since: str | None,
    until: str | None,
    typed: bool,
) -> None:
    expected = {
        row.id
        for row in rows
        if words <= row.words
        and not (excluded & row.words)
        and (not sources or row.source in sources)
        and (not doctors or doctors & set(row.doctors))
        and (not sites or row.site in sites)
        and (not languages or row.language in languages)
        and _within(row.published, since, until)
    }
    parts = [*sorted(words), *(f"-{word}" for word in excluded)]
    if typed:
        # The same said in the search box.
        parts += [f"lang:{code}" for code in sorted(languages)] + [f'site:"{site}"' for site in sites]
        parts += [f"after:{since}"] if since else []
        filters = Filters(sources=tuple(sources), doctors=tuple(doctors), until=until)
    else:
        filters = Filters(
            sources=tuple(name.upper() for name in sources),
            doctors=tuple(name.lower() for name in doctors),
            sites=tuple(name.upper() for name in sites),
            languages=tuple(languages),
            since=since,
            until=until,
        )
    found = find(conn, Question(text=" ".join(parts), filters=filters, all_words=True), Columns(conn))
    assert set(found.ids.tolist()) == expected
    assert found.total == len(expected)
