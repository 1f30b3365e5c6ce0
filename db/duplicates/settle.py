"""The clusters around one article whose edges are new, or are no more.

As long as what edges connect with it is small, all of it is computed anew (`clusters`). Of thousands of copies and
their siblings that would cost more with every one that comes, so there the article alone is placed: its strongest edge
that nothing speaks against puts it into a cluster, and no more is joined than is certain to be right.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from db.duplicates import clusters, edges, members
from db.duplicates.partition import RANK, SIDE_BY_SIDE, Edge, Pair

MAX_COMPONENT = 60
"""Articles that are computed anew together; the clusters of more may depend on the order in which they came."""
LARGE = "belongs to too many articles to be joined with another text"


def settle(connection: sqlite3.Connection, article_id: int, now: str) -> None:
    """Find the cluster of an article whose edges are new. Call it inside a transaction."""
    component = clusters.connected(connection, {article_id}, MAX_COMPONENT)
    if component is not None:
        clusters.write_partition(connection, component, now)
    else:
        _join(connection, article_id, now)


def part(connection: sqlite3.Connection, article_id: int, copies: Iterable[int], now: str) -> None:
    """Settle what an article leaves behind that has lost its edges with `copies`. Call it inside a transaction."""
    copies = set(copies)
    component = clusters.connected(connection, {article_id, *copies}, MAX_COMPONENT)
    if component is not None:
        clusters.write_partition(connection, component, now)
        return
    left_behind = copies & _fellows(connection, article_id, copies)
    members.dismiss(connection, article_id)
    if not _hold_together(connection, left_behind):
        clusters.recompute(connection, left_behind, now)
    _join(connection, article_id, now)


def _join(connection: sqlite3.Connection, article_id: int, now: str) -> None:
    joining, apart = edges.around(connection, article_id)
    for edge in sorted((e for e in joining if e.kind in RANK), key=lambda e: (RANK[e.kind], -e.jaccard, e.pair)):
        _flag(connection, edge, _follow(connection, article_id, edge, apart, now))
    for edge in sorted((e for e in joining if e.kind not in RANK), key=lambda e: (-e.containment, e.pair)):
        _flag(connection, edge, _attach(connection, article_id, edge, apart))
    own = members.cluster_of(connection, article_id)
    if own is not None and (apart or any(edge.kind not in ("near", "exact") for edge in joining)):
        connection.execute("UPDATE clusters SET plain = 0 WHERE id = ?", (own,))


def _follow(
    connection: sqlite3.Connection, article_id: int, edge: Edge, apart: dict[int, bool], now: str
) -> str | None:
    """Join the text of an edge's other end; why not, where something speaks against it."""
    other = edge.b if edge.a == article_id else edge.a
    own, others = members.cluster_of(connection, article_id), members.cluster_of(connection, other)
    if own is not None and own == others:
        return None
    only_by_hand = edge.kind == "manual"
    against = _against(connection, article_id, other, apart, only_by_hand=only_by_hand)
    if against is None and own is not None:
        against = _between(connection, own, other, others, only_by_hand=only_by_hand)
    if against is not None:
        return clusters.reason_of_refusal(against)
    if edge.kind == "near" and _stands_beside(connection, article_id, other):
        return clusters.reason_of_refusal(None)
    if own is not None and others is not None:
        if not only_by_hand and not (members.is_plain(connection, own) and members.is_plain(connection, others)):
            return LARGE
        members.merge(connection, own, others, now)
    elif own is not None:
        members.admit(connection, own, other)
    else:
        members.admit(connection, others or members.found_cluster(connection, other), article_id)
    return None


def _attach(connection: sqlite3.Connection, article_id: int, edge: Edge, apart: dict[int, bool]) -> str | None:
    """Show an article with a text that it holds, or that holds it, unless it might join two texts."""
    other = edge.b if edge.a == article_id else edge.a
    own, others = members.cluster_of(connection, article_id), members.cluster_of(connection, other)
    if own is not None:
        return None if own == others else clusters.reason_of_refusal(None)
    against = _against(connection, article_id, other, apart, only_by_hand=False)
    if against is not None or _stands_beside(connection, article_id, other):
        return clusters.reason_of_refusal(against)
    if others is not None and not members.is_plain(connection, others):
        return LARGE
    members.admit(connection, others or members.found_cluster(connection, other), article_id)
    return None


