"""A stored article as the record that it was stored from, so that a part of it can be changed and stored again."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

from db.records import Article, Evidence, Fragment, Origin, PartialDate, Person, PersonKind, Role, Tag
from db.site_keys import choosing, site_key

_LONGEST_ID = 18
"""Digits that any SQLite integer can have."""


def find_article(connection: sqlite3.Connection, name: str) -> int:
    """Id of the article with this id or URL. Raises LookupError."""
    if name.isdecimal() and len(name) <= _LONGEST_ID:
        row = connection.execute("SELECT id FROM articles WHERE id = ?", (int(name),)).fetchone()
    else:
        row = connection.execute(
            "SELECT id FROM articles WHERE url = :url OR canonical_url = :url OR url_key = :key ORDER BY url <> :url",
            {"url": name, "key": site_key(name, choosing(connection))},
        ).fetchone()
    if row is None:
        raise LookupError(f"there is no article {name!r}: give its number or its URL (galen search shows URLs)")
    return int(row["id"])


def load_article(connection: sqlite3.Connection, article_id: int) -> Article:
    """The article as stored; of one over several pages the whole body. Raises LookupError."""
    row = connection.execute(
        """
        SELECT articles.*, sites.name AS site, sources.name AS source
        FROM articles JOIN sites ON sites.id = site_id LEFT JOIN sources ON sources.id = source_id
        WHERE articles.id = ?
        """,
        (article_id,),
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no article {article_id}")
    return Article(
        url=row["url"],
        site=row["site"],
        title=row["title"],
        body=row["body"],
        canonical_url=row["canonical_url"],
        source=row["source"],
        source_raw=row["source_raw"],
        summary=row["summary"],
        language=row["language"],
        **_dates(row),
        byline_raw=row["byline_raw"],
        people=(*_doctors(connection, article_id), *_others(row["authors"])),
        fragments=tuple(Fragment(**fragment) for fragment in json.loads(row["fragments"] or "[]")),
        tags=tuple(
            Tag(tag=tag["tag"], kind=tag["kind"])
            for tag in connection.execute("SELECT tag, kind FROM tags WHERE article_id = ?", (article_id,))
        ),
        evidence=_evidence(connection, article_id),
        policy=tuple(filter(None, (row["policy"] or "").split(", "))),
        withheld=row["withheld"],
        hidden=row["hidden"],
        extractor=row["extractor"],
    )


def _dates(row: sqlite3.Row) -> dict[str, Any]:
    dates: dict[str, Any] = {}
    # Raw string and origin are kept once, for the main date.
    raw, origin = row["date_raw"], Origin(row["date_origin"] or Origin.TEXT)
    for name in ("published", "modified", "reviewed", "next_review"):
        if row[name] is not None:
            offset = row[f"{name}_offset"] if name in ("published", "modified") else None
            dates[name] = PartialDate(value=row[name], offset=offset, raw=raw, origin=origin)
            raw, origin = None, Origin.TEXT
    return dates


def _doctors(connection: sqlite3.Connection, article_id: int) -> list[Person]:
    rows = connection.execute(
        """
        SELECT key, name, clinical_title, credentials, department, hospital, profile_url, role, raw
        FROM article_doctors JOIN doctors ON doctors.id = doctor_id
        WHERE article_id = ? ORDER BY position
        """,
        (article_id,),
    )
    return [Person(**{**dict(row), "kind": PersonKind.CLINICIAN, "role": Role(row["role"])}) for row in rows]


def _others(authors: str | None) -> list[Person]:
    return [Person(name=name) for name in (authors or "").split("; ") if name]


def _evidence(connection: sqlite3.Connection, article_id: int) -> tuple[Evidence, ...]:
    rows = connection.execute(
        "SELECT field, value, origin, detail, chosen FROM evidence WHERE article_id = ? ORDER BY seq", (article_id,)
    )
    return tuple(
        Evidence(
            field=row["field"], value=row["value"], origin=Origin(row["origin"]), detail=row["detail"],
            chosen=bool(row["chosen"]),
        )
        for row in rows
    )  # fmt: skip
