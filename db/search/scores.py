"""Scores of articles by FTS5's bm25, which reads the length of each: a microsecond an article."""

from __future__ import annotations

import json
import sqlite3

import numpy as np
from numpy.typing import NDArray

from db.search.builder import BM25
from db.search.columns import Ids

MOST_RANKED = 100_000
"""Of more articles than this not all are scored (0.15 s), and no single word of several brings in more."""

# '+' keeps SQLite from asking FTS5 for one article at a time, which would work out the weight of each word anew.
_SCORES = f"""
SELECT rowid, {BM25} FROM search_fts
WHERE search_fts MATCH :match AND +rowid IN (SELECT value FROM json_each(:ids))"""  # noqa: S608 - a constant


def scores(conn: sqlite3.Connection, match: str, ids: Ids) -> NDArray[np.float64]:
    """bm25 (smaller is better) of each of the articles by an FTS5 expression; 0 where it does not match."""
    found = np.zeros(len(ids))
    if len(ids):
        rows = conn.execute(_SCORES, {"match": match, "ids": json.dumps(ids.tolist())}).fetchall()
        scored = np.array(rows, dtype=np.float64).reshape(-1, 2)
        order = np.argsort(ids)
        found[order[np.searchsorted(ids, scored[:, 0].astype(np.int64), sorter=order)]] = scored[:, 1]
    return found