def _against(
    connection: sqlite3.Connection, article_id: int, other: int, apart: dict[int, bool], *, only_by_hand: bool
) -> Pair | None:
    """An article that is known to differ from this one and belongs to the text of `other`."""
    known = {end for end, by_hand in apart.items() if by_hand or not only_by_hand}
    found = known & ({other} | _fellows(connection, other, known))
    return min(((min(article_id, end), max(article_id, end)) for end in found), default=None)


def _stands_beside(connection: sqlite3.Connection, article_id: int, holder: int) -> bool:
    """Whether a longer text holds an article beside another one of its own cluster, which has nothing of the article.

    That an edge is missing says so only where the later of the two had no more candidates than are compared.
    """
    row = connection.execute(
        """
        WITH alike AS (
            SELECT b AS id FROM duplicate_edges WHERE a = :holder AND verdict = 'same'
            UNION
            SELECT a FROM duplicate_edges WHERE b = :holder AND verdict = 'same'
        )
        SELECT 1
        FROM articles AS holder
        JOIN articles AS part ON part.id = :article AND part.words BETWEEN 1 AND holder.words - 1
            AND (part.title <> holder.title OR part.title = '')
        JOIN alike
        JOIN articles AS other ON other.id = alike.id AND other.id <> part.id AND other.words > 0
        LEFT JOIN signatures AS later ON later.article_id = max(part.id, other.id)
        WHERE holder.id = :holder AND other.cluster_id = holder.cluster_id
            AND part.words + other.words <= :side_by_side * holder.words AND coalesce(later.skipped, 0) = 0
            AND NOT EXISTS (
                SELECT 1 FROM duplicate_edges AS edge
                WHERE edge.a = min(part.id, other.id) AND edge.b = max(part.id, other.id) AND edge.verdict = 'same'
            )
        LIMIT 1
        """,
        {"article": article_id, "holder": holder, "side_by_side": SIDE_BY_SIDE},
    ).fetchone()
    return row is not None


def _fellows(connection: sqlite3.Connection, article_id: int, some: Iterable[int]) -> set[int]:
    """Those of `some` that are in the cluster of an article."""
    cluster_id = members.cluster_of(connection, article_id)
    return {
        row[0]
        for portion in members.portions(sorted(some))
        for row in connection.execute(
            f"SELECT id FROM articles WHERE id IN ({', '.join('?' * len(portion))}) AND cluster_id = ?",  # noqa: S608
            (*portion, cluster_id),
        )
    }


def _between(
    connection: sqlite3.Connection, own: int, other: int, others: int | None, *, only_by_hand: bool
) -> Pair | None:
    """Two articles known to differ, one of cluster `own`, one the article `other` or of its cluster."""
    row = connection.execute(
        """
        SELECT edge.a, edge.b
        FROM (SELECT :other AS id UNION SELECT id FROM articles WHERE cluster_id = :others) AS one
        JOIN duplicate_edges AS edge ON edge.a = one.id OR edge.b = one.id
        JOIN articles AS two ON two.id = iif(edge.a = one.id, edge.b, edge.a)
        WHERE edge.verdict = 'not_same' AND two.cluster_id = :own AND (edge.kind = 'manual' OR NOT :only_by_hand)
        LIMIT 1
        """,
        {"other": other, "others": others, "own": own, "only_by_hand": only_by_hand},
    ).fetchone()
    return None if row is None else (row[0], row[1])


def _hold_together(connection: sqlite3.Connection, articles: set[int]) -> bool:
    """Whether edges still connect articles of one cluster with each other."""
    missing = set(articles)
    frontier = {missing.pop()} if missing else set()
    seen = set(frontier)
    while frontier and missing:
        reached = {
            end for article in sorted(frontier)[:_STEP] for end in edges.joined(connection, article) if end not in seen
        }
        frontier = (frontier - set(sorted(frontier)[:_STEP])) | reached
        seen |= reached
        missing -= reached
    return not missing


_STEP = 10
"""Articles whose edges are read before it is asked again whether all are found: mostly a few are enough."""


def _flag(connection: sqlite3.Connection, edge: Edge, why: str | None) -> None:
    connection.execute("UPDATE duplicate_edges SET refused = ? WHERE a = ? AND b = ?", (why, *edge.pair))
