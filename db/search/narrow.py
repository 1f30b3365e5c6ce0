"""Filters beside the words: which of some articles meet them."""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from db.search.builder import SITES_NAMED, Filters
from db.search.columns import Columns, Ids, numbers
from db.search.query import Query, parse_date, through

_SOURCES = "SELECT group_concat(id) FROM sources WHERE name IN (SELECT value FROM json_each(?))"
_SITES = "SELECT group_concat(id) FROM sites WHERE name COLLATE NOCASE IN (SELECT value FROM json_each(?))"
_DOCTORS = """
SELECT group_concat(article_id) FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
WHERE doctors.name COLLATE NOCASE IN (SELECT value FROM json_each(?))"""
_SITES_NAMED = f"SELECT group_concat(id) FROM ({SITES_NAMED.format('?')})"  # noqa: S608 - a constant


def narrowed(conn: sqlite3.Connection, columns: Columns, ids: Ids, query: Query, filters: Filters) -> Ids:
    """Those of the articles that meet the filters and what the query says beside words.

    Raises ValueError for a filter's date that is none.
    """
    kept = ids
    for values, wanted, allowed in _conditions(conn, columns, query, filters):
        kept = kept[np.isin(values[kept] if values is not None else kept, wanted) == allowed]
    lower, upper = _bounds(columns, query, filters)
    if lower > 0:
        kept = kept[columns.published[kept] >= lower]
    if upper is not None:
        dates = columns.published[kept]
        kept = kept[(dates > 0) & (dates < upper)]
    return kept


_Condition = tuple[NDArray[np.int32] | None, NDArray[np.int64], bool]
"""A column (None = the article's own number), the values looked for, and whether they are wanted."""


def _conditions(conn: sqlite3.Connection, columns: Columns, query: Query, filters: Filters) -> Iterator[_Condition]:
    def looked_up(sql: str, names: tuple[str, ...]) -> NDArray[np.int64]:
        return numbers(conn.execute(sql, (json.dumps(names),)).fetchone()[0])

    for column, sql, names, wanted in (
        (columns.source, _SOURCES, filters.sources, True),
        (columns.site, _SITES, filters.sites, True),
        (None, _DOCTORS, filters.doctors, True),
        (columns.site, _SITES_NAMED, query.sites, True),
        (columns.site, _SITES_NAMED, query.excluded_sites, False),
    ):
        if names:
            yield column, looked_up(sql, names), wanted
    for codes, wanted in (
        (filters.languages, True),
        (query.languages, True),
        (query.excluded_languages, False),
    ):
        if codes:
            yield columns.language, _languages(columns, codes), wanted


def _languages(columns: Columns, codes: Iterable[str]) -> NDArray[np.int64]:
    wanted = {code.lower() for code in codes}
    places = [place for place, code in enumerate(columns.languages, start=1) if code.lower() in wanted]
    return np.array(places, dtype=np.int64)


def _bounds(columns: Columns, query: Query, filters: Filters) -> tuple[int, int | None]:
    """The first place in `columns.dates` that is late enough (0 = all), and the first that is too late."""
    lower = [parse_date(filters.since) if filters.since else None, query.published_from]
    upper = [through(parse_date(filters.until)) if filters.until else None, query.published_below]
    first = max((bisect_left(columns.dates, bound) + 1 for bound in lower if bound), default=0)
    return first, min((bisect_left(columns.dates, bound) + 1 for bound in upper if bound), default=None)


def folded(columns: Columns, exact: Ids, some: Ids) -> tuple[Ids, Ids]:
    """Both without copies: of each cluster one row, one that meets all of the query before one that meets some."""
    ids = np.concatenate((exact, some))
    in_cluster = np.flatnonzero(columns.cluster[ids])
    members = ids[in_cluster]
    dates = columns.published[members]
    order = np.lexsort(
        (members, dates, dates == 0, ~columns.canonical[members], in_cluster >= len(exact), columns.cluster[members])
    )
    clusters = columns.cluster[members[order]]
    later = np.flatnonzero(clusters[1:] == clusters[:-1]) + 1
    kept = np.ones(len(ids), dtype=bool)
    kept[in_cluster[order[later]]] = False
    return exact[kept[: len(exact)]], some[kept[len(exact) :]]
