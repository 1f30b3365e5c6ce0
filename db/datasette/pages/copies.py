"""Texts found more than once: clusters, who was first, why they are one text, and what differs."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import NotFound, Response

from db.datasette.pages.respond import first_arg, gathered, number_in, row_of, rows_of, show
from db.revisions import word_diff

SIZE = 20

_LIST = """
SELECT clusters.id, clusters.canonical_id, clusters.size, clusters.sites, articles.title, articles.language
FROM clusters JOIN articles ON articles.id = clusters.canonical_id
WHERE clusters.size > 1
ORDER BY clusters.sites DESC, clusters.size DESC, clusters.id
LIMIT :size OFFSET :skip"""

_MEMBERS = """
SELECT articles.id, articles.title, articles.cluster_id, articles.canonical, sites.name AS site,
    coalesce(sources.name, sites.name) AS source, doctors, published, articles.first_seen, url, words, gone_at
FROM articles JOIN sites ON sites.id = articles.site_id LEFT JOIN sources ON sources.id = articles.source_id
WHERE articles.cluster_id = :id
ORDER BY published IS NULL, published, articles.id
LIMIT 100"""

_EDGES = """
SELECT a, b, kind, verdict, jaccard, containment, reason
FROM duplicate_edges
WHERE a IN (SELECT id FROM articles WHERE cluster_id = :id) AND b IN (SELECT id FROM articles WHERE cluster_id = :id)
ORDER BY a, b LIMIT 200"""

_TEXT = "SELECT id, title, summary, body, language, withheld FROM articles WHERE id = :id"


def _clusters(conn: sqlite3.Connection, page: int) -> dict[str, Any]:
    total = conn.execute("SELECT count(*) FROM clusters WHERE size > 1").fetchone()[0]
    found = rows_of(conn, _LIST, size=SIZE, skip=(page - 1) * SIZE)
    for cluster in found:
        cluster["members"] = rows_of(conn, _MEMBERS, id=cluster["id"])
        edges = rows_of(conn, _EDGES, id=cluster["id"])
        cluster["kinds"] = sorted({edge["kind"] for edge in edges if edge["verdict"] == "same"})
        cluster["least"] = min((edge["jaccard"] for edge in edges if edge["jaccard"] is not None), default=None)
    return {"clusters": found, "total": total, "page": page, "pages": max(1, -(-total // SIZE))}


def _cluster(conn: sqlite3.Connection, id_: int, other: int | None) -> dict[str, Any]:
    cluster = row_of(conn, "SELECT * FROM clusters WHERE id = :id", id_, "group of copies")
    members = rows_of(conn, _MEMBERS, id=id_)
    others = [member["id"] for member in members if member["id"] != cluster["canonical_id"]]
    if other is None:
        other = next(iter(others), None)
    if other is None or other not in others:
        raise NotFound(f"The article {other} is no copy in this group.")
    left = row_of(conn, _TEXT, cluster["canonical_id"], "article")
    right = row_of(conn, _TEXT, other, "article")
    by_id = {member["id"]: member for member in members}
    return {
        "cluster": cluster,
        "members": members,
        "edges": rows_of(conn, _EDGES, id=id_),
        "left": left | by_id[left["id"]],
        "right": right | by_id[right["id"]],
        "parts": [(name, word_diff(left[name] or "", right[name] or "")) for name in ("title", "summary", "body")],
    }


async def duplicates(request: Any, datasette: Any) -> Response:
    """`/duplicates`."""
    given = first_arg(request, "page")
    page = min(max(int(given), 1), 10**6) if given.isascii() and given.isdigit() and len(given) < 9 else 1
    found = await gathered(datasette, request, lambda conn: _clusters(conn, page))
    return await show(datasette, request, "duplicates.html", found)


async def cluster(request: Any, datasette: Any) -> Response:
    """`/duplicates/<id>`, compared with the copy `with`."""
    given = first_arg(request, "with")
    other = int(given) if given.isascii() and given.isdigit() and len(given) < 19 else None
    found = await gathered(datasette, request, lambda conn: _cluster(conn, number_in(request), other))
    return await show(datasette, request, "cluster.html", found)
