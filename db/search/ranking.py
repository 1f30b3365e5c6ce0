"""The order of what was found: best first or newest first, and no more of it worked out than is shown."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from db.search import builder
from db.search.columns import Columns, Ids, matching_ids
from db.search.matching import Found, Tier
from db.search.scores import MOST_RANKED, scores

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


def newest_first(found: Found) -> Ids:
    """All that was found, whatever its tier, newest first, undated last."""
    ids = found.ids
    return ids[np.argsort(found.columns.place[ids])]


def _part(conn: sqlite3.Connection, columns: Columns, tier: Tier, sort: Sort, start: int, end: int) -> list[Ranked]:
    if start >= min(end, len(tier.ids)):
        return []
    if tier.match is None or sort == "date":
        ids = _newest(columns, tier.ids, end)[start:]
    else:
        ids = _best(conn, columns, tier, tier.match, end)[start:end]
    if tier.match is None:
        found = np.zeros(len(ids))
    elif tier.scores is None:
        found = scores(conn, tier.match, ids)
    else:
        found = tier.scores[np.searchsorted(tier.ids, ids)]
    return [Ranked(*pair) for pair in zip(ids.tolist(), found.tolist(), strict=True)]


def _newest(columns: Columns, ids: Ids, most: int) -> Ids:
    places = columns.place[ids]
    if most < len(ids):
        ids = ids[np.argpartition(places, most)[:most]]
        places = columns.place[ids]
    return ids[np.argsort(places)]


def _best(conn: sqlite3.Connection, columns: Columns, tier: Tier, match: str, most: int) -> Ids:
    """The best articles, at least so many of them if there are.

    Where there are too many to score them all, those come first that have the words in their title, then the
    newest (Brin and Page 1998 look into titles and anchors first, and no further if that is enough): words that
    every tenth article has tell little, but few articles are called by them.
    """
    if len(tier.ids) <= MOST_RANKED or tier.scores is not None:
        return _by_score(columns, tier.ids, scores(conn, match, tier.ids) if tier.scores is None else tier.scores)
    titled = np.intersect1d(matching_ids(conn, builder.in_title(match)), tier.ids, assume_unique=True)
    titled = _newest(columns, titled, MOST_RANKED)
    first = _by_score(columns, titled, scores(conn, match, titled))
    if len(first) >= most:
        return first
    others = np.setdiff1d(tier.ids, titled, assume_unique=True)
    return np.concatenate((first, _newest(columns, others, most - len(first))))


def _by_score(columns: Columns, ids: Ids, found: NDArray[np.float64]) -> Ids:
    return ids[np.lexsort((columns.place[ids], found))]
