"""One article to be read: byline, dates apart, text, and why each field says what it says."""

from __future__ import annotations

import sqlite3
from typing import Any

from datasette.utils.asgi import Response

from db.datasette.pages.markup import http_url, paragraphs
from db.datasette.pages.respond import as_json, gathered, number_in, row_of, rows_of, show
from db.revisions import word_diff

_ARTICLE = """
SELECT articles.*, sites.name AS site, sources.name AS source, sources.kind AS source_kind
FROM articles JOIN sites ON sites.id = articles.site_id LEFT JOIN sources ON sources.id = articles.source_id
WHERE articles.id = :id"""

_PEOPLE = """
SELECT doctors.id, name, role, clinical_title, credentials, department, hospital, raw
FROM article_doctors JOIN doctors ON doctors.id = doctor_id
WHERE article_id = :id
ORDER BY position, role"""

_EVIDENCE = """
SELECT field, value, origin, detail, chosen FROM evidence WHERE article_id = :id ORDER BY field, chosen DESC, seq"""

_COPIES = """
SELECT articles.id, articles.title, sites.name AS site, coalesce(sources.name, sites.name) AS source, doctors,
    published, url, edge.kind, edge.jaccard, edge.reason
FROM articles
JOIN sites ON sites.id = articles.site_id
LEFT JOIN sources ON sources.id = articles.source_id
LEFT JOIN duplicate_edges AS edge ON edge.a = min(articles.id, :id) AND edge.b = max(articles.id, :id)
WHERE articles.cluster_id = :cluster AND articles.id <> :id
ORDER BY published IS NULL, published, articles.id
LIMIT 50"""

_RELATED = """
SELECT articles.id, articles.title, sites.name AS site, edge.kind, edge.verdict, edge.reason
FROM (
    SELECT b AS other, kind, verdict, reason FROM duplicate_edges WHERE a = :id AND verdict <> 'same'
    UNION ALL SELECT a, kind, verdict, reason FROM duplicate_edges WHERE b = :id AND verdict <> 'same'
) AS edge
JOIN articles ON articles.id = edge.other
JOIN sites ON sites.id = articles.site_id
LIMIT 20"""

_REVISIONS = """
SELECT number, seen_at, changed, title, summary, body, published, modified, reviewed
FROM revisions WHERE article_id = :id ORDER BY number DESC LIMIT 20"""

_MOVED = "SELECT field, old, new, seen_at, note FROM date_changes WHERE article_id = :id ORDER BY seen_at DESC, field"
_TAGS = "SELECT tag, kind FROM tags WHERE article_id = :id ORDER BY kind, tag"
ROLES = {
    "author": "Written by",
    "reviewer": "Medically reviewed by",
    "expert": "With expert",
    "answerer": "Answered by",
    "unspecified": "Named",
}


def _gather(conn: sqlite3.Connection, id_: int) -> dict[str, Any]:
    article = row_of(conn, _ARTICLE, id_, "article")
    revisions = rows_of(conn, _REVISIONS, id=id_)
    return {
        "article": article,
        "people": rows_of(conn, _PEOPLE, id=id_),
        "evidence": rows_of(conn, _EVIDENCE, id=id_),
        "copies": rows_of(conn, _COPIES, id=id_, cluster=article["cluster_id"]) if article["cluster_id"] else [],
        "related": rows_of(conn, _RELATED, id=id_),
        "revisions": _compared(article, revisions),
        "moved": rows_of(conn, _MOVED, id=id_),
        "tags": rows_of(conn, _TAGS, id=id_),
    }


def _compared(article: dict[str, Any], revisions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Each former version with what the next one made of it, the latest change first."""
    compared, newer = [], article
    for revision in revisions:
        parts = [
            (name, word_diff(revision[name] or "", newer[name] or ""))
            for name in ("title", "summary", "body")
            if (revision[name] or "") != (newer[name] or "")
        ]
        dates = [
            (name, revision[name], newer[name])
            for name in ("published", "modified", "reviewed")
            if revision[name] != newer[name]
        ]
        compared.append(revision | {"parts": parts, "dates": dates})
        newer = revision
    return compared


def citation(article: dict[str, Any], people: list[dict[str, Any]]) -> str:
    """The article as a line of a list of references."""
    authors = [person["name"] for person in people if person["role"] == "author"] or [article["authors"] or ""]
    parts = [
        "; ".join(name for name in authors if name),
        article["title"],
        article["source"] or article["site"],
        article["published"] or "undated",
        http_url(article["canonical_url"]) or http_url(article["url"]),
        f"Read by Galen {article['last_seen'][:10]}",
    ]
    return ". ".join(part.rstrip(".") for part in parts if part) + "."


async def article(request: Any, datasette: Any) -> Response:
    """`/article/<id>`."""
    found = await gathered(datasette, request, lambda conn: _gather(conn, number_in(request)))
    shown = found["article"]
    fields = ("title", "source", "doctor", "author", "published", "modified", "reviewed", "next_review", "language",
              "summary", "body")  # fmt: skip
    evidence = {name: [row for row in found["evidence"] if row["field"] == name] for name in fields}
    return await show(
        datasette,
        request,
        "article.html",
        {
            **found,
            "evidence": {name: rows for name, rows in evidence.items() if rows},
            "text": paragraphs(shown["body"], shown["fragments"], shown["language"]),
            "introduction": paragraphs(shown["summary"], shown["fragments"], shown["language"]),
            "roles": ROLES,
            "citation": citation(shown, found["people"]),
        },
    )


async def article_json(request: Any, datasette: Any) -> Response:
    """`/article/<id>.json`; documented in docs/api.md, fields are only ever added."""
    found = await gathered(datasette, request, lambda conn: _gather(conn, number_in(request)))
    hidden = {"source_id", "site_id", "doctors", "extractor"}
    kept = {name: value for name, value in found["article"].items() if name not in hidden}
    kept["doctors"] = found["people"]
    kept["tags"] = found["tags"]
    kept["copies_elsewhere"] = found["copies"]
    kept["evidence"] = found["evidence"]
    kept["date_changes"] = found["moved"]
    kept["revisions"] = [
        {name: value for name, value in revision.items() if name not in {"parts", "dates"}}
        for revision in found["revisions"]
    ]
    return as_json(kept)
