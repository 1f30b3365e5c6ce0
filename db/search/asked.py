"""What the index is asked, answered once: pages, filters, feeds and files of one search ask it the same."""

from __future__ import annotations

import hashlib
import sqlite3

import numpy as np
from numpy.typing import NDArray

from db.search import builder
from db.search.columns import Columns, Ids, numbers
from db.search.scores import scores

_MATCHING = "SELECT group_concat(rowid) FROM search_fts WHERE search_fts MATCH ?"
_TITLED = "SELECT group_concat(rowid) FROM search_titles WHERE search_titles MATCH ?"


def matching(conn: sqlite3.Connection, columns: Columns, match: str) -> Ids:
    """All articles that meet an FTS5 expression, ascending; not to be written to."""
    return columns.kept.get(("matching", match), lambda: _ids(conn, _MATCHING, match))


def titled(conn: sqlite3.Connection, columns: Columns, match: str) -> Ids:
    """Those that meet it by their title alone. A snapshot has an index of the titles, many times smaller."""
    sql = _TITLED if columns.has_title_index else _MATCHING
    return columns.kept.get(("titled", match), lambda: _ids(conn, sql, builder.in_title(match)))


def scored(conn: sqlite3.Connection, columns: Columns, match: str, ids: Ids) -> NDArray[np.float64]:
    """bm25 of each of the articles by an FTS5 expression (`scores.scores`); not to be written to."""
    key = ("scored", match, hashlib.sha256(ids.data).digest())
    return columns.kept.get(key, lambda: scores(conn, match, ids))


def _ids(conn: sqlite3.Connection, sql: str, match: str) -> Ids:
    ids = numbers(conn.execute(sql, (match,)).fetchone()[0])
    # FTS5 goes through its index in this order, but nothing promises that the numbers are joined in it.
    return ids if bool(np.all(ids[1:] > ids[:-1])) else np.sort(ids)
