"""Removing what is stored: a page with its article, or a person's name wherever it stands.

The tombstone comes first, in the same transaction; then every text column of every table is searched, so that a table
that is added later is not forgotten. `purge` afterwards rewrites the files: a deleted row is still in the bytes of a
database until then.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field

from db import redaction
from db.article_loader import load_article
from db.connection import StorageError, utc_now
from db.duplicates import place
from db.duplicates.text_form import text_hash, word_count
from db.redaction import Tombstones, read_tombstones
from db.search.row import index_article
from db.site_keys import choosing, site_key
from db.store import Store

_KEPT = frozenset({"tombstones", "redaction_key", "redacted_articles", "_sqlite_migrations"})
_ADDRESS_COLUMNS = frozenset(
    {"url", "final_url", "canonical_url", "url_key", "next_url", "request", "domains", "profile_url"}
)


@dataclass(slots=True)
class Redacted:
    """What was removed from the database."""

    articles: int = 0
    """Articles deleted (of a page) or changed (of a person)."""
    pages: set[int] = field(default_factory=set)
    """Pages whose raw records must go as well."""
    copies: list[str] = field(default_factory=list)
    """URLs of other articles with the text of a deleted one; they stand until they are redacted themselves."""
    addresses: list[str] = field(default_factory=list)
    """URLs that contain a removed name; an address is kept unless its page is redacted."""


def redact_url(store: Store, url: str, *, by: str, note: str | None = None) -> Redacted:
    """Delete the page at a URL (or an equal one) with its article, and keep it out for good."""
    connection, gone = store.connection, Redacted()
    key = site_key(url, choosing(connection))
    with store.atomic():
        connection.execute("PRAGMA defer_foreign_keys = ON")
        redaction.add_url(connection, url, by=by, now=utc_now(), note=note)
        found = connection.execute(
            "SELECT id, url, canonical_url FROM articles WHERE url = :url OR canonical_url = :url OR url_key = :key",
            {"url": url, "key": key},
        ).fetchall()
        for row in found:
            for address in filter(None, (row["url"], row["canonical_url"])):
                redaction.add_url(connection, address, by=by, now=utc_now(), note=note)
            gone.copies += _copies(connection, row["id"])
            gone.pages |= _pages_of(connection, row["id"])
            _delete_article(connection, row["id"])
            gone.articles += 1
        stones = read_tombstones(connection)
        connection.create_function("is_redacted", 1, lambda text: bool(text) and stones.holds_url(text))
        gone.pages |= {
            row[0]
            for row in connection.execute(
                "SELECT id FROM pages WHERE reason IS NOT 'redacted' AND (is_redacted(url) OR is_redacted(final_url))"
            )
        }
        for page_id in gone.pages:
            redaction.blank_page(connection, page_id)
    return gone


def redact_person(store: Store, name: str, *, by: str, note: str | None = None) -> Redacted:
    """Remove a person's name from every text and keep it out for good. Raises ValueError for a name of one word."""
    with store.atomic():
        redaction.add_person(store.connection, name, by=by, now=utc_now(), note=note)
        return _apply_people(store.connection, read_tombstones(store.connection))


def apply_tombstones(store: Store) -> Redacted:
    """Remove everything that a tombstone concerns: after an older state was put back."""
    connection = store.connection
    with store.atomic():
        connection.execute("PRAGMA defer_foreign_keys = ON")
        stones = read_tombstones(connection)
        gone = _apply_people(connection, stones) if stones.people else Redacted()
        for row in connection.execute("SELECT id, url, canonical_url FROM articles").fetchall():
            if any(stones.holds_url(url) for url in (row["url"], row["canonical_url"]) if url):
                gone.pages |= _pages_of(connection, row["id"])
                _delete_article(connection, row["id"])
        for page_id in gone.pages:
            redaction.blank_page(connection, page_id)
        return gone


def purge(connection: sqlite3.Connection) -> None:
    """Rewrite the database file, so that no byte of what was deleted is left in it or in its log.

    Raises StorageError where another process uses the database.
    """
    try:
        connection.execute("PRAGMA secure_delete = ON")
        for table in _tables(connection, "%USING fts5%"):
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('rebuild')")  # noqa: S608
            connection.execute(f"INSERT INTO {table}({table}) VALUES ('optimize')")  # noqa: S608
        connection.execute("VACUUM")
        blocked = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    except sqlite3.Error as error:
        raise StorageError(
            f"what was redacted is deleted, but its bytes are still in the file: {error}. End whatever uses the "
            "database, then run the same command again."
        ) from error
    if blocked:
        raise StorageError(
            "what was redacted is deleted, but its bytes are still in the log, because another process reads the "
            "database. End it, then run the same command again."
        )


def _apply_people(connection: sqlite3.Connection, stones: Tombstones) -> Redacted:
    gone = Redacted()
    connection.create_function("mask", 1, lambda text: stones.mask(text) if isinstance(text, str) else text)
    connection.create_function("named", 1, lambda text: isinstance(text, str) and bool(stones.spans(text)))
    indexed = "title || ' . ' || summary || ' . ' || body || ' . ' || source || ' . ' || doctor"
    concerned = {row[0] for row in connection.execute(f"SELECT id FROM search_text WHERE named({indexed})")}  # noqa: S608
    concerned |= {row[0] for row in connection.execute(_NAMING_ARTICLES)}
    for article_id in concerned:
        # While the index can still be told which words it holds.
        _leave_copies(connection, article_id)
    connection.execute(
        "UPDATE corrections SET ended_by = 'redact', ended_at = coalesce(ended_at, ?) "
        "WHERE named(value) OR named(doctor_key)",
        (utc_now(),),
    )
    people = [row[0] for row in connection.execute("SELECT id FROM doctors WHERE named(name)")]
    for doctor_id in people:
        for table, column, _ in _references(connection, "doctors"):
            connection.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (doctor_id,))  # noqa: S608
        connection.execute("DELETE FROM doctors WHERE id = ?", (doctor_id,))
    connection.execute("DELETE FROM tags WHERE named(tag)")
    connection.execute("UPDATE sources SET name = mask(name) || ' ' || id WHERE named(name)")
    for table, column in _text_columns(connection):
        if column not in _ADDRESS_COLUMNS:
            connection.execute(
                f'UPDATE "{table}" SET "{column}" = mask("{column}") WHERE named("{column}")'  # noqa: S608
            )
    for article_id in concerned:
        _settle(connection, article_id)
        gone.pages |= _pages_of(connection, article_id)
    gone.articles = len(concerned)
    gone.addresses = [row[0] for row in connection.execute("SELECT url FROM pages WHERE named(url) ORDER BY url")]
    return gone


