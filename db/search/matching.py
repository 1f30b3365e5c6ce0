"""Which articles a query finds: the one answer that pages, JSON, feeds, exports and the terminal share.

FTS5 gives the numbers of all articles that have the words (30 ns each); filters, copies and counts are
worked out on columns in memory. Only what is shown is scored and read.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from db.search import builder, feedback
from db.search.asked import matching, scored
from db.search.builder import Filters
from db.search.columns import Columns, Ids
from db.search.narrow import folded, narrowed
from db.search.query import Query, parse
from db.search.scores import MOST_RANKED

FILL_BELOW = 20
"""With fewer articles than this that have all the words, those that have some of them follow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked for: the words and everything that decides which rows they find."""

    text: str = ""
    """As typed into the search box."""
    filters: Filters = field(default_factory=Filters)
    all_words: bool = False
    """True = only articles that have all the words, however few they are."""
    broaden: bool = False
    """True = articles that are like the best ones come too (pseudo-relevance feedback)."""
    fill_below: int = FILL_BELOW


@dataclass(frozen=True, slots=True)
class Tier:
    """Articles that come before those of the next tier, whatever their scores."""

    ids: Ids
    match: str | None
    """The FTS5 expression that scores them; None where no words were asked for."""
    scores: NDArray[np.float64] | None = None
    """Of each of them, where `match` alone does not say it."""

    def only(self, ids: Ids) -> Tier:
        """The tier without its other articles."""
        kept = np.isin(self.ids, ids)
        return Tier(self.ids[kept], self.match, None if self.scores is None else self.scores[kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The articles that a question finds."""

    columns: Columns
    exact: Ids
    """Those that meet all of the query."""
    tiers: tuple[Tier, ...]
    notes: tuple[str, ...]
    """Sentences on what was ignored, loosened or broadened."""

    @property
    def ids(self) -> Ids:
        """All of them."""
        return np.concatenate([tier.ids for tier in self.tiers])

    @property
    def total(self) -> int:
        """How many there are."""
        return sum(len(tier.ids) for tier in self.tiers)


def find(conn: sqlite3.Connection, question: Question, columns: Columns | None = None) -> Found:
    """What the question finds; `columns` are those of `conn`, read anew if they are not given.

    No text is an error. Raises ValueError for a filter's date that is none, sqlite3.Error if `conn` is
    no database of Galen or ran out of its time.
    """
    columns = columns or Columns(conn)
    parsed = parse(question.text)
    match = builder.all_words(parsed)

    def narrow(ids: Ids) -> Ids:
        return narrowed(conn, columns, ids, parsed, question.filters)

    def fold(exact: Ids, some: Ids) -> tuple[Ids, Ids]:
        return (exact, some) if question.filters.copies else folded(columns, exact, some)

    exact, _ = fold(narrow(_exact(conn, columns, parsed, match)), _NONE)
    tiers, notes = [Tier(exact, match)], list(parsed.notes)
    if question.broaden and match is not None:
        wider = feedback.broader(conn, parsed, cut_words=not len(exact))
        if wider is None:
            notes.append("The search could not be broadened: the articles found share no further words.")
        else:
            related = _related(conn, columns, wider, narrow)
            exact, others = fold(exact, np.setdiff1d(related.ids, exact, assume_unique=True))
            related = related.only(np.union1d(exact, others))
            tiers = [related, Tier(np.setdiff1d(exact, related.ids, assume_unique=True), match)]
            notes.append(f"Broadened by words of the best articles: {', '.join(wider.words)}.")
    elif match is not None and len(exact) < question.fill_below and not question.all_words:
        some, loose, common = _some(conn, columns, parsed, narrow, cut_words=not len(exact))
        exact, some = fold(exact, np.setdiff1d(some, exact, assume_unique=True))
        if len(some):
            tiers = [Tier(exact, match), Tier(some, loose)]
            notes += common
            have = "article has" if len(exact) == 1 else "articles have"
            notes.append(f"{len(exact) or 'No'} {have} all of the words; {len(some):,} with some of them follow.")
    return Found(columns=columns, exact=exact, tiers=tuple(tiers), notes=tuple(notes))


_NONE: Ids = np.zeros(0, dtype=np.int64)


def _exact(conn: sqlite3.Connection, columns: Columns, parsed: Query, match: str | None) -> Ids:
    """Articles that have all the words."""
    if match is not None:
        return matching(conn, columns, match)
    if not parsed.excluded:
        return columns.ids
    return np.setdiff1d(columns.ids, matching(conn, columns, builder.any_of(parsed.excluded)), assume_unique=True)


def _some(
    conn: sqlite3.Connection, columns: Columns, parsed: Query, narrow: Callable[[Ids], Ids], *, cut_words: bool
) -> tuple[Ids, str, list[str]]:
    """Articles with some of the words, the expression that scores them, and what to say of it.

    The rarest words bring articles in first. A word that would bring in more than can be ranked does
    not: who types three words does not ask for each of the hundred thousand articles with the commonest.
    """

    def found(words: Iterable[str]) -> dict[str, Ids]:
        return {word: narrow(matching(conn, columns, builder.one_of(parsed, [word]))) for word in words}

    alone = found(builder.loosened(parsed, cut_words=cut_words))
    # "IgE-mediated" is searched for as two words side by side; where nobody writes it so, each may stand alone.
    parts = [part for piece, ids in alone.items() if not len(ids) for part in builder.parts(piece)]
    alone |= found(dict.fromkeys(part for part in parts if part not in alone))
    pieces = tuple(alone)
    if not pieces:
        return _NONE, "", []
    brought = np.zeros(len(columns.source), dtype=bool)
    count, common = 0, []
    for piece in sorted(pieces, key=lambda piece: len(alone[piece])):
        more = alone[piece][~brought[alone[piece]]]
        if count and count + len(more) > MOST_RANKED:
            common.append(piece)
        else:
            brought[more] = True
            count += len(more)
    some = np.flatnonzero(brought)
    said = [f"Too frequent to be searched for without the others: {', '.join(common)}."] if common else []
    return some, builder.one_of(parsed, pieces), said


def _related(conn: sqlite3.Connection, columns: Columns, wider: feedback.Broader, narrow: Callable[[Ids], Ids]) -> Tier:
    """The best articles by words and related words: scores of two searches, added."""
    parts = [(narrow(matching(conn, columns, match)), match, weight) for match, weight in wider.parts]
    ids = np.unique(np.concatenate([part for part, _, _ in parts]))
    sums = np.zeros(len(ids))
    for part, match, weight in parts:
        sums[np.searchsorted(ids, part)] += weight * scored(conn, columns, match, part)
    best = np.sort(np.lexsort((ids, sums))[: feedback.MOST])
    return Tier(ids[best], wider.match, sums[best])
