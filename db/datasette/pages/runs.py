"""Crawl runs: did last night's crawl work, and if not, why."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Any

from datasette.utils.asgi import Response

from db.datasette.pages.charts import bars
from db.datasette.pages.home import state_of
from db.datasette.pages.respond import gathered, number_in, row_of, rows_of, show

_LIST = """
SELECT runs.*, sites.name AS site
FROM runs JOIN sites ON sites.id = runs.site_id
ORDER BY started DESC, runs.id DESC
LIMIT 100"""

_RUN = "SELECT runs.*, sites.name AS site FROM runs JOIN sites ON sites.id = runs.site_id WHERE runs.id = :id"

_REASONS = """
SELECT state, reason, count(*) AS pages
FROM fetched_pages
WHERE site_id = :site AND state IN ('rejected', 'failed', 'gone')
    AND fetched_at >= :started AND fetched_at <= coalesce(:finished, '9999')
GROUP BY state, reason ORDER BY pages DESC LIMIT 30"""

_PAGES = """
SELECT state, reason, status, url, fetched_at
FROM fetched_pages
WHERE site_id = :site AND state IN ('rejected', 'failed', 'gone')
    AND fetched_at >= :started AND fetched_at <= coalesce(:finished, '9999')
ORDER BY state, reason, url LIMIT 100"""

KINDS = ("new", "changed", "unchanged", "listings", "rejected", "failed", "gone")
_FIELDS = {"with_title": "Title", "with_source": "Source", "with_doctor": "Doctor", "with_published": "Date",
           "with_body": "Text"}  # fmt: skip


def lasted(run: dict[str, Any]) -> str:
    """Length of a run in words; '' if it did not end."""
    if not run["finished"]:
        return ""
    seconds = (datetime.fromisoformat(run["finished"]) - datetime.fromisoformat(run["started"])).total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _gather(conn: sqlite3.Connection, id_: int) -> dict[str, Any]:
    run = row_of(conn, _RUN, id_, "crawl run")
    when = {"site": run["site_id"], "started": run["started"], "finished": run["finished"]}
    total = run["articles"] or 1
    return {
        "run": run | {"state": state_of(run), "lasted": lasted(run)},
        "outcome": bars([(kind, run[kind]) for kind in KINDS]),
        "rates": bars([(label, 100 * run[name] / total) for name, label in _FIELDS.items()], 100),
        "reasons": rows_of(conn, _REASONS, **when),
        "pages": rows_of(conn, _PAGES, **when),
    }


async def runs(request: Any, datasette: Any) -> Response:
    """`/runs`."""
    found = await gathered(datasette, request, lambda conn: rows_of(conn, _LIST))
    most = max((run["fetched"] for run in found), default=0) or 1
    shown = [
        run | {"state": state_of(run), "lasted": lasted(run), "bar": bars([("fetched", run["fetched"])], most)[0]}
        for run in found
    ]
    return await show(datasette, request, "runs.html", {"runs": shown})


async def run(request: Any, datasette: Any) -> Response:
    """`/runs/<id>`."""
    found = await gathered(datasette, request, lambda conn: _gather(conn, number_in(request)))
    return await show(datasette, request, "run.html", found)
