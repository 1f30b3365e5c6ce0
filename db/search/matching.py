"""Which articles a query finds: the one answer that pages, JSON, feeds, exports and the terminal share.

The rows found are put into a temporary table of the connection, scored and with what they are counted
by; paging, counting and exporting read that table. So the full-text index is asked once a query.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from db.search import builder, feedback
from db.search.builder import Filters
from db.search.query import Query, parse

FILL_BELOW = 20
"""With fewer articles than this that have all the words, those that have some of them follow."""

EXACT, SOME = 0, 1
"""Values of `found.tier`: articles that meet all of the query come before those that meet some of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for: the words and everything that decides which rows they find."""

    text: str = ""
    """As typed into the search box."""
    filters: Filters = field(default_factory=Filters)
    all_words: bool = False
    """True = only articles that have all the words, however few they are."""
    broaden: bool = False
    """True = articles that are like the best ones come too (pseudo-relevance feedback)."""
    fill_below: int = FILL_BELOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """How many rows `temp.found` holds; its columns are those of `builder.COLUMNS` and `tier`."""

    exact: int
    """Articles that meet all of the query."""
    total: int
    matches: tuple[str | None, ...]
    """The FTS5 expression of each tier, for snippets; None where no words were asked for."""
    order: str
    """Columns of `temp.found` that put the best first."""
    notes: tuple[str, ...]
    """Sentences on what was ignored, loosened or broadened."""


@contextmanager
def found(conn: sqlite3.Connection, question: Question) -> Iterator[Found]:
    """`temp.found` filled with what the question finds, until the end of the block.

    No text is an error. Raises ValueError for a filter's date that is none, sqlite3.Error if `conn` is
    no database of Galen or ran out of its time.
    """
    parsed = parse(question.text)
    _drop(conn)
    try:
        yield _fill(conn, question, parsed)
    finally:
        _drop(conn)


def _drop(conn: sqlite3.Connection) -> None:
    # A query that ran out of its time may have left either.
    for table in ("found", "related"):
        conn.execute(f"DROP TABLE IF EXISTS temp.{table}")


def _fill(conn: sqlite3.Connection, question: Question, parsed: Query) -> Found:
    match = builder.all_words(parsed)
    selection = builder.select(parsed, question.filters, match)
    # CREATE ... AS opens no transaction in Python's sqlite3, an INSERT would.
    conn.execute(
        f"CREATE TEMP TABLE found AS SELECT {builder.COLUMNS}, {EXACT} AS tier FROM ({selection.sql})",  # noqa: S608
        selection.params,
    )
    exact = _fold(conn, question.filters)
    matches, notes, order = [match], list(parsed.notes), "tier, score"
    if question.broaden and match is not None:
        wider = feedback.broader(conn, parsed, cut_words=exact == 0)
        if wider is None:
            notes.append("The search could not be broadened: the articles found share no further words.")
        else:
            _add_related(conn, parsed, question.filters, wider)
            matches.append(wider.match)
            order = "score"
            notes.append(f"Broadened by words of the best articles: {', '.join(wider.words)}.")
    elif exact < question.fill_below and not question.all_words:
        loose = builder.some_words(parsed, cut_words=exact == 0)
        if loose is not None:
            _add_some(conn, builder.select(parsed, question.filters, loose))
            matches.append(loose)
    total = _fold(conn, question.filters)
    if total > exact and not question.broaden:
        have = "article has" if exact == 1 else "articles have"
        notes.append(f"{exact or 'No'} {have} all of the words; {total - exact:,} with some of them follow.")
    return Found(exact=exact, total=total, matches=tuple(matches), order=order, notes=tuple(notes))


def _add_some(conn: sqlite3.Connection, selection: builder.Selection) -> None:
    with _committed(conn):
        conn.execute(
            f"INSERT INTO temp.found SELECT {builder.COLUMNS}, {SOME} FROM ({selection.sql})"  # noqa: S608
            " WHERE id NOT IN (SELECT id FROM temp.found)",
            selection.params,
        )


def _add_related(conn: sqlite3.Connection, parsed: Query, filters: Filters, wider: feedback.Broader) -> None:
    """Score words and related words together: bm25 cannot weigh words, so the scores of two searches are added."""
    parts: list[str] = []
    params: dict[str, str | None] = {}
    for number, (match, weight) in enumerate(wider.parts):
        selection = builder.select(parsed, filters, match)
        named = selection.sql.replace(":match", f":match{number}")
        parts.append(f"SELECT {builder.COLUMNS}, {weight} * score AS part FROM ({named})")  # noqa: S608
        params |= {**selection.params, f"match{number}": match}
    del params["match"]
    both = " UNION ALL ".join(parts)
    with _committed(conn):
        conn.execute(
            f"CREATE TEMP TABLE related AS SELECT {builder.COLUMNS}, sum(part) AS related FROM ({both})"  # noqa: S608
            f" GROUP BY id ORDER BY related, id LIMIT {feedback.MOST}",
            params,
        )
        conn.execute(
            f"INSERT INTO temp.found SELECT {builder.COLUMNS}, {SOME} FROM temp.related"  # noqa: S608
            " WHERE id NOT IN (SELECT id FROM temp.found)"
        )
        conn.execute(
            """
            UPDATE temp.found SET score = related.related FROM temp.related WHERE related.id = found.id"""
        )
        conn.execute("DROP TABLE temp.related")


_COPIES = """
DELETE FROM temp.found WHERE id IN (
    SELECT id FROM (
        SELECT found.id, row_number() OVER (
            PARTITION BY found.cluster_id
            ORDER BY tier, clusters.canonical_id = found.id DESC, published IS NULL, published, found.id
        ) AS place
        FROM temp.found JOIN clusters ON clusters.id = found.cluster_id
    )
    WHERE place > 1
)"""


def _fold(conn: sqlite3.Connection, filters: Filters) -> int:
    """Leave of each cluster one row, if copies are not wanted; returns how many rows there are."""
    if not filters.copies:
        with _committed(conn):
            conn.execute(_COPIES)
    counted: tuple[int] = conn.execute("SELECT count(*) FROM temp.found").fetchone()
    return counted[0]


@contextmanager
def _committed(conn: sqlite3.Connection) -> Iterator[None]:
    """End the transaction that Python's sqlite3 opens by itself; one opened by name is left alone."""
    before = conn.in_transaction
    yield
    if not before:
        conn.commit()
