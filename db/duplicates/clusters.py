"""Clusters: articles that are one text. Members keep their own rows; nothing is deleted.

An edge says why two articles belong together or do not; `partition` says which clusters the edges make, whatever order
they came in. This module reads the edges around an article, asks for the partition and writes it down.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from db.duplicates.partition import Edge, Pair, partition

_AT_ONCE = 400
_BRIDGE = "would join two texts through a third one"


def recompute(connection: sqlite3.Connection, articles: Iterable[int], now: str) -> None:
    """Settle the clusters of everything that edges connect with these articles. Call it inside a transaction."""
    edges = _connected(connection, set(articles))
    nodes = set(articles) | {end for edge in edges if edge.verdict == "same" for end in edge.pair}
    edges = [edge for edge in edges if edge.a in nodes and edge.b in nodes]
    content, cluster_of = _described(connection, nodes)
    result = partition(content, edges)
    _flag(connection, edges, result.refused)
    for cluster_id in sorted(_write(connection, result.groups, cluster_of, now)):
        refresh(connection, cluster_id)


def join_leader(connection: sqlite3.Connection, article_id: int, leader_id: int) -> None:
    """Put a new article into the cluster of the article that has the very same words."""
    row = connection.execute("SELECT cluster_id FROM articles WHERE id = ?", (leader_id,)).fetchone()
    cluster_id = row[0] or _new_cluster(connection, leader_id)
    connection.executemany(
        "UPDATE articles SET cluster_id = ? WHERE id = ?", [(cluster_id, leader_id), (cluster_id, article_id)]
    )
    refresh(connection, cluster_id)


def refresh(connection: sqlite3.Connection, cluster_id: int) -> None:
    """Count a cluster's members anew and choose its canonical article; one member is no cluster.

    Canonical: the earliest publication date that a page states (a guessed one, or one after we saw the page, comes
    last), then an article with a doctor, then the longest, then the first by URL key.
    """
    members = connection.execute(
        """
        SELECT articles.id, site_id
        FROM articles
        WHERE cluster_id = ?
        ORDER BY
            published IS NULL OR coalesce(date_origin, '') IN ('htmldate', 'trafilatura') OR published > first_seen,
            published IS NULL, published,
            NOT EXISTS (SELECT 1 FROM article_doctors WHERE article_doctors.article_id = articles.id),
            words DESC, url_key
        """,
        (cluster_id,),
    ).fetchall()
    if len(members) < 2:
        connection.execute("UPDATE articles SET cluster_id = NULL WHERE cluster_id = ?", (cluster_id,))
        connection.execute("DELETE FROM clusters WHERE id = ?", (cluster_id,))
        return
    connection.execute(
        "UPDATE clusters SET canonical_id = ?, size = ?, sites = ? WHERE id = ?",
        (members[0]["id"], len(members), len({member["site_id"] for member in members}), cluster_id),
    )


def current(connection: sqlite3.Connection, cluster_id: int) -> int:
    """The number under which a cluster is found today, itself where it never was merged."""
    for _ in range(1000):
        row = connection.execute("SELECT new_id FROM cluster_merges WHERE old_id = ?", (cluster_id,)).fetchone()
        if row is None:
            break
        cluster_id = row[0]
    return cluster_id


def _connected(connection: sqlite3.Connection, seeds: set[int]) -> list[Edge]:
    """All edges of all articles that edges of verdict 'same' connect with the seeds."""
    edges: dict[Pair, Edge] = {}
    seen, frontier = set(seeds), set(seeds)
    while frontier:
        reached: set[int] = set()
        for edge in _edges_of(connection, frontier):
            edges[edge.pair] = edge
            if edge.verdict == "same":
                reached.update(edge.pair)
        frontier = reached - seen
        seen |= frontier
    return list(edges.values())


def _edges_of(connection: sqlite3.Connection, articles: set[int]) -> Iterator[Edge]:
    for some in _portions(sorted(articles)):
        marks = ", ".join("?" * len(some))
        for column in ("a", "b"):
            for row in connection.execute(
                "SELECT a, b, kind, verdict, coalesce(jaccard, 0), coalesce(containment, 0) "  # noqa: S608
                f"FROM duplicate_edges WHERE {column} IN ({marks})",
                some,
            ):
                yield Edge(*row)


def _described(connection: sqlite3.Connection, nodes: set[int]) -> tuple[dict[int, str], dict[int, int | None]]:
    """Key of the content of each article, and its cluster so far."""
    content: dict[int, str] = {}
    cluster_of: dict[int, int | None] = {}
    for some in _portions(sorted(nodes)):
        for row in connection.execute(
            "SELECT articles.id, coalesce(signatures.key, 0) || ' ' || url_key, cluster_id "  # noqa: S608
            "FROM articles LEFT JOIN signatures ON signatures.article_id = articles.id "
            f"WHERE articles.id IN ({', '.join('?' * len(some))})",
            some,
        ):
            content[row[0]], cluster_of[row[0]] = row[1], row[2]
    return content, cluster_of


def _flag(connection: sqlite3.Connection, edges: Sequence[Edge], refused: Mapping[Pair, Pair | None]) -> None:
    """Write beside every edge whether and why it joins nothing."""
    for edge in edges:
        why: str | None = None
        if edge.pair in refused:
            against = refused[edge.pair]
            why = _BRIDGE if against is None else f"articles {against[0]} and {against[1]} are not the same"
        connection.execute(
            "UPDATE duplicate_edges SET refused = :why WHERE a = :a AND b = :b AND refused IS NOT :why",
            {"why": why, "a": edge.a, "b": edge.b},
        )


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
            target = _new_cluster(connection, min(group))
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


def _new_cluster(connection: sqlite3.Connection, article_id: int) -> int:
    # Numbers of clusters that were merged lead to others: they must not come back as new ones.
    row = connection.execute(
        """
        INSERT INTO clusters (id, canonical_id, size, sites)
        SELECT 1 + max(coalesce((SELECT max(id) FROM clusters), 0),
                       coalesce((SELECT max(old_id) FROM cluster_merges), 0)), ?, 1, 1
        RETURNING id
        """,
        (article_id,),
    ).fetchone()
    return int(row[0])


def _portions(values: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
