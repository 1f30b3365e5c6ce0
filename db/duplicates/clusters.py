"""Clusters: articles that are one text. Members keep their own rows; nothing is deleted.

An edge says why two articles belong together, a cluster is what the edges connect. The canonical
article of a cluster is the one with the earliest publication date, then one with a doctor, then
the longest, then the first stored: whatever order they came in, the result is the same.
"""

from __future__ import annotations

import sqlite3

MIN_WORDS = 20
"""Shorter texts say nothing: 'Page is being updated.' stands on many pages."""


def place(connection: sqlite3.Connection, article_id: int, text_hash: str, words: int, now: str) -> bool:
    """Put an article whose text is new or changed into the cluster of its exact copies.

    Call it inside a transaction, after the article's row is written. Returns True if the article
    is a copy of another one.
    """
    _leave(connection, article_id)
    if words < MIN_WORDS:
        return False
    twin = connection.execute(
        "SELECT id, cluster_id FROM articles WHERE text_hash = ? AND id <> ? ORDER BY cluster_id IS NULL, id LIMIT 1",
        (text_hash, article_id),
    ).fetchone()
    if twin is None:
        return False
    a, b = sorted((article_id, twin["id"]))
    connection.execute(
        """
        INSERT OR REPLACE INTO duplicate_edges (a, b, kind, verdict, jaccard, containment, reason, made_at)
        VALUES (?, ?, 'exact', 'same', 1.0, 1.0, 'the same words in the same order', ?)
        """,
        (a, b, now),
    )
    cluster_id = twin["cluster_id"]
    if cluster_id is None:
        cluster_id = connection.execute(
            "INSERT INTO clusters (canonical_id, size, sites) VALUES (?, 1, 1)", (twin["id"],)
        ).lastrowid
        connection.execute("UPDATE articles SET cluster_id = ? WHERE id = ?", (cluster_id, twin["id"]))
    connection.execute("UPDATE articles SET cluster_id = ? WHERE id = ?", (cluster_id, article_id))
    refresh(connection, cluster_id)
    return True


def refresh(connection: sqlite3.Connection, cluster_id: int) -> None:
    """Count a cluster's members anew and choose its canonical article; one member is no cluster."""
    members = connection.execute(
        """
        SELECT articles.id, site_id
        FROM articles
        WHERE cluster_id = ?
        ORDER BY published IS NULL, published,
            NOT EXISTS (SELECT 1 FROM article_doctors WHERE article_doctors.article_id = articles.id),
            words DESC, articles.id
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


def _leave(connection: sqlite3.Connection, article_id: int) -> None:
    """Take an article out of its cluster: its text is no longer what the edges speak of."""
    cluster_id = connection.execute("SELECT cluster_id FROM articles WHERE id = ?", (article_id,)).fetchone()[0]
    if cluster_id is None:
        return
    connection.execute("DELETE FROM duplicate_edges WHERE kind = 'exact' AND (a = :id OR b = :id)", {"id": article_id})
    connection.execute("UPDATE articles SET cluster_id = NULL WHERE id = ?", (article_id,))
    refresh(connection, cluster_id)
