"""Signing stored articles again after the text form, the signature or the rules changed, beside running crawls.

Small transactions, resumable at any moment: what is left to do is read from the versions stored beside each article.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from db.connection import utc_now
from db.duplicates import clusters, corrections, edges, place
from db.duplicates.reading import Reading
from db.duplicates.signature import VERSION
from db.duplicates.text_form import TEXT_FORM
from db.duplicates.verify import RULES, compare
from db.store import Store

PORTION = 50
"""Articles a transaction: a crawl waits for no longer than one of its own portions."""


def left(connection: sqlite3.Connection) -> int:
    """How many articles are still signed in an older way, or not at all."""
    return int(connection.execute(_COUNT, _VERSIONS).fetchone()[0])


def sign_again(store: Store, *, everything: bool = False) -> Iterator[int]:
    """Sign and place every outdated article (or every one), yielding after each portion how many it held."""
    connection = store.connection
    if everything:
        with store.atomic():
            connection.execute("UPDATE signatures SET version = 0")
    while portion := connection.execute(f"{_OUTDATED} LIMIT {PORTION}", _VERSIONS).fetchall():
        prepared = [
            (row["id"], place.look_up(connection, place.read_article(row["title"], row["body"]))) for row in portion
        ]
        with store.atomic():
            for article_id, text in prepared:
                _renew(connection, article_id, text)
        yield len(portion)
    with store.atomic():
        connection.execute("DELETE FROM bands WHERE id NOT IN (SELECT id FROM signatures)")
        corrections.restore(connection, utc_now())


def compare_again(store: Store) -> Iterator[int]:
    """Compare the articles of every edge that older rules made, yielding after each portion how many it held."""
    connection = store.connection
    while portion := connection.execute(
        "SELECT a, b FROM duplicate_edges WHERE rules < ? AND kind <> 'manual' LIMIT ?", (RULES, PORTION)
    ).fetchall():
        found = [
            (row["a"], row["b"], compare(_read(connection, row["a"]), _read(connection, row["b"]))) for row in portion
        ]
        now = utc_now()
        with store.atomic():
            for a, b, finding in found:
                if finding is None:
                    connection.execute("DELETE FROM duplicate_edges WHERE a = ? AND b = ?", (a, b))
                else:
                    edges.put(connection, a, b, finding, now)
                clusters.recompute(connection, (a, b), now)
        yield len(portion)


def _renew(connection: sqlite3.Connection, article_id: int, text: place.PreparedText) -> None:
    row = connection.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    if (row["title"], row["body"]) != (text.reading.title, text.reading.body):
        return  # a crawl was faster, and signed it
    now = utc_now()
    place.leave(connection, article_id, text.reading, now)
    connection.execute("UPDATE articles SET text_hash = ? WHERE id = ?", (text.reading.text_hash, article_id))
    place.place(connection, article_id, text, now)


def _read(connection: sqlite3.Connection, article_id: int) -> Reading:
    row = connection.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    return Reading(row["title"], row["body"])


_VERSIONS = {"version": VERSION, "form": f"{TEXT_FORM}:%"}
_OUTDATED = """
SELECT articles.id, title, body
FROM articles LEFT JOIN signatures ON signatures.article_id = articles.id
WHERE text_hash NOT LIKE :form OR signatures.version <> :version
"""
_COUNT = f"SELECT count(*) FROM ({_OUTDATED})"  # noqa: S608
