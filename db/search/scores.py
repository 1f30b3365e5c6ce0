"""Scores of articles by FTS5's bm25, which reads the length of each: a microsecond an article."""

from __future__ import annotations

import json
import sqlite3

import numpy as np
from numpy.typing import NDArray

from db.search.builder import BM25
from db.search.columns import Ids, numbers

MOST_RANKED = 50_000
"""Of more articles than this not all are scored (70 ms), and no single word of several brings in more."""

_SCALE = 1e9
# '+' keeps SQLite from asking FTS5 for one article at a time, which would work out the weight of each word anew;
# LIMIT keeps bm25 out of the aggregate, where it cannot be used.
_SCORES = f"""
SELECT group_concat(id), group_concat(score) FROM (
    SELECT rowid AS id, CAST({BM25} * {_SCALE} AS INTEGER) AS score FROM search_fts
    WHERE search_fts MATCH :match AND +rowid IN (SELECT value FROM json_each(:ids)) LIMIT -1
)"""  # noqa: S608 - constants


def scores(conn: sqlite3.Connection, match: str, ids: Ids) -> NDArray[np.float64]:
    """bm25 (smaller is better, nine decimals) of each article by an FTS5 expression; 0 where it does not match."""
    if not len(ids):
        return np.zeros(0)
    joined = conn.execute(_SCORES, {"match": match, "ids": json.dumps(ids.tolist())}).fetchone()
    matched, scored = numbers(joined[0]), numbers(joined[1])
    found = np.zeros(len(ids))
    order = np.argsort(ids)
    found[order[np.searchsorted(ids, matched, sorter=order)]] = scored / _SCALE
    return found
