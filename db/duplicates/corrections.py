"""What an analyst says about copies: stored as corrections, stronger than every rule, kept through later crawls."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import pairwise

from db.duplicates import clusters

_VERDICT = {"merge": "same", "split": "not_same"}
_WORDS = {"merge": "joined by hand", "split": "taken apart by hand"}


def merge(connection: sqlite3.Connection, articles: Sequence[int], note: str | None, now: str) -> None:
    """Make articles one text, whatever the rules say. Call it inside a transaction.

    Raises LookupError for an article that is not there, ValueError for fewer than two, or where an analyst has taken
    two articles apart that this would join: undo the transaction then.
    """
    _exist(connection, articles)
    if len(set(articles)) < 2:
        raise ValueError("it takes two different articles to merge")
    for one, two in pairwise(dict.fromkeys(articles)):
        _correct(connection, "merge", one, two, note, now)
    clusters.recompute(connection, set(articles), now)
    for one, two in pairwise(dict.fromkeys(articles)):
        refused = connection.execute(
            "SELECT refused FROM duplicate_edges WHERE a = ? AND b = ?", sorted((one, two))
        ).fetchone()[0]
        if refused is not None:
            raise ValueError(f"articles {one} and {two} cannot be one text: by hand it was said that {refused}")


def split(
    connection: sqlite3.Connection, article_id: int, others: Sequence[int], note: str | None, now: str
) -> tuple[int, ...]:
    """Keep an article apart from `others`, or from all its copies if none are named; returns those.

    Call it inside a transaction. Raises LookupError for an article that is not there, ValueError where the article has
    no copies and none are named.
    """
    _exist(connection, (article_id, *others))
    apart = tuple(other for other in dict.fromkeys(others) if other != article_id) or _copies(connection, article_id)
    if not apart:
        raise ValueError(f"article {article_id} has no copies to be taken apart from")
    for other in apart:
        _correct(connection, "split", article_id, other, note, now)
    clusters.recompute(connection, {article_id, *apart}, now)
    return apart


def restore(connection: sqlite3.Connection, now: str) -> None:
    """Write the edge of every correction again, after edges were made anew."""
    rows = connection.execute(
        "SELECT kind, article_id, other_id, note, made_at FROM duplicate_corrections "
        "WHERE kind IN ('merge', 'split') AND other_id IS NOT NULL ORDER BY id"
    ).fetchall()
    for row in rows:
        _put(connection, *row)
    if rows:
        clusters.recompute(connection, {end for row in rows for end in (row["article_id"], row["other_id"])}, now)


def _correct(connection: sqlite3.Connection, kind: str, one: int, two: int, note: str | None, now: str) -> None:
    # The last word on a pair is the one that counts.
    connection.execute(
        """
        DELETE FROM duplicate_corrections
        WHERE kind IN ('merge', 'split') AND (article_id, other_id) IN (VALUES (:one, :two), (:two, :one))
        """,
        {"one": one, "two": two},
    )
    connection.execute(
        "INSERT INTO duplicate_corrections (kind, article_id, other_id, note, made_at) VALUES (?, ?, ?, ?, ?)",
        (kind, one, two, note, now),
    )
    _put(connection, kind, one, two, note, now)


def _put(connection: sqlite3.Connection, kind: str, one: int, two: int, note: str | None, now: str) -> None:
    a, b = sorted((one, two))
    connection.execute(
        """
        INSERT OR REPLACE INTO duplicate_edges (a, b, kind, verdict, jaccard, containment, reason, made_at)
        VALUES (?, ?, 'manual', ?, NULL, NULL, ?, ?)
        """,
        (a, b, _VERDICT[kind], f"{_WORDS[kind]}: {note}" if note else _WORDS[kind], now),
    )


def _exist(connection: sqlite3.Connection, articles: Sequence[int]) -> None:
    for article in articles:
        if connection.execute("SELECT 1 FROM articles WHERE id = ?", (article,)).fetchone() is None:
            raise LookupError(f"there is no article {article}")


def _copies(connection: sqlite3.Connection, article_id: int) -> tuple[int, ...]:
    rows = connection.execute(
        """
        SELECT other.id FROM articles JOIN articles AS other ON other.cluster_id = articles.cluster_id
        WHERE articles.id = :id AND other.id <> :id ORDER BY other.id
        """,
        {"id": article_id},
    )
    return tuple(row[0] for row in rows)
