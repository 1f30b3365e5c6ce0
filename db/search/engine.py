"""Ranked search over the crawl database or a snapshot: all words first, filled up by some."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from typing import Literal

from db.search import builder
from db.search.builder import Filters, Selection
from db.search.query import Query, parse
from db.search.text import readable

MARK_START = "\x02"
MARK_END = "\x03"
"""Around each match in a snippet; control characters, so that escaping for HTML or a terminal cannot harm them."""

FILL_BELOW = 20
"""With fewer articles than this that have all the words, those that have some of them follow."""

Sort = Literal["relevance", "date"]


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


@dataclass(frozen=True, slots=True)
class _Tier:
    """One part of the ranking: what it selects, how many there are."""

    selection: Selection
    match: str | None
    count: int
    exact: bool


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
) -> SearchResult:
    """The articles that match, best first; an empty query gives the newest.

    No query is an error; sqlite3.Error only if `conn` is no database of Galen, ValueError for a
    filter's date that is none.
    """
    parsed = parse(query)
    wanted = filters or Filters()
    wanted = replace(wanted, copies=wanted.copies and include_copies)
    tiers = _tiers(conn, parsed, wanted, fill_below)
    by_date = sort == "date" or not parsed.clauses
    hits: list[Hit] = []
    skip = max(offset, 0)
    for tier in tiers:
        room = max(limit, 0) - len(hits)
        hits += _hits(conn, tier, by_date=by_date, limit=room, offset=skip)
        skip = max(skip - tier.count, 0)
    exact, total = tiers[0].count, sum(tier.count for tier in tiers)
    notes = list(parsed.notes)
    if total > exact:
        have = "article has" if exact == 1 else "articles have"
        notes.append(f"{exact or 'No'} {have} all of the words; {total - exact:,} with some of them follow.")
    return SearchResult(total=total, exact=exact, hits=tuple(hits), explanation=tuple(notes))


def _tiers(conn: sqlite3.Connection, parsed: Query, filters: Filters, fill_below: int) -> list[_Tier]:
    """All words, then, if those are few, some of the words without those already found."""
    match = builder.all_words(parsed)
    selection = builder.select(parsed, filters, match)
    tiers = [_Tier(selection, match, _count(conn, selection), exact=True)]
    if tiers[0].count < fill_below:
        loose = builder.some_words(parsed, cut_words=tiers[0].count == 0)
        if loose is not None:
            found = [row[0] for row in conn.execute(f"SELECT id FROM ({selection.sql})", selection.params)]  # noqa: S608
            wider = builder.select(parsed, filters, loose)
            rest = Selection(
                f"SELECT * FROM ({wider.sql}) WHERE id NOT IN (SELECT value FROM json_each(:found))",  # noqa: S608
                wider.params | {"found": json.dumps(found)},
            )
            tiers.append(_Tier(rest, loose, _count(conn, rest), exact=False))
    return tiers


def _count(conn: sqlite3.Connection, selection: Selection) -> int:
    counted: tuple[int] = conn.execute(f"SELECT count(*) FROM ({selection.sql})", selection.params).fetchone()  # noqa: S608
    return counted[0]


def _hits(conn: sqlite3.Connection, tier: _Tier, *, by_date: bool, limit: int, offset: int) -> list[Hit]:
    if limit <= 0 or offset >= tier.count:
        return []
    order = "published DESC, score, id" if by_date else "score, published DESC, id"
    ranked = conn.execute(
        f"SELECT id, score FROM ({tier.selection.sql}) ORDER BY {order} LIMIT :limit OFFSET :offset",  # noqa: S608
        {**tier.selection.params, "limit": limit, "offset": offset},
    ).fetchall()
    ids = json.dumps([row[0] for row in ranked])
    details = {row[0]: row for row in conn.execute(_DETAILS, {"ids": ids})}
    snippets = _snippets(conn, ids, tier.match)
    return [
        Hit(
            id=id_,
            title=details[id_][1],
            snippet=snippets.get(id_) or _opening(details[id_][8]),
            url=details[id_][2],
            site=details[id_][3],
            source=details[id_][4],
            doctors=details[id_][5],
            published=details[id_][6],
            copies=details[id_][7],
            exact=tier.exact,
            score=score,
        )
        for id_, score in ranked
    ]


_DETAILS = """
SELECT flat.id, flat.title, flat.url, flat.site, flat.source, flat.doctors, flat.published, flat.copies,
       coalesce(articles.summary, substr(articles.body, 1, 400), '')
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
