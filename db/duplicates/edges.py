"""Stored edges: what was found out about two articles. Edges of kind 'manual' are an analyst's and stay."""

from __future__ import annotations

import sqlite3

from db.duplicates.partition import Edge
from db.duplicates.verify import RULES, Finding

TWIN = Finding("exact", "same", 1.0, 1.0, "the same title and the same words in the same order")


def put(connection: sqlite3.Connection, one: int, two: int, finding: Finding, now: str) -> None:
    """Store what comparing `one` with `two` gave; the reason reads from the lower article id to the higher."""
    a, b = sorted((one, two))
    connection.execute(
        """
        INSERT INTO duplicate_edges (a, b, kind, verdict, jaccard, containment, reason, made_at, rules)
        VALUES (:a, :b, :kind, :verdict, :jaccard, :containment, :reason, :now, :rules)
        ON CONFLICT (a, b) DO UPDATE SET kind = excluded.kind, verdict = excluded.verdict, jaccard = excluded.jaccard,
            containment = excluded.containment, reason = excluded.reason, made_at = excluded.made_at,
            rules = excluded.rules,
            refused = CASE
                WHEN (kind, verdict, jaccard, containment)
                    IS (excluded.kind, excluded.verdict, excluded.jaccard, excluded.containment)
                THEN refused
            END
        WHERE kind <> 'manual'
        """,
        {
            "a": a,
            "b": b,
            "kind": finding.kind,
            "verdict": finding.verdict,
            "jaccard": round(finding.jaccard, 4),
            "containment": round(finding.containment, 4),
            "reason": finding.reason if one == a else finding.turned,
            "now": now,
            "rules": RULES,
        },
    )


def of_article(connection: sqlite3.Connection, article_id: int) -> bool:
    """Whether anything is known about an article and another one."""
    row = connection.execute(
        "SELECT 1 FROM duplicate_edges WHERE a = :id OR b = :id LIMIT 1", {"id": article_id}
    ).fetchone()
    return row is not None


def joined(connection: sqlite3.Connection, article_id: int, *, refused_too: bool = False) -> set[int]:
    """Articles of which an edge says that they are one text with this one."""
    rows = connection.execute(
        """
        SELECT b FROM duplicate_edges WHERE a = :id AND verdict = 'same' AND (refused IS NULL OR :refused_too)
        UNION
        SELECT a FROM duplicate_edges WHERE b = :id AND verdict = 'same' AND (refused IS NULL OR :refused_too)
        """,
        {"id": article_id, "refused_too": refused_too},
    )
    return {row[0] for row in rows}


def around(connection: sqlite3.Connection, article_id: int) -> tuple[list[Edge], dict[int, bool]]:
    """Edges that make an article one text with others; and the articles that it is not the same as (True: by hand)."""
    same: list[Edge] = []
    apart: dict[int, bool] = {}
    for row in connection.execute(
        """
        SELECT a, b, kind, verdict, coalesce(jaccard, 0), coalesce(containment, 0) FROM duplicate_edges
        WHERE (a = :id OR b = :id) AND verdict <> 'related'
        """,
        {"id": article_id},
    ):
        edge = Edge(*row)
        if edge.verdict == "same":
            same.append(edge)
        else:
            apart[edge.b if edge.a == article_id else edge.a] = edge.kind == "manual"
    return same, apart


def forget(connection: sqlite3.Connection, article_id: int) -> None:
    """Delete what was found out about an article, not what an analyst said."""
    connection.execute(
        "DELETE FROM duplicate_edges WHERE (a = :id OR b = :id) AND kind <> 'manual'", {"id": article_id}
    )


def inherit(connection: sqlite3.Connection, article_id: int, heir: int) -> None:
    """Give an article of the very same words every edge that another one had."""
    connection.execute(
        """
        INSERT INTO duplicate_edges (a, b, kind, verdict, jaccard, containment, reason, made_at, rules,
            refused)
        SELECT min(other, :heir), max(other, :heir), kind, verdict, jaccard, containment, reason, made_at, rules,
            refused
        FROM (
            SELECT iif(a = :id, b, a) AS other, * FROM duplicate_edges
            WHERE (a = :id OR b = :id) AND kind <> 'manual'
        )
        WHERE other <> :heir
        ON CONFLICT (a, b) DO NOTHING
        """,
        {"id": article_id, "heir": heir},
    )
