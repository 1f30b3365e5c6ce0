"""The home page: where to begin, and whether the data are fresh and whole."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import Any

from datasette.utils.asgi import Response

from db.connection import utc_text
from db.datasette.pages.charts import months, stacked
from db.datasette.pages.respond import gathered, remembered, rows_of, show
from db.datasette.questions import load_questions

NEW_DAYS = 7
MONTHS = 36

_MONTHLY = """
SELECT substr(published, 1, 7) AS month, sources.name AS source, count(*) AS articles
FROM article_facets JOIN sources ON sources.id = article_facets.source_id
WHERE length(published) >= 7
GROUP BY month, source_id"""

_NEWEST = """
SELECT articles.id, title, articles.doctors, published, articles.language, copies, articles.first_seen,
    coalesce(sources.name, sites.name) AS source
FROM articles JOIN sites ON sites.id = articles.site_id LEFT JOIN sources ON sources.id = articles.source_id
WHERE canonical AND gone_at IS NULL
ORDER BY published DESC, articles.id DESC
LIMIT 10"""

_RUNS = """
SELECT runs.id, sites.name AS site, started, finished, runs.reason, fetched, articles, new, changed, failed
FROM runs JOIN sites ON sites.id = runs.site_id
ORDER BY started DESC, runs.id DESC
LIMIT 10"""

_LAST_RUNS = """
SELECT sites.name AS site, runs.reason, runs.failed, runs.fetched, runs.articles
FROM sites JOIN runs ON runs.id = (
    SELECT id FROM runs WHERE site_id = sites.id ORDER BY started DESC, id DESC LIMIT 1)"""


def state_of(run: dict[str, Any]) -> str:
    """How a run went: 'failed', 'troubled' or 'good'."""
    if run["reason"] is None or run["reason"] not in {"finished", "limit"} or (run["fetched"] and not run["articles"]):
        return "failed"
    return "troubled" if run["failed"] * 10 > run["fetched"] else "good"


def _gather(conn: sqlite3.Connection) -> dict[str, Any]:
    monthly = [tuple(row) for row in conn.execute(_MONTHLY)]
    span = sorted(month for month, _, _ in monthly)
    axis = months(span[0], span[-1], MONTHS) if span else []
    runs = rows_of(conn, _RUNS)
    sites = rows_of(conn, _LAST_RUNS)
    finished = [run["finished"] for run in runs if state_of(run) == "good" and run["finished"]]
    return {
        "chart": stacked("Articles a month by source", monthly, axis),
        "newest": rows_of(conn, _NEWEST),
        "runs": [run | {"state": state_of(run)} for run in runs],
        "failing": [site["site"] for site in sites if state_of(site) == "failed"],
        "last_success": max(finished, default=None),
        "sources": conn.execute("SELECT count(*) FROM sources").fetchone()[0],
        "undated": conn.execute("SELECT count(*) FROM article_facets WHERE published IS NULL").fetchone()[0],
    }


async def home(request: Any, datasette: Any) -> Response:
    """`/`."""
    since = utc_text(datetime.now(UTC) - timedelta(days=NEW_DAYS))

    def gather(conn: sqlite3.Connection) -> dict[str, Any]:
        new = conn.execute("SELECT count(*) FROM articles WHERE first_seen >= ?", (since,)).fetchone()[0]
        return remembered(datasette, "home", _gather)(conn) | {"new": new}

    found = await gathered(datasette, request, gather)
    questions = list(load_questions().values())
    return await show(
        datasette, request, "home.html", {**found, "new_days": NEW_DAYS, "since": since, "questions": questions[:6]}
    )
