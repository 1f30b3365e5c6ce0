"""From edges to clusters: a pure rule that does not depend on the order in which the edges came.

Strongest edges first, each joins two groups unless two of their articles are known not to be the same: then the bridge
is refused. `contains` comes last and only adds: a round-up that holds two articles, or a lead that stands in two, is
shown with one of them and never joins the two.
"""

from __future__ import annotations

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


def partition(content: Mapping[int, object], edges: Sequence[Edge]) -> Partition:
    """Clusters of the articles in `content` (article -> key of its content, which breaks ties).

    `edges` are all edges with both ends in `content`.
    """
    groups = _Groups(content, edges)
    joining = [edge for edge in edges if edge.verdict == "same"]

    def order(edge: Edge) -> tuple[object, ...]:
        ends = sorted(((content[edge.a], edge.a), (content[edge.b], edge.b)), key=lambda end: str(end[0]))
        return (-edge.jaccard, -edge.containment, *(str(end[0]) for end in ends), *(end[1] for end in ends))

    refused: dict[Pair, Pair | None] = {}
    for edge in sorted((e for e in joining if e.kind in RANK), key=lambda e: (RANK[e.kind], *order(e))):
        against = groups.join(edge)
        if against:
            refused[edge.pair] = against
    contains = sorted((e for e in joining if e.kind not in RANK), key=order)
    refused |= groups.attach(contains)
    return Partition(groups.all(), refused)


class _Groups:
    """Disjoint sets of articles with what keeps them apart."""

    def __init__(self, content: Iterable[int], edges: Iterable[Edge]) -> None:
        self._group = {article: {article} for article in content}
        self._apart: dict[int, dict[int, bool]] = defaultdict(dict)
        for edge in edges:
            if edge.verdict == "not_same":
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

    def attach(self, edges: Sequence[Edge]) -> dict[Pair, Pair | None]:
        """Add texts that hold one another, as far as each of a group holds, or is held by, each other one."""
        linked = {
            frozenset((id(self._group[edge.a]), id(self._group[edge.b])))
            for edge in edges
        }  # fmt: skip
        parts = {id(group): [id(group)] for group in self._group.values()}
        refused: dict[Pair, Pair | None] = {}
        for edge in edges:
            one, two = self._group[edge.a], self._group[edge.b]
            if one is two:
                continue
            against = self._against(one, two, only_by_hand=False)
            bridging = any(frozenset((x, y)) not in linked for x in parts[id(one)] for y in parts[id(two)])
            if against or bridging:
                refused[edge.pair] = against
                continue
            together = parts[id(one)] + parts[id(two)]
            parts[id(self._union(one, two))] = together
        return refused

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
