"""What a database holds, site by site: for the summary after a crawl."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

FIELDS = ("title", "source", "doctor", "published", "body")


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteSummary:
    """Counts of one site, over all runs."""

    site: str
    fetched: int
    """Pages that were answered at least once."""
    articles: int
    copies: int
    """Articles whose text stands, earlier or better documented, in another row."""
    rejected: int
    failed: int
    """Pages given up or waiting to be tried again."""
    fields: dict[str, int]
    """How many of the articles have a title, source, doctor, published date, body."""


def site_summaries(connection: sqlite3.Connection, names: Iterable[str] | None = None) -> list[SiteSummary]:
    """One summary a site, of those named or of all, in the order in which the sites were first crawled."""
    rows = connection.execute(
        """
        SELECT sites.name AS site,
            (SELECT count(*) FROM pages WHERE site_id = sites.id AND status IS NOT NULL) AS fetched,
            (SELECT count(*) FROM pages WHERE site_id = sites.id AND state = 'rejected') AS rejected,
            (SELECT count(*) FROM pages WHERE site_id = sites.id
                AND (state IN ('failed', 'gone') OR (state = 'pending' AND reason IS NOT NULL))) AS failed,
            count(articles.id) AS articles,
            sum(clusters.id IS NOT NULL AND clusters.canonical_id <> articles.id) AS copies,
            count(articles.title) AS title,
            count(articles.source_id) AS source,
            sum(EXISTS (SELECT 1 FROM article_doctors WHERE article_id = articles.id)) AS doctor,
            count(articles.published) AS published,
            count(articles.body) AS body
        FROM sites
        LEFT JOIN articles ON articles.site_id = sites.id
        LEFT JOIN clusters ON clusters.id = articles.cluster_id
        WHERE :names IS NULL OR sites.name IN (SELECT value FROM json_each(:names))
        GROUP BY sites.id
        ORDER BY sites.id
        """,
        {"names": None if names is None else json.dumps(list(names))},
    )
    return [
        SiteSummary(
            site=row["site"],
            fetched=row["fetched"],
            articles=row["articles"],
            copies=row["copies"] or 0,
            rejected=row["rejected"],
            failed=row["failed"],
            fields={name: row[name] or 0 if row["articles"] else 0 for name in FIELDS},
        )
        for row in rows
    ]
