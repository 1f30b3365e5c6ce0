"""Ranked search over the crawl database or a snapshot: all words first, filled up by some."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np

from db.search.builder import Filters
from db.search.matching import FILL_BELOW, Found, Question, find
from db.search.ranking import Ranked, Sort, ranked
from db.search.text import readable

MARK_START = "\x02"
MARK_END = "\x03"
"""Around each match in a snippet; control characters, so that escaping for HTML or a terminal cannot harm them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One article found."""

    id: int
    title: str
    snippet: str
    """A few lines of summary or body around the match, matches between MARK_START and MARK_END."""
    url: str
    site: str
    source: str | None
    doctors: str | None
    """Names joined by '; '."""
    published: str | None
    """ISO 8601, to the precision known."""
    language: str | None
    """ISO 639-1."""
    copies: int
    """How many articles carry the same text, this one included."""
    exact: bool
    """False where only some of the words occur."""
    score: float
    """bm25: smaller is better; 0 where nothing was searched for. Comparable within `exact` only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchResult:
    """One page of hits."""

    total: int
    """Articles that paging reaches."""
    exact: int
    """Articles that meet all of the query; they come first."""
    hits: tuple[Hit, ...]
    explanation: tuple[str, ...]
    """Sentences on what was ignored or loosened; empty if nothing was."""


def search(
    conn: sqlite3.Connection,
    query: str,
    *,
    filters: Filters | None = None,
    limit: int = 20,
    offset: int = 0,
    include_copies: bool = True,
    sort: Sort = "relevance",
    fill_below: int = FILL_BELOW,
    all_words: bool = False,
    broaden: bool = False,
) -> SearchResult:
    """The articles that match, best first; an empty query gives the newest.

    No query is an error; sqlite3.Error only if `conn` is no database of Galen, ValueError for a
    filter's date that is none.
    """
    wanted = filters or Filters()
    question = Question(
        text=query,
        filters=replace(wanted, copies=wanted.copies and include_copies),
        all_words=all_words,
        broaden=broaden,
        fill_below=fill_below,
    )
    with _one_state(conn):
        return page(conn, find(conn, question), sort=sort, limit=limit, offset=offset)


@contextmanager
def _one_state(conn: sqlite3.Connection) -> Iterator[None]:
    """All reads of the block see the same articles, whatever a crawl stores meanwhile."""
    if conn.in_transaction:
        yield
        return
    conn.execute("BEGIN")
    try:
        yield
    finally:
        conn.rollback()


def page(
    conn: sqlite3.Connection, found: Found, *, sort: Sort = "relevance", limit: int = 20, offset: int = 0
) -> SearchResult:
    """One page of what was found."""
    shown = ranked(conn, found, sort, offset=max(offset, 0), limit=max(limit, 0))
    return SearchResult(
        total=found.total, exact=len(found.exact), hits=tuple(_hits(conn, found, shown)), explanation=found.notes
    )


def _hits(conn: sqlite3.Connection, found: Found, shown: list[Ranked]) -> Iterator[Hit]:
    numbers = [hit.id for hit in shown]
    ids = json.dumps(numbers)
    exact = np.isin(numbers, found.exact).tolist()
    cursor = conn.cursor()
    cursor.row_factory = sqlite3.Row
    details = {row["id"]: dict(row) for row in cursor.execute(_DETAILS, {"ids": ids})}
    snippets: dict[int, str] = {}
    for tier in found.tiers:
        snippets = _snippets(conn, ids, tier.match) | snippets
    for hit, is_exact in zip(shown, exact, strict=True):
        fields = details[hit.id]
        opening = _opening(fields.pop("opening"))
        yield Hit(**fields, snippet=snippets.get(hit.id) or opening, exact=is_exact, score=hit.score)


_DETAILS = """
SELECT flat.id, flat.title, flat.url, flat.site, flat.source, flat.doctors, flat.published, flat.language,
       flat.copies, coalesce(articles.summary, substr(articles.body, 1, 400), '') AS opening
FROM articles_flat AS flat JOIN articles ON articles.id = flat.id
WHERE flat.id IN (SELECT value FROM json_each(:ids))"""

_SNIPPETS = """
SELECT search_fts.rowid,
       snippet(search_fts, 1, :mark_start, :mark_end, '…', tokens),
       snippet(search_fts, 2, :mark_start, :mark_end, '…', tokens)
FROM search_fts
JOIN (SELECT id, CASE WHEN language IN ('zh', 'ja', 'ko') THEN 64 ELSE 28 END AS tokens FROM articles) AS length
    ON length.id = search_fts.rowid
WHERE search_fts MATCH :match AND search_fts.rowid IN (SELECT value FROM json_each(:ids))"""


def _snippets(conn: sqlite3.Connection, ids: str, match: str | None) -> dict[int, str]:
    """Snippets of the body, else of the summary, by article; none where the match lies in other columns."""
    if match is None:
        return {}
    params = {"ids": ids, "match": match, "mark_start": MARK_START, "mark_end": MARK_END}
    found = {}
    for id_, summary, body in conn.execute(_SNIPPETS, params):
        marked = next((text for text in (body, summary) if MARK_START in text), "")
        if marked:
            found[id_] = " ".join(readable(marked).split())
    return found


def _opening(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199].rstrip() + "…"
