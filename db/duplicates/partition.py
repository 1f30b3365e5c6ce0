"""From edges to clusters: a pure rule that does not depend on the order in which the edges came.

Strongest edges first, each joins two groups unless two of their articles are known not to be the same: then the bridge
is refused. `contains` comes last and only adds: a lead that stands in two articles is shown with one of them and never
joins the two; a round-up that holds two is a text of its own. Where one text fills most of a round-up the two are alike
like copies: it may be shown with that one, but what stands beside that in it is not joined.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Edge:
    """What is stored about two articles, a < b."""

    a: int
    b: int
    kind: str
    verdict: str
    jaccard: float
    containment: float

    @property
    def pair(self) -> Pair:
        """Both articles."""
        return self.a, self.b


@dataclass(frozen=True, slots=True)
class Partition:
    """Clusters, and the edges that were not allowed to join any."""

    groups: tuple[frozenset[int], ...]
    """Articles that are one text; single articles included."""
    refused: Mapping[Pair, Pair | None]
    """Refused edge -> the two articles that are known not to be the same; None for a `contains` that would bridge."""


RANK = {"manual": 0, "exact": 1, "near": 2}
"""Kinds that make two articles one text, the strongest first."""

SIDE_BY_SIDE = 1.1
"""Lengths of two texts, by that of one that holds both side by side; a tenth is for edits."""


def partition(
    content: Mapping[int, object],
    edges: Sequence[Edge],
    words: Mapping[int, int] | None = None,
    titles: Mapping[int, str] | None = None,
) -> Partition:
    """Clusters of the articles in `content` (article -> key of its content, which breaks ties).

    `edges` are all edges with both ends in `content`; `words` are the lengths, which say which of two texts holds the
    other one; `titles` tell what is left of one article in two places from two articles of a round-up.
    """
    groups = _Groups(content, edges, words or {}, titles or {})
    joining = [edge for edge in edges if edge.verdict == "same"]

    def order(edge: Edge) -> tuple[object, ...]:
        ends = sorted(((content[edge.a], edge.a), (content[edge.b], edge.b)), key=lambda end: str(end[0]))
        return (-edge.jaccard, -edge.containment, *(str(end[0]) for end in ends), *(end[1] for end in ends))

    refused: dict[Pair, Pair | None] = {}
    for edge in sorted((e for e in joining if e.kind in RANK), key=lambda e: (RANK[e.kind], *order(e))):
        if edge.kind == "near" and groups.bridges(edge):
            refused[edge.pair] = None
            continue
        against = groups.join(edge)
        if against:
            refused[edge.pair] = against
    contains = sorted((e for e in joining if e.kind not in RANK), key=order)
    refused |= groups.attach(contains)
    return Partition(groups.all(), refused)


class _Groups:
    """Disjoint sets of articles with what keeps them apart."""

    def __init__(
        self, content: Iterable[int], edges: Iterable[Edge], words: Mapping[int, int], titles: Mapping[int, str]
    ) -> None:
        self._group = {article: {article} for article in content}
        self._words = words
        self._titles = titles
        self._alike: dict[int, set[int]] = defaultdict(set)
        self._apart: dict[int, dict[int, bool]] = defaultdict(dict)
        for edge in edges:
            if edge.verdict == "same":
                self._alike[edge.a].add(edge.b)
                self._alike[edge.b].add(edge.a)
            elif edge.verdict == "not_same":
                by_hand = edge.kind == "manual"
                self._apart[edge.a][edge.b] = self._apart[edge.b][edge.a] = by_hand

    def all(self) -> tuple[frozenset[int], ...]:
        """Every group once."""
        return tuple({id(group): frozenset(group) for group in self._group.values()}.values())

    def join(self, edge: Edge) -> Pair | None:
        """Join the groups of an edge, or say which two articles forbid it."""
        one, two = self._group[edge.a], self._group[edge.b]
        if one is two:
            return None
        against = self._against(one, two, only_by_hand=edge.kind == "manual")
        if against is None:
            self._union(one, two)
        return against

    def bridges(self, edge: Edge) -> bool:
        """Whether an edge leads from a text to one that is shown with another text, beside which it holds this one."""
        part, holder = sorted(edge.pair, key=self._length)
        own, others = self._group[part], self._group[holder]
        if own is others or not 0 < self._length(part) < self._length(holder):
            return False
        # Two shortened copies of one article may have nothing in common; but they bear its title.
        if self._titles.get(part) and self._titles.get(part) == self._titles.get(holder):
            return False
        # Copies of a part have menus of their own: the shortest says how much of the round-up it fills.
        held = min(self._length(copy) or math.inf for copy in own & self._alike[holder])
        room = SIDE_BY_SIDE * self._length(holder) - held
        return any(0 < self._length(other) <= room and self._alike[other].isdisjoint(own) for other in others)

    def _length(self, article: int) -> int:
        return self._words.get(article, 0)

    def attach(self, edges: Sequence[Edge]) -> dict[Pair, Pair | None]:
        """Add texts that hold one another, as far as each of a group holds, or is held by, each other one."""
        linked = {
            frozenset((id(self._group[edge.a]), id(self._group[edge.b])))
            for edge in edges
        }  # fmt: skip
        round_ups = self._round_ups(edges, linked)
        parts = {id(group): [id(group)] for group in self._group.values()}
        refused: dict[Pair, Pair | None] = {}
        for edge in edges:
            one, two = self._group[edge.a], self._group[edge.b]
            if one is two:
                continue
            against = self._against(one, two, only_by_hand=False)
            bridging = any(frozenset((x, y)) not in linked for x in parts[id(one)] for y in parts[id(two)])
            if against or bridging or edge.pair in round_ups or self.bridges(edge):
                refused[edge.pair] = against
                continue
            together = parts[id(one)] + parts[id(two)]
            parts[id(self._union(one, two))] = together
        return refused

    def _round_ups(self, edges: Sequence[Edge], linked: set[frozenset[int]]) -> set[Pair]:
        """Edges from a text to what it holds, where it holds two texts side by side that hold nothing of each other."""
        shares: dict[int, dict[int, float]] = defaultdict(dict)
        between: dict[tuple[int, int], list[Pair]] = defaultdict(list)
        for edge in edges:
            part, holder = sorted(edge.pair, key=self._length)
            if self._length(part) == self._length(holder):
                continue
            share = self._length(part) / self._length(holder)
            holding, held = id(self._group[holder]), id(self._group[part])
            shares[holding][held] = min(share, shares[holding].get(held, share))
            between[holding, held].append(edge.pair)
        return {
            pair
            for (holding, part), pairs in between.items()
            for pair in pairs
            if any(
                other != part
                and frozenset((other, part)) not in linked
                and shares[holding][part] + share <= SIDE_BY_SIDE
                for other, share in shares[holding].items()
            )
        }

    def _against(self, one: set[int], two: set[int], *, only_by_hand: bool) -> Pair | None:
        small, large = sorted((one, two), key=len)
        found = [
            (min(article, other), max(article, other))
            for article in small
            for other, by_hand in self._apart.get(article, {}).items()
            if other in large and (by_hand or not only_by_hand)
        ]
        return min(found, default=None)

    def _union(self, one: set[int], two: set[int]) -> set[int]:
        small, large = sorted((one, two), key=len)
        large |= small
        for article in small:
            self._group[article] = large
        return large
