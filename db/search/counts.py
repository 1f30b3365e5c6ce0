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
    # By number first: sorting half a million names takes seconds. Who has two roles in an article counts once.
    # One name at two hospitals is two doctors, but a search by name finds both, so they are added up.
    "doctor": """
SELECT doctors.name, sum(counted.articles) AS articles
FROM (
    SELECT doctor_id, sum(NOT EXISTS (
        SELECT 1 FROM article_doctors AS other
        WHERE other.article_id = named.article_id AND other.doctor_id = named.doctor_id AND other.role < named.role
    )) AS articles
    FROM temp.found CROSS JOIN article_doctors AS named ON named.article_id = found.id
    GROUP BY doctor_id ORDER BY articles DESC LIMIT 20 * :most
) AS counted JOIN doctors ON doctors.id = counted.doctor_id
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
