"""The order of what was found: best first or newest first, and no more of it worked out than is shown."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from db.search.asked import scored, titled
from db.search.columns import Columns, Ids
from db.search.matching import Found, Tier
from db.search.scores import MOST_RANKED

Sort = Literal["relevance", "date"]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An article at its place."""

    id: int
    score: float
    """bm25: smaller is better; 0 where nothing was searched for."""


def ranked(conn: sqlite3.Connection, found: Found, sort: Sort, *, offset: int, limit: int) -> list[Ranked]:
    """The articles from one place on, counted from 0. A date asked for sorts within the tiers."""
    page: list[Ranked] = []
    for tier in found.tiers:
        page += _part(conn, found.columns, tier, sort, offset, offset + limit - len(page))
        offset = max(offset - len(tier.ids), 0)
    return page


def in_order(conn: sqlite3.Connection, found: Found, sort: Sort) -> Ids:
    """All that was found, in the order in which the pages show it."""
    parts: list[Ids] = []
    for tier in found.tiers:
        unsorted = sort == "date" or tier.match is None
        first = _NONE.ids if unsorted else _best(conn, found.columns, tier, tier.match or "").ids
        rest = np.setdiff1d(tier.ids, first, assume_unique=True)
        parts += [first, _newest(found.columns, rest, len(rest))]
    return np.concatenate(parts)


def _part(conn: sqlite3.Connection, columns: Columns, tier: Tier, sort: Sort, start: int, end: int) -> list[Ranked]:
    if start >= min(end, len(tier.ids)):
        return []
    if tier.match is None:
        return [Ranked(id_, 0.0) for id_ in _newest(columns, tier.ids, end)[start:].tolist()]
    first = _NONE if sort == "date" else _best(conn, columns, tier, tier.match)
    rest = np.setdiff1d(tier.ids, first.ids, assume_unique=True) if end > len(first.ids) else _NONE.ids
    later = _newest(columns, rest, end - len(first.ids))[max(start - len(first.ids), 0) :]
    found = first.scores[start:end].tolist() + scored(conn, columns, tier.match, later).tolist()
    return [Ranked(*pair) for pair in zip(first.ids[start:end].tolist() + later.tolist(), found, strict=True)]


def _newest(columns: Columns, ids: Ids, most: int) -> Ids:
    places = columns.place[ids]
    if most < len(ids):
        ids = ids[np.argpartition(places, most)[:most]]
        places = columns.place[ids]
    return ids[np.argsort(places)]


@dataclass(frozen=True, slots=True)
class _Scored:
    """Articles, the best first."""

    ids: Ids
    scores: NDArray[np.float64]


_NONE = _Scored(np.zeros(0, dtype=np.int64), np.zeros(0))


def _best(conn: sqlite3.Connection, columns: Columns, tier: Tier, match: str) -> _Scored:
    """All articles of a tier; where they are too many to score them all, those that have the words in their title.

    The newest of the others follow then. Brin and Page (1998) too look into titles and anchors first, and no further
    if that is enough: a word that every twentieth article has tells little, but few articles are called by it.
    """
    ids = tier.ids
    if tier.scores is None and len(ids) > MOST_RANKED:
        called = np.intersect1d(titled(conn, columns, match), ids, assume_unique=True)
        ids = _newest(columns, called, MOST_RANKED)
    found = scored(conn, columns, match, ids) if tier.scores is None else tier.scores
    order = np.lexsort((columns.place[ids], found))
    return _Scored(ids[order], found[order])
