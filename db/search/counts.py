"""How many of the articles found each source, doctor, year and language has."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

MOST = 12
"""Values counted of each kind; the rest is reached by typing its name."""


@dataclass(frozen=True, slots=True)
class Counted:
    """One value and how many of the articles found have it."""

    value: str
    articles: int


_COUNTS = {
    "source": """
SELECT sources.name, counted.articles
FROM (
    SELECT source_id, count(*) AS articles FROM temp.found
    WHERE source_id IS NOT NULL GROUP BY source_id ORDER BY articles DESC LIMIT :most
) AS counted JOIN sources ON sources.id = counted.source_id
ORDER BY counted.articles DESC, sources.name""",
    # One name at two hospitals is two doctors, but a search by name finds both.
    "doctor": """
SELECT doctors.name, count(DISTINCT found.id) AS articles
FROM temp.found
JOIN article_doctors ON article_doctors.article_id = found.id
JOIN doctors ON doctors.id = article_doctors.doctor_id
GROUP BY doctors.name
ORDER BY articles DESC, doctors.name
LIMIT :most""",
    "year": """
SELECT CAST(published_year AS TEXT), count(*) AS articles
FROM temp.found
WHERE published_year IS NOT NULL
GROUP BY published_year
ORDER BY published_year DESC
LIMIT :most""",
    "language": """
SELECT language, count(*) AS articles
FROM temp.found
WHERE language IS NOT NULL
GROUP BY language
ORDER BY articles DESC, language
LIMIT :most""",
}

KINDS = tuple(_COUNTS)


def counts(conn: sqlite3.Connection) -> dict[str, tuple[Counted, ...]]:
    """By kind (KINDS), over all of `temp.found`; call inside a `found` block."""
    return {
        kind: tuple(Counted(*row) for row in conn.execute(sql, {"most": MOST})) for kind, sql in _COUNTS.items()
    }
