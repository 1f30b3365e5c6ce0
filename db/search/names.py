"""Names given as filters, checked: a misspelt one must not look like an empty result."""

from __future__ import annotations

import difflib
import sqlite3

from db.search.builder import Filters

_KNOWN = {
    "source": "SELECT name FROM sources",
    "doctor": "SELECT DISTINCT name FROM doctors",
    "site": "SELECT name FROM sites",
    "language": "SELECT DISTINCT language FROM articles WHERE language IS NOT NULL",
}


def unknown_names(conn: sqlite3.Connection, filters: Filters) -> list[str]:
    """One sentence for each name in `filters` that nothing in the database is called, with the nearest ones."""
    given = {
        "source": filters.sources,
        "doctor": filters.doctors,
        "site": filters.sites,
        "language": filters.languages,
    }
    return [
        sentence for kind, names in given.items() if names for sentence in _unknown(conn, kind, names, _KNOWN[kind])
    ]


def _unknown(conn: sqlite3.Connection, kind: str, names: tuple[str, ...], sql: str) -> list[str]:
    known = {row[0].lower(): row[0] for row in conn.execute(sql)}
    sentences = []
    for name in names:
        if name.lower() not in known:
            near = difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.6)
            hint = f"; did you mean {' or '.join(repr(known[match]) for match in near)}?" if near else "."
            sentences.append(f"No {kind} is called {name!r}{hint}")
    return sentences
