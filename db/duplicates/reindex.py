"""Signing stored articles again after the text form, the signature or the rules changed, beside running crawls.

Small transactions, resumable at any moment: what is left to do is read from the versions stored beside each article.
One run goes through articles, bands and edges once, in the order of their keys: what a crawl stores behind it is of the
new version already.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

from db.connection import utc_now
from db.duplicates import clusters, corrections, edges, place
from db.duplicates.reading import Reading
from db.duplicates.signature import VERSION
from db.duplicates.text_form import TEXT_FORM
from db.duplicates.verify import RULES, Finding, compare
from db.store import Store

PORTION = 50
"""Articles a transaction: a crawl waits for no longer than one of its own portions."""
BANDS_AT_ONCE = 20_000


def left(connection: sqlite3.Connection) -> int:
    """How many articles are still signed in an older way, or not at all."""
    return int(connection.execute(_COUNT, _VERSIONS).fetchone()[0])


def sign_again(store: Store, *, everything: bool = False) -> Iterator[int]:
    """Sign and place every outdated article (or every one), yielding after each portion how many it held."""
    connection = store.connection
    if everything:
        with store.atomic():
            connection.execute("UPDATE signatures SET version = 0")
    last = 0
    while portion := connection.execute(_PORTION, {**_VERSIONS, "last": last}).fetchall():
        last = portion[-1]["id"]
        prepared = [
            (row["id"], place.look_up(connection, place.read_article(row["title"], row["body"]))) for row in portion
        ]
        with store.atomic():
            for article_id, text in prepared:
                _renew(connection, article_id, text)
        yield len(portion)
    _sweep(store)
    with store.atomic():
        corrections.restore(connection, utc_now())


def compare_again(store: Store) -> Iterator[int]:
    """Compare the articles of every edge that older rules made, yielding after each portion how many it held."""
    connection = store.connection
    last = (0, 0)
    while portion := connection.execute(
        """
        SELECT a, b, kind, verdict, jaccard, containment FROM duplicate_edges
        WHERE (a, b) > (?, ?) AND rules < ? AND kind <> 'manual' ORDER BY a, b LIMIT ?
        """,
        (*last, RULES, PORTION),
    ).fetchall():
        last = portion[-1]["a"], portion[-1]["b"]
        found = [(row, compare(_read(connection, row["a"]), _read(connection, row["b"]))) for row in portion]
        now = utc_now()
        with store.atomic():
            moved: set[int] = set()
            for row, finding in found:
                if finding is None:
                    connection.execute("DELETE FROM duplicate_edges WHERE a = ? AND b = ?", (row["a"], row["b"]))
                else:
                    edges.put(connection, row["a"], row["b"], finding, now)
                if finding is None or _scores(finding) != tuple(row)[2:]:
                    moved |= {row["a"], row["b"]}
            clusters.recompute(connection, moved, now)
        yield len(portion)


def _renew(connection: sqlite3.Connection, article_id: int, text: place.PreparedText) -> None:
    row = connection.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    if (row["title"], row["body"]) != (text.reading.title, text.reading.body):
        return  # a crawl was faster, and signed it
    now = utc_now()
    place.leave(connection, article_id, text.reading, now)
    connection.execute("UPDATE articles SET text_hash = ? WHERE id = ?", (text.reading.text_hash, article_id))
    place.place(connection, article_id, text, now)


def _sweep(store: Store) -> None:
    """Delete the bands of signatures that are no more: an older version's can be told in no other way."""
    connection = store.connection
    start: int | None = -(1 << 63)
    while start is not None:
        row = connection.execute(
            "SELECT h FROM bands WHERE h >= ? ORDER BY h LIMIT 1 OFFSET ?", (start, BANDS_AT_ONCE)
        ).fetchone()
        end = None if row is None else row["h"]
        with store.atomic():
            connection.execute(
                """
                DELETE FROM bands WHERE h BETWEEN :start AND coalesce(:end, 9223372036854775807)
                AND NOT EXISTS (SELECT 1 FROM signatures WHERE signatures.id = bands.id)
                """,
                {"start": start, "end": end},
            )
        start = None if end is None else end + 1


def _scores(finding: Finding) -> tuple[str, str, float, float]:
    return finding.kind, finding.verdict, round(finding.jaccard, 4), round(finding.containment, 4)


def _read(connection: sqlite3.Connection, article_id: int) -> Reading:
    row = connection.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    return Reading(row["title"], row["body"])


_VERSIONS = {"version": VERSION, "form": f"{TEXT_FORM}:%"}
_OUTDATED = """
SELECT articles.id, title, body
FROM articles LEFT JOIN signatures ON signatures.article_id = articles.id
WHERE withheld IS NULL AND (text_hash NOT LIKE :form OR signatures.version <> :version)
"""
_PORTION = f"{_OUTDATED} AND articles.id > :last ORDER BY articles.id LIMIT {PORTION}"
_COUNT = f"SELECT count(*) FROM ({_OUTDATED})"  # noqa: S608
