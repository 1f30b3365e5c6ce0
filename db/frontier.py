"""The frontier: URLs to fetch and what fetching them gave, rows of `pages`.

States: pending -> done | rejected | gone | failed. A process owns a whole site while it crawls
(a file lock beside the database, see `crawler.frontier.site_lock`), so a page in flight needs no
mark of its own: after a crash it is still pending.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from datetime import datetime, timedelta

from db.connection import utc_now, utc_text
from db.records import Link, Page, PageKind, PageResult, Verdict

MAX_ATTEMPTS = 5
"""Failures in a row after which a page is left alone until `RETRY_FAILED`."""

RETRY_FAILED = timedelta(days=1)
REVISIT = {
    Verdict.ARTICLE: timedelta(days=7),
    Verdict.UNCHANGED: timedelta(days=7),
    Verdict.PART: timedelta(days=7),
    Verdict.REJECTED: timedelta(days=30),
    Verdict.GONE: timedelta(days=30),
    Verdict.FAILED: RETRY_FAILED,
}
"""When a page is due again; listings, sitemaps and feeds are due whenever a crawl links to them."""

_STATE = {
    Verdict.ARTICLE: "done",
    Verdict.PART: "done",
    Verdict.LISTING: "done",
    Verdict.UNCHANGED: "done",
    Verdict.REJECTED: "rejected",
    Verdict.GONE: "gone",
}

PRIORITY = {
    PageKind.ROBOTS: 50,
    PageKind.SITEMAP: 40,
    PageKind.FEED: 40,
    PageKind.LISTING: 20,
    PageKind.PART: 10,
    PageKind.ARTICLE: 0,
    PageKind.REQUEST: 0,
}
"""Discovery first, so that a run cut short has still seen what is new."""

_DISCOVERY = (PageKind.ROBOTS, PageKind.SITEMAP, PageKind.FEED, PageKind.LISTING)


def add_links(connection: sqlite3.Connection, site_id: int, links: Iterable[Link], run_id: int) -> int:
    """Put links into the frontier; returns how many were new.

    A known page becomes due again if it is a seed (`refetch`), if it is a listing, sitemap or feed
    that this run has not fetched yet, or if its lastmod is another than when it was fetched.
    """
    now = utc_now()
    new = 0
    for link in links:
        added = connection.execute(
            """
            INSERT INTO pages (site_id, fingerprint, url, kind, request, priority, depth, lastmod, first_seen)
            VALUES (:site_id, :fingerprint, :url, :kind, :request, :priority, :depth, :lastmod, :now)
            ON CONFLICT (site_id, fingerprint) DO NOTHING
            """,
            {
                "site_id": site_id,
                "fingerprint": link.fingerprint,
                "url": link.url,
                "kind": link.kind,
                "request": link.request,
                "priority": PRIORITY[link.kind] + link.priority,
                "depth": link.depth,
                "lastmod": link.lastmod,
                "now": now,
            },
        ).rowcount
        new += added
        if not added and (link.refetch or link.lastmod or link.kind in _DISCOVERY):
            _reopen(connection, site_id, link, run_id)
    return new


def _reopen(connection: sqlite3.Connection, site_id: int, link: Link, run_id: int) -> None:
    connection.execute(
        """
        UPDATE pages
        SET lastmod = coalesce(:lastmod, lastmod), kind = :kind, request = :request, priority = :priority,
            state = 'pending', due = NULL, attempts = 0, reason = NULL
        WHERE site_id = :site_id AND fingerprint = :fingerprint
            AND state NOT IN ('pending', 'leased')
            AND coalesce(run_id, 0) <> :run_id
            AND (:always OR (:lastmod IS NOT NULL AND :lastmod IS NOT fetched_lastmod))
        """,
        {
            "site_id": site_id,
            "fingerprint": link.fingerprint,
            "lastmod": link.lastmod,
            "kind": link.kind,
            "request": link.request,
            "priority": PRIORITY[link.kind] + link.priority,
            "run_id": run_id,
            "always": link.refetch or link.kind in _DISCOVERY,
        },
    )


def reopen_due(connection: sqlite3.Connection, site_id: int, now: str) -> int:
    """Make every page of a site pending whose time to be looked at again has come; returns how many."""
    return connection.execute(
        """
        UPDATE pages SET state = 'pending', due = NULL, attempts = 0, reason = NULL
        WHERE site_id = ? AND state IN ('done', 'failed', 'rejected', 'gone') AND due <= ?
        """,
        (site_id, now),
    ).rowcount


def due_pages(connection: sqlite3.Connection, site_id: int, now: str, limit: int) -> list[Page]:
    """The next pages of a site to fetch, most important first, then in the order they were found."""
    rows = connection.execute(
        """
        SELECT id, url, kind, request, attempts, depth, etag, last_modified, lastmod, priority
        FROM pages
        WHERE site_id = ? AND state IN ('pending', 'leased') AND (due IS NULL OR due <= ?)
        ORDER BY priority DESC, id
        LIMIT ?
        """,
        (site_id, now, limit),
    )
    return [Page(**{**dict(row), "kind": PageKind(row["kind"])}) for row in rows]


def next_due(connection: sqlite3.Connection, site_id: int) -> str | None:
    """When the earliest waiting page of a site is due (UTC text), '' for at once, None for never."""
    row = connection.execute(
        "SELECT min(coalesce(due, '')) FROM pages WHERE site_id = ? AND state IN ('pending', 'leased')", (site_id,)
    ).fetchone()
    return None if row is None else row[0]


def record(connection: sqlite3.Connection, result: PageResult, article_id: int | None, run_id: int | None) -> None:
    """Write what fetching a page gave into its row."""
    state, due = _state_and_due(connection, result)
    connection.execute(
        """
        UPDATE pages
        SET state = :state, due = :due, reason = :reason, status = :status, final_url = :final_url,
            attempts = CASE WHEN :failed THEN attempts + :counts ELSE 0 END,
            etag = CASE WHEN :failed THEN etag ELSE coalesce(:etag, etag) END,
            last_modified = CASE WHEN :failed THEN last_modified ELSE coalesce(:last_modified, last_modified) END,
            fetched_lastmod = CASE WHEN :failed THEN fetched_lastmod ELSE lastmod END,
            article_id = coalesce(:article_id, article_id),
            fetched_at = :fetched_at, run_id = coalesce(:run_id, run_id),
            lease_owner = NULL, lease_expires = NULL
        WHERE id = :id
        """,
        {
            "id": result.page_id,
            "state": state,
            "due": due,
            "reason": result.reason,
            "status": result.status,
            "final_url": result.url,
            "failed": result.verdict is Verdict.FAILED,
            "counts": int(result.counts_as_attempt),
            "etag": result.etag,
            "last_modified": result.last_modified,
            "article_id": article_id,
            "fetched_at": result.fetched_at,
            "run_id": run_id,
        },
    )


def _state_and_due(connection: sqlite3.Connection, result: PageResult) -> tuple[str, str | None]:
    if result.verdict is not Verdict.FAILED:
        return _STATE[result.verdict], _later(result.fetched_at, REVISIT.get(result.verdict))
    row = connection.execute("SELECT attempts FROM pages WHERE id = ?", (result.page_id,)).fetchone()
    attempts = (row["attempts"] if row else 0) + int(result.counts_as_attempt)
    if attempts >= MAX_ATTEMPTS:
        return "failed", _later(result.fetched_at, RETRY_FAILED)
    return "pending", result.retry_at


def _later(moment: str, wait: timedelta | None) -> str | None:
    if wait is None:
        return None
    return utc_text(datetime.fromisoformat(moment) + wait)
