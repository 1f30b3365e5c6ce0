"""Articles over several pages: each page's text is kept, the article is joined from them."""

from __future__ import annotations

import sqlite3
from typing import Any

from db.duplicates.text_form import text_hash, word_count
from db.records import Article, Part


def has_parts(connection: sqlite3.Connection, article_id: int) -> bool:
    """Whether an article is joined from several pages."""
    row = connection.execute("SELECT 1 FROM article_parts WHERE article_id = ? LIMIT 1", (article_id,)).fetchone()
    return row is not None


def is_complete(connection: sqlite3.Connection, article_id: int) -> bool:
    """Whether every page up to the one that names no next page is here."""
    chain = _chain(connection, article_id)
    return bool(chain) and chain[-1]["next_url"] is None


def stands_elsewhere(connection: sqlite3.Connection, article_id: int, part: Part) -> bool:
    """Whether this part was read at another URL already: a twin host overwrites nothing."""
    row = connection.execute(
        "SELECT url FROM article_parts WHERE article_id = ? AND number = ?", (article_id, part.number)
    ).fetchone()
    return row is not None and row["url"] != part.url


def put_first(connection: sqlite3.Connection, article_id: int, article: Article) -> dict[str, Any]:
    """Keep the first page as part 1; returns the columns body, text_hash and words of the whole."""
    return _put(connection, article_id, 1, article.url, article.body, article.next_part)


def put(connection: sqlite3.Connection, article_id: int, part: Part) -> dict[str, Any]:
    """Keep a later page; returns the columns body, text_hash and words of the whole."""
    return _put(connection, article_id, part.number, part.url, part.body, part.next_part)


def _put(
    connection: sqlite3.Connection, article_id: int, number: int, url: str, body: str, next_url: str | None
) -> dict[str, Any]:
    connection.execute(
        "INSERT OR REPLACE INTO article_parts (article_id, number, url, body, next_url) VALUES (?, ?, ?, ?, ?)",
        (article_id, number, url, body, next_url),
    )
    if next_url is None:
        connection.execute("DELETE FROM article_parts WHERE article_id = ? AND number > ?", (article_id, number))
    whole = "\n".join(row["body"] for row in _chain(connection, article_id))
    return {"body": whole, "text_hash": text_hash(whole), "words": word_count(whole)}


def _chain(connection: sqlite3.Connection, article_id: int) -> list[sqlite3.Row]:
    """The pages from the first up to the first gap."""
    rows = connection.execute(
        "SELECT number, body, next_url FROM article_parts WHERE article_id = ? ORDER BY number", (article_id,)
    )
    chain: list[sqlite3.Row] = []
    for row in rows:
        if row["number"] != len(chain) + 1:
            break
        chain.append(row)
    return chain
