"""The members of a cluster: who comes, who goes, who stands for it. Each costs the same whatever the cluster's size."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Sequence

_AT_ONCE = 400


def join_leader(connection: sqlite3.Connection, article_id: int, leader_id: int) -> None:
    """Put a new article into the cluster of the article that has the very same words."""
    admit(connection, cluster_of(connection, leader_id) or found_cluster(connection, leader_id), article_id)


def join_plain(connection: sqlite3.Connection, article_id: int, copies: Iterable[int]) -> bool:
    """Put a new article that is a near or exact copy of these, and has no other edges, into their one plain cluster.

    False, and nothing done, where that cannot be told without looking at every edge around them.
    """
    found = {
        tuple(row)
        for some in portions(sorted(copies))
        for row in connection.execute(
            "SELECT DISTINCT clusters.id, plain FROM articles LEFT JOIN clusters ON clusters.id = cluster_id "  # noqa: S608
            f"WHERE articles.id IN ({', '.join('?' * len(some))})",
            some,
        )
    }
    if len(found) != 1:
        return False
    cluster_id, plain = found.pop()
    if not plain:
        return False
    admit(connection, cluster_id, article_id)
    return True


def found_cluster(connection: sqlite3.Connection, article_id: int) -> int:
    """A new cluster with one article, which is no cluster yet: another one must be admitted."""
    cluster_id = new_cluster(connection, article_id)
    connection.execute("UPDATE articles SET cluster_id = ? WHERE id = ?", (cluster_id, article_id))
    return cluster_id


def admit(connection: sqlite3.Connection, cluster_id: int, article_id: int) -> None:
    """Put an article that has no cluster into one; costs the same whatever its size."""
    connection.execute("UPDATE articles SET cluster_id = ? WHERE id = ?", (cluster_id, article_id))
    connection.execute(
        "UPDATE clusters SET size = size + 1, sites = sites + ? WHERE id = ?",
        (not _site_remains(connection, cluster_id, article_id), cluster_id),
    )
    _compete(connection, cluster_id, article_id)


def dismiss(connection: sqlite3.Connection, article_id: int) -> None:
    """Take an article out of its cluster; the others stay together."""
    cluster_id = cluster_of(connection, article_id)
    if cluster_id is None:
        return
    row = connection.execute("SELECT canonical_id, size FROM clusters WHERE id = ?", (cluster_id,)).fetchone()
    same_site = _site_remains(connection, cluster_id, article_id)
    connection.execute("UPDATE articles SET cluster_id = NULL WHERE id = ?", (article_id,))
    if row["canonical_id"] == article_id or row["size"] < 3:
        refresh(connection, cluster_id)
        return
    connection.execute(
        "UPDATE clusters SET size = size - 1, sites = sites - ? WHERE id = ?", (not same_site, cluster_id)
    )


def weigh(connection: sqlite3.Connection, article_id: int) -> None:
    """Choose the canonical article of a cluster anew after what one member says of itself has changed."""
    row = connection.execute(
        "SELECT clusters.id, canonical_id FROM articles JOIN clusters ON clusters.id = cluster_id "
        "WHERE articles.id = ?",
        (article_id,),
    ).fetchone()
    if row is None:
        return
    if row["canonical_id"] == article_id:
        refresh(connection, row["id"])
    else:
        _compete(connection, row["id"], article_id)


def merge(connection: sqlite3.Connection, one: int, two: int, now: str) -> None:
    """Move the members of the smaller of two clusters into the larger; the old number leads to the new."""
    rows = connection.execute(
        "SELECT id FROM clusters WHERE id IN (?, ?) ORDER BY size, id DESC", (one, two)
    ).fetchall()
    small, large = (int(row["id"]) for row in rows)
    moving = connection.execute("SELECT id FROM articles WHERE cluster_id = ? ORDER BY id", (small,)).fetchall()
    for row in moving:
        admit(connection, large, row["id"])
    connection.execute("DELETE FROM clusters WHERE id = ?", (small,))
    connection.execute(
        "INSERT OR REPLACE INTO cluster_merges (old_id, new_id, merged_at) VALUES (?, ?, ?)", (small, large, now)
    )


def is_plain(connection: sqlite3.Connection, cluster_id: int) -> bool:
    """Whether only near and exact edges connect the members, and none is known to differ from another text nearby."""
    return bool(connection.execute("SELECT plain FROM clusters WHERE id = ?", (cluster_id,)).fetchone()[0])


def cluster_of(connection: sqlite3.Connection, article_id: int) -> int | None:
    """The cluster of an article, None where it has no copies."""
    row = connection.execute("SELECT cluster_id FROM articles WHERE id = ?", (article_id,)).fetchone()
    return None if row is None else row[0]


def _compete(connection: sqlite3.Connection, cluster_id: int, article_id: int) -> None:
    connection.execute(
        f"""
        UPDATE clusters SET canonical_id = (
            SELECT id FROM articles WHERE id IN (clusters.canonical_id, :article) ORDER BY {_STANDING} LIMIT 1
        )
        WHERE id = :cluster
        """,  # noqa: S608
        {"article": article_id, "cluster": cluster_id},
    )


def _site_remains(connection: sqlite3.Connection, cluster_id: int, article_id: int) -> bool:
    """Whether a cluster has another article of this one's site."""
    row = connection.execute(
        """
        SELECT 1 FROM articles
        WHERE cluster_id = :cluster AND site_id = (SELECT site_id FROM articles WHERE id = :article) AND id <> :article
        LIMIT 1
        """,
        {"cluster": cluster_id, "article": article_id},
    ).fetchone()
    return row is not None


_STANDING = """
    published IS NULL OR coalesce(date_origin, '') IN ('htmldate', 'trafilatura') OR published > first_seen,
    published IS NULL, published,
    NOT EXISTS (SELECT 1 FROM article_doctors WHERE article_doctors.article_id = articles.id),
    words DESC, url_key
"""
"""Canonical: the earliest publication date that a page states (a guessed one, or one after we saw the page, comes
last), then an article with a doctor, then the longest, then the first by URL key."""


def refresh(connection: sqlite3.Connection, cluster_id: int) -> None:
    """Count a cluster's members anew and choose its canonical article; one member is no cluster."""
    members = connection.execute(
        f"SELECT id, site_id FROM articles WHERE cluster_id = ? ORDER BY {_STANDING}",  # noqa: S608
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


def new_cluster(connection: sqlite3.Connection, article_id: int) -> int:
    """An empty cluster; `article_id` stands for it until its members are counted."""
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


def portions(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """So many at a time as one statement takes."""
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
