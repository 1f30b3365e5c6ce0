"""Clusters: articles that are one text. Members keep their own rows; nothing is deleted.

An edge says why two articles belong together or do not; `partition` says which clusters the edges make, whatever order
they came in. This module reads the edges around an article, asks for the partition and writes it down.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from db.duplicates import members
from db.duplicates.members import portions
from db.duplicates.partition import Edge, Pair, partition

_BRIDGE = "would join two texts through a third one"


def recompute(connection: sqlite3.Connection, articles: Iterable[int], now: str) -> None:
    """Settle the clusters of everything that edges connect with these articles. Call it inside a transaction."""
    component = connected(connection, set(articles))
    assert component is not None
    write_partition(connection, component, now)


@dataclass(frozen=True, slots=True)
class Component:
    """Articles that edges of verdict 'same' connect, with all that is known about two of them."""

    articles: frozenset[int]
    edges: tuple[Edge, ...]
    refused: Mapping[Pair, str]
    """Edges that joined nothing so far, and why."""


def connected(connection: sqlite3.Connection, seeds: set[int], limit: int | None = None) -> Component | None:
    """All that edges connect with the seeds; None if those are more than `limit` articles."""
    found: dict[Pair, Edge] = {}
    refused: dict[Pair, str] = {}
    seen, frontier = set(seeds), set(seeds)
    while frontier:
        reached: set[int] = set()
        for edge, why in _same_edges(connection, frontier):
            found[edge.pair] = edge
            if why is not None:
                refused[edge.pair] = why
            reached.update(end for end in edge.pair if end not in seen)
            if limit is not None and len(seen) + len(reached) > limit:
                return None
        frontier = reached
        seen |= reached
    apart = (edge for edge in _apart(connection, seen) if edge.a in seen)
    return Component(frozenset(seen), (*found.values(), *apart), refused)


def write_partition(connection: sqlite3.Connection, component: Component, now: str) -> None:
    """Compute the clusters of a component and write them down."""
    content, cluster_of, words, titles = _described(connection, component.articles)
    result = partition(content, component.edges, words, titles)
    _flag(connection, component, result.refused)
    for cluster_id in sorted(_write(connection, result.groups, cluster_of, now)):
        members.refresh(connection, cluster_id)
    special = {end for edge in component.edges if not _is_plain(edge) for end in edge.pair}
    connection.executemany(
        "UPDATE clusters SET plain = :plain WHERE id = (SELECT cluster_id FROM articles WHERE id = :member)",
        [{"plain": special.isdisjoint(group), "member": min(group)} for group in result.groups if len(group) > 1],
    )


def _is_plain(edge: Edge) -> bool:
    """Whether an edge can neither refuse a bridge nor be refused itself."""
    return edge.verdict == "same" and edge.kind in ("near", "exact")


def _same_edges(connection: sqlite3.Connection, articles: set[int]) -> Iterator[tuple[Edge, str | None]]:
    for some in portions(sorted(articles)):
        for column in ("a", "b"):
            for row in connection.execute(
                f"SELECT {_EDGE}, refused FROM duplicate_edges "  # noqa: S608
                f"WHERE {column} IN ({', '.join('?' * len(some))}) AND verdict = 'same'",
                some,
            ):
                yield Edge(*row[:-1]), row[-1]


def _apart(connection: sqlite3.Connection, articles: set[int]) -> Iterator[Edge]:
    """Edges of verdict 'not_same' by their later article: an early one of a template has thousands, a later one 50."""
    for some in portions(sorted(articles)):
        for row in connection.execute(
            f"SELECT {_EDGE} FROM duplicate_edges "  # noqa: S608
            f"WHERE b IN ({', '.join('?' * len(some))}) AND verdict = 'not_same'",
            some,
        ):
            yield Edge(*row)


_EDGE = "a, b, kind, verdict, coalesce(jaccard, 0), coalesce(containment, 0)"


def _described(
    connection: sqlite3.Connection, nodes: Iterable[int]
) -> tuple[dict[int, str], dict[int, int | None], dict[int, int], dict[int, str]]:
    """Key of the content of each article, its cluster so far, its words and its title."""
    content: dict[int, str] = {}
    cluster_of: dict[int, int | None] = {}
    words: dict[int, int] = {}
    titles: dict[int, str] = {}
    for some in portions(sorted(nodes)):
        for row in connection.execute(
            "SELECT articles.id, coalesce(signatures.key, 0) || ' ' || url_key, cluster_id, words, title "  # noqa: S608
            "FROM articles LEFT JOIN signatures ON signatures.article_id = articles.id "
            f"WHERE articles.id IN ({', '.join('?' * len(some))})",
            some,
        ):
            content[row[0]], cluster_of[row[0]], words[row[0]], titles[row[0]] = row[1:]
    return content, cluster_of, words, titles


def _flag(connection: sqlite3.Connection, component: Component, refused: Mapping[Pair, Pair | None]) -> None:
    """Write beside every edge whether and why it joins nothing."""
    why = {pair: reason_of_refusal(against) for pair, against in refused.items()}
    changed = [pair for pair in {*why, *component.refused} if why.get(pair) != component.refused.get(pair)]
    connection.executemany(
        "UPDATE duplicate_edges SET refused = ? WHERE a = ? AND b = ?", [(why.get(pair), *pair) for pair in changed]
    )


def reason_of_refusal(against: Pair | None) -> str:
    """Why an edge joins nothing, in words."""
    return _BRIDGE if against is None else f"articles {against[0]} and {against[1]} are not the same"


def _write(
    connection: sqlite3.Connection, groups: Sequence[frozenset[int]], cluster_of: Mapping[int, int | None], now: str
) -> set[int]:
    """Give every group a cluster, keeping numbers where most of the members keep them; returns the clusters touched."""
    overlaps = sorted(
        (
            (-shared, old, number)
            for number, group in enumerate(groups)
            for old, shared in Counter(cluster_of[article] for article in group).items()
            if old is not None and len(group) > 1
        ),
    )
    number_of: dict[int, int] = {}
    for _, old, number in overlaps:
        if old not in number_of.values():
            number_of.setdefault(number, old)
    touched: set[int] = {old for old in cluster_of.values() if old is not None}
    for number, group in enumerate(groups):
        target = number_of.get(number)
        if target is None and len(group) > 1:
            target = members.new_cluster(connection, min(group))
        if target is not None:
            touched.add(target)
        moved = [article for article in sorted(group) if cluster_of[article] != target]
        connection.executemany("UPDATE articles SET cluster_id = ? WHERE id = ?", [(target, a) for a in moved])
        gone = {cluster_of[article] for article in moved} - set(number_of.values()) - {None}
        connection.executemany(
            "INSERT OR REPLACE INTO cluster_merges (old_id, new_id, merged_at) VALUES (?, ?, ?)",
            [(old, target, now) for old in sorted(filter(None, gone)) if target is not None],
        )
    return touched
