"""How many of the articles found each source, doctor, year and language has."""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from db.search.columns import Columns, Ids

MOST = 12
"""Values counted of each kind; the rest is reached by typing its name."""
KINDS = ("source", "doctor", "year", "language")


@dataclass(frozen=True, slots=True)
class Counted:
    """One value and how many of the articles found have it."""

    value: str
    articles: int


def counts(columns: Columns, ids: Ids) -> dict[str, tuple[Counted, ...]]:
    """By kind (KINDS), the most frequent first, years the latest first."""
    found = np.zeros(len(columns.source), dtype=bool)
    found[ids] = True
    years = np.bincount(columns.year[ids])
    latest = [int(year) for year in np.flatnonzero(years)[::-1] if year][:MOST]
    languages = dict(enumerate(columns.languages, start=1))
    return {
        "source": _most(columns.source[ids], columns.names["sources"]),
        "doctor": _most(columns.doctor[found[columns.named]], columns.names["doctors"]),
        "year": tuple(Counted(str(year), int(years[year])) for year in latest),
        "language": _most(columns.language[ids], languages),
    }


def _most(values: NDArray[np.int32] | NDArray[np.int64], names: Mapping[int, str]) -> tuple[Counted, ...]:
    times = np.bincount(values)
    known = ((-int(times[number]), names[int(number)]) for number in np.flatnonzero(times) if number)
    return tuple(Counted(name, -negative) for negative, name in heapq.nsmallest(MOST, known))
