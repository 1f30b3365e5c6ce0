"""Broadening a search by pseudo-relevance feedback: what the best articles have in common is searched for too.

Rocchio's idea with figures measured on a collection of medical questions (research in docs/decisions.md):
ten words of the five best articles, weighted a fifth, found a third more relevant articles among the
first hundred than the words alone.
"""

from __future__ import annotations

import math
import re
import sqlite3
from collections import Counter
from dataclasses import dataclass

from db.search import builder
from db.search.query import STOP_WORDS, Query
from db.search.text import CJK_RUN, readable

BEST = 5
"""Articles whose words are taken."""
WORDS = 10
"""Words taken from them."""
WEIGHT = 0.2
"""Of a related word, beside 1 for a word asked for."""
MOST = 1_000
"""Articles that a broadened search gives at most: nearly every article has one of twenty words."""

_CANDIDATES = 40
_PREFIX = 20_000
_LATIN = re.compile(r"[^\W\d_][^\W_]{3,}")


@dataclass(frozen=True, slots=True)
class Broader:
    """A broadened search."""

    match: str
    """The FTS5 expression for articles with any of the words, asked for or related."""
    parts: tuple[tuple[str, float], ...]
    """FTS5 expressions whose bm25, times the weight, are added."""
    words: tuple[str, ...]
    """The related words, the most telling first."""


def broader(conn: sqlite3.Connection, query: Query, *, cut_words: bool) -> Broader | None:
    """What to search for besides; None if the query finds nothing to learn from."""
    asked = builder.some_words(query, cut_words=cut_words) or builder.all_words(query)
    if asked is None:
        return None
    best = conn.execute(
        f"SELECT rowid FROM search_fts WHERE search_fts MATCH ? ORDER BY {builder.BM25}, rowid LIMIT ?",  # noqa: S608
        (asked, BEST),
    ).fetchall()
    words = _telling(conn, query, [row[0] for row in best])
    if not words:
        return None
    related = builder.one_of(query, words)
    terms = [term.text for clause in query.clauses for term in clause]
    either = builder.one_of(query, [*terms, *words])
    return Broader(either, ((asked, 1.0), (related, WEIGHT)), tuple(words))


def _telling(conn: sqlite3.Connection, query: Query, ids: list[int]) -> list[str]:
    """Words frequent in these articles and rare elsewhere (tf times idf), the most telling first."""
    asked = readable(" ".join(term.text for clause in query.clauses for term in clause)).lower()
    counts: Counter[str] = Counter()
    spread: Counter[str] = Counter()
    for id_ in ids:
        row = conn.execute("SELECT title, summary, substr(body, 1, ?) FROM search_text WHERE id = ?", (_PREFIX, id_))
        words = Counter(_words(readable(" ".join(row.fetchone())).lower()))
        counts.update({word: min(times, 5) for word, times in words.items() if word not in asked})
        spread.update(words.keys())
    # A word of one article alone says more about that article than about the question.
    shared = [word for word in counts if spread[word] > 1 or len(ids) == 1]
    candidates = sorted(shared, key=lambda word: (-counts[word] * spread[word], word))[:_CANDIDATES]
    articles = conn.execute("SELECT count(*) FROM article_facets").fetchone()[0]

    def weight(word: str) -> float:
        match = builder.one_of(Query(), [word])
        have = conn.execute("SELECT count(*) FROM search_fts WHERE search_fts MATCH ?", (match,)).fetchone()[0]
        return counts[word] * math.log((articles + 1) / (have + 0.5))

    weights = {word: weight(word) for word in candidates}
    return sorted((word for word in candidates if weights[word] > 0), key=lambda word: (-weights[word], word))[:WORDS]


def _words(text: str) -> list[str]:
    """Latin words of four letters or more, pairs of neighbouring characters of Chinese."""
    latin = [word for word in _LATIN.findall(CJK_RUN.sub(" ", text)) if word not in STOP_WORDS]
    return latin + [run[start : start + 2] for run in CJK_RUN.findall(text) for start in range(len(run) - 1)]
