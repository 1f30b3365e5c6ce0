"""How many of the articles found each source, doctor, year and language has.

SQLite sorts to group: a word that half a million articles have would take a second for each kind. The
columns that are counted by are few and small, so they are kept in memory for each snapshot (24 bytes an
article) and counted there.
"""

from __future__ import annotations

import sqlite3
from array import array
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

MOST = 12
"""Values counted of each kind; the rest is reached by typing its name."""
KINDS = ("source", "doctor", "year", "language")

_NAMES = {
    "source": "SELECT id, name FROM sources",
    "doctor": "SELECT id, name FROM doctors",
}
_FACETS = "SELECT id, coalesce(source_id, 0), coalesce(published_year, 0), coalesce(language, '') FROM article_facets"
_DOCTORS = "SELECT article_id, doctor_id FROM article_doctors ORDER BY article_id, doctor_id"


@dataclass(frozen=True, slots=True)
class Counted:
    """One value and how many of the articles found have it."""

    value: str
    articles: int


class Columns:
    """What articles are counted by, by number of the article; of one snapshot, which never changes."""

    def __init__(self, conn: sqlite3.Connection) -> None:
        size = (conn.execute("SELECT max(id) FROM article_facets").fetchone()[0] or 0) + 1
        self.source, self.year, self.language, self.doctor = (array("q", bytes(8 * size)) for _ in range(4))
        self.more_doctors: dict[int, list[int]] = {}
        """Doctors beyond the first of articles that name several."""
        self.names = {kind: dict(map(tuple, conn.execute(sql))) for kind, sql in _NAMES.items()}
        languages: dict[str, int] = {"": 0}
        for id_, source, year, language in conn.execute(_FACETS):
            self.source[id_], self.year[id_] = source, year
            self.language[id_] = languages.setdefault(language, len(languages))
        self.languages = {number: language for language, number in languages.items()}
        # One name at two hospitals is two doctors, but a search by name finds both: the first stands for all.
        first: dict[str, int] = {}
        for number, name in sorted(self.names["doctor"].items()):
            first.setdefault(name, number)
        for id_, number in conn.execute(_DOCTORS):
            doctor = first[self.names["doctor"][number]]
            if not self.doctor[id_]:
                self.doctor[id_] = doctor
            elif doctor != self.doctor[id_] and doctor not in self.more_doctors.get(id_, ()):
                self.more_doctors.setdefault(id_, []).append(doctor)


def counts(conn: sqlite3.Connection, columns: Columns) -> dict[str, tuple[Counted, ...]]:
    """By kind (KINDS), over all of `temp.found`, the most frequent first, years the latest first.

    Call inside a `found` block.
    """
    ids = [row[0] for row in conn.execute("SELECT id FROM temp.found")]
    doctors = Counter(map(columns.doctor.__getitem__, ids))
    if columns.more_doctors:
        for id_ in columns.more_doctors.keys() & set(ids):
            doctors.update(columns.more_doctors[id_])
    years = Counter(map(columns.year.__getitem__, ids))
    latest = sorted(((str(year), times) for year, times in years.items() if year), reverse=True)[:MOST]
    return {
        "source": _most(Counter(map(columns.source.__getitem__, ids)), columns.names["source"]),
        "doctor": _most(doctors, columns.names["doctor"]),
        "year": tuple(Counted(year, times) for year, times in latest),
        "language": _most(Counter(map(columns.language.__getitem__, ids)), columns.languages),
    }


def _most(counted: Counter[int], names: dict[int, str]) -> tuple[Counted, ...]:
    known: Iterable[tuple[str, int]] = ((names[number], times) for number, times in counted.items() if number)
    return tuple(Counted(*pair) for pair in sorted(known, key=lambda pair: (-pair[1], pair[0]))[:MOST])