_NAMING_ARTICLES = """
SELECT article_id FROM article_doctors JOIN doctors ON doctors.id = doctor_id WHERE named(name) OR named(raw)
UNION SELECT id FROM articles WHERE named(byline_raw) OR named(authors) OR named(source_raw)
UNION SELECT article_id FROM evidence WHERE named(value)
UNION SELECT article_id FROM revisions WHERE named(title) OR named(summary) OR named(body)
UNION SELECT article_id FROM article_parts WHERE named(body)"""


def _settle(connection: sqlite3.Connection, article_id: int) -> None:
    """Bring hash, count and index of an article in line with its text."""
    article = load_article(connection, article_id)
    connection.execute(
        "UPDATE articles SET text_hash = ?, words = ?, last_changed = ? WHERE id = ?",
        (text_hash(article.body), word_count(article.body), utc_now(), article_id),
    )
    index_article(connection, article_id, article, article.body if article.withheld is None else "")
    if article.withheld is None:
        place.place(connection, article_id, place.read_article(article.title, article.body), utc_now())


def _leave_copies(connection: sqlite3.Connection, article_id: int) -> None:
    row = connection.execute("SELECT title, body FROM articles WHERE id = ?", (article_id,)).fetchone()
    if row is not None:
        place.leave(connection, article_id, place.read_article(row["title"], row["body"]).reading, utc_now())


def _delete_article(connection: sqlite3.Connection, article_id: int) -> None:
    row = connection.execute("SELECT source_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    doctors = [
        each[0]
        for each in connection.execute("SELECT doctor_id FROM article_doctors WHERE article_id = ?", (article_id,))
    ]
    _leave_copies(connection, article_id)
    connection.execute("DELETE FROM duplicate_corrections WHERE :id IN (article_id, other_id)", {"id": article_id})
    connection.execute("UPDATE articles SET cluster_id = NULL WHERE id = ?", (article_id,))
    connection.execute("DELETE FROM corrections WHERE article_id = ?", (article_id,))
    for table, column, required in _references(connection, "articles"):
        if required:
            connection.execute(f'DELETE FROM "{table}" WHERE "{column}" = ?', (article_id,))  # noqa: S608
        else:
            connection.execute(f'UPDATE "{table}" SET "{column}" = NULL WHERE "{column}" = ?', (article_id,))  # noqa: S608
    connection.execute("DELETE FROM articles WHERE id = ?", (article_id,))
    connection.execute(
        "INSERT OR REPLACE INTO redacted_articles(article_id, redacted_at) VALUES (?, ?)", (article_id, utc_now())
    )
    connection.executemany(
        "DELETE FROM doctors WHERE id = ? AND id NOT IN (SELECT doctor_id FROM article_doctors)",
        [(doctor_id,) for doctor_id in doctors],
    )
    connection.execute(
        "DELETE FROM sources WHERE id = ? AND id NOT IN (SELECT source_id FROM articles WHERE source_id IS NOT NULL)",
        (row["source_id"],),
    )


def _copies(connection: sqlite3.Connection, article_id: int) -> list[str]:
    rows = connection.execute(
        "SELECT url FROM articles WHERE id <> :id AND cluster_id = (SELECT cluster_id FROM articles WHERE id = :id)",
        {"id": article_id},
    )
    return [row[0] for row in rows]


def _pages_of(connection: sqlite3.Connection, article_id: int) -> set[int]:
    return {row[0] for row in connection.execute("SELECT id FROM pages WHERE article_id = ?", (article_id,))}


def _tables(connection: sqlite3.Connection, like: str) -> list[str]:
    rows = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE ?", (like,))
    return [row[0] for row in rows]


def _own_tables(connection: sqlite3.Connection) -> list[str]:
    """Ordinary tables: no index of FTS5 and none of its shadows, which `purge` makes anew."""
    indexes = _tables(connection, "CREATE VIRTUAL%")
    return [
        name
        for name in _tables(connection, "CREATE TABLE%")
        if name not in _KEPT and not any(name.startswith(f"{index}_") for index in indexes)
    ]


def _references(connection: sqlite3.Connection, target: str) -> Iterator[tuple[str, str, bool]]:
    """(table, column, whether the column must have a value) of every foreign key to a table."""
    for table in _own_tables(connection):
        columns = {row["name"]: row for row in connection.execute(f'PRAGMA table_info("{table}")')}
        for key in connection.execute(f'PRAGMA foreign_key_list("{table}")').fetchall():
            if key["table"] == target:
                column = columns[key["from"]]
                yield table, key["from"], bool(column["notnull"] or column["pk"])


def _text_columns(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    for table in _own_tables(connection):
        if table == "search_text":  # written anew from the articles
            continue
        for column in connection.execute(f'PRAGMA table_info("{table}")').fetchall():
            if column["type"].upper() in ("TEXT", ""):
                yield table, column["name"]
