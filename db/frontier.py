"""The frontier: URLs to fetch and what fetching them gave, rows of `pages`.

States: pending -> done | rejected | gone | failed. A process owns a whole site while it crawls
(a file lock beside the database, see `crawler.frontier.site_lock`), so a page in flight needs no
mark of its own: after a crash it is still pending. Only where several processes share one site are
pages marked as leased, with their owner.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta

from db import completeness, revisit
from db.connection import utc_now, utc_text
from db.records import Link, Page, PageKind, PageResult, Verdict

MAX_ATTEMPTS = 5
"""Failures in a row after which a page is left alone for `revisit.GIVEN_UP`."""

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

GONE_STATUS = (404, 410)
_DISCOVERY = (PageKind.ROBOTS, PageKind.SITEMAP, PageKind.FEED, PageKind.LISTING)


def add_links(
    connection: sqlite3.Connection, site_id: int, links: Iterable[Link], run_id: int, parent_id: int | None = None
) -> int:
    """Put links into the frontier; returns how many were new. `parent_id`: the page that has them.

    A known page becomes due again if it is a seed (`refetch`), a sitemap or feed that this run has not
    fetched yet, a list whose time has come, or an article whose lastmod has moved. One that was followed
    as a mere link becomes the later page of an article where an article says so.
    """
    now = utc_now()
    found_in = completeness.finder(connection, parent_id)
    lastmod_counts = not revisit.site_lastmod(connection, site_id).idles
    new = 0
    for link in links:
        values = {
            "site_id": site_id,
            "fingerprint": link.fingerprint,
            "url": link.url,
            "kind": link.kind,
            "request": link.request,
            "priority": PRIORITY[link.kind] + link.priority,
            "depth": link.depth,
            "lastmod": link.lastmod,
            "parent_id": parent_id,
            "found_in": found_in,
            "now": now,
        }
        added = connection.execute(_INSERT, values).rowcount
        new += added
        if not added and link.kind is PageKind.PART:
            connection.execute(_BECOME_PART, values)
        elif not added and (link.refetch or link.lastmod or link.kind in _DISCOVERY):
            always = link.refetch or link.kind in (PageKind.ROBOTS, PageKind.SITEMAP, PageKind.FEED)
            connection.execute(_REOPEN, values | {"run_id": run_id, "always": always, "lastmod_counts": lastmod_counts})
    return new


_INSERT = """
INSERT INTO pages (site_id, fingerprint, url, kind, request, priority, depth, lastmod, parent_id, found_in, first_seen)
VALUES (:site_id, :fingerprint, :url, :kind, :request, :priority, :depth, :lastmod, :parent_id, :found_in, :now)
ON CONFLICT (site_id, fingerprint) DO NOTHING"""

_BECOME_PART = """
UPDATE pages
SET kind = 'part', request = :request, priority = :priority, depth = :depth,
    parent_id = coalesce(:parent_id, parent_id), state = 'pending', due = NULL, attempts = 0, reason = NULL,
    etag = NULL, last_modified = NULL
WHERE site_id = :site_id AND fingerprint = :fingerprint AND kind IN ('article', 'listing') AND state <> 'leased'
    AND reason IS NOT 'redacted'"""

_REOPEN = """
UPDATE pages
SET lastmod = coalesce(:lastmod, lastmod), kind = :kind, request = :request, priority = :priority,
    parent_id = coalesce(:parent_id, parent_id), state = 'pending', due = NULL, attempts = 0, reason = NULL
WHERE site_id = :site_id AND fingerprint = :fingerprint
    AND state NOT IN ('pending', 'leased')
    AND (kind <> 'part' OR :kind = 'part')
    AND coalesce(run_id, 0) <> :run_id
    AND (
        :always
        OR (:kind = 'listing' AND due <= :now)
        OR (:lastmod_counts AND :lastmod IS NOT NULL AND :lastmod IS NOT fetched_lastmod)
    )"""


def reopen_children(connection: sqlite3.Connection, page_id: int, run_id: int | None) -> None:
    """A sitemap, feed or list has not changed: what it leads to is asked all the same.

    An unchanged index can hide a changed child, so discovery never ends at a 304.
    """
    connection.execute(
        """
        UPDATE pages SET state = 'pending', due = NULL, attempts = 0, reason = NULL
        WHERE parent_id = ? AND kind IN ('sitemap', 'feed', 'listing')
            AND state NOT IN ('pending', 'leased') AND coalesce(run_id, 0) <> ?
            AND (kind <> 'listing' OR due <= ?)
        """,
        (page_id, run_id or 0, utc_now()),
    )


def reopen_all(connection: sqlite3.Connection, site_id: int) -> int:
    """Make every page of a site pending that is not given up for good; returns how many."""
    return connection.execute(
        """
        UPDATE pages SET state = 'pending', due = NULL, attempts = 0, reason = NULL
        WHERE site_id = ? AND state IN ('done', 'failed', 'gone')
        """,
        (site_id,),
    ).rowcount


def forget_validators(connection: sqlite3.Connection, site_id: int) -> None:
    """The site is read by other rules now: a 304 would hide what the new ones see."""
    connection.execute("UPDATE pages SET etag = NULL, last_modified = NULL WHERE site_id = ?", (site_id,))


def reopen_due(connection: sqlite3.Connection, site_id: int, now: str) -> int:
    """Make every page of a site pending whose time to be looked at again has come; returns how many.

    So are pages that were fetched in the future: the clock has been put back, and their time may be years away.
    """
    return connection.execute(
        """
        UPDATE pages SET state = 'pending', due = NULL, attempts = 0, reason = NULL
        WHERE site_id = :site_id AND (
            (state IN ('done', 'failed', 'rejected', 'gone') AND due <= :now)
            OR (state <> 'leased' AND fetched_at > :now)
        )
        """,
        {"site_id": site_id, "now": now},
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


def lease(
    connection: sqlite3.Connection, site_id: int, owner: str, is_alive: Callable[[str], bool], number: int
) -> list[Page]:
    """Mark the next due pages of a site as leased by `owner` and return them.

    For several processes that share a site; call it in a transaction. Leases of dead owners end first.
    """
    owners = connection.execute(
        "SELECT DISTINCT lease_owner FROM pages WHERE site_id = ? AND state = 'leased'", (site_id,)
    ).fetchall()
    for (other,) in owners:
        if other is None or not is_alive(other):
            give_back(connection, other)
    rows = connection.execute(
        """
        UPDATE pages SET state = 'leased', lease_owner = :owner
        WHERE id IN (
            SELECT id FROM pages
            WHERE site_id = :site_id AND state IN ('pending', 'leased') AND state = 'pending'
                AND (due IS NULL OR due <= :now)
            ORDER BY priority DESC, id
            LIMIT :number
        )
        RETURNING id, url, kind, request, attempts, depth, etag, last_modified, lastmod, priority
        """,
        {"owner": owner, "site_id": site_id, "now": utc_now(), "number": number},
    ).fetchall()
    pages = [Page(**{**dict(row), "kind": PageKind(row["kind"])}) for row in rows]
    return sorted(pages, key=lambda page: (-page.priority, page.id))


def give_back(connection: sqlite3.Connection, owner: str | None) -> None:
    """End all leases of an owner."""
    connection.execute(
        "UPDATE pages SET state = 'pending', lease_owner = NULL WHERE state = 'leased' AND lease_owner IS ?", (owner,)
    )


def next_due(connection: sqlite3.Connection, site_id: int) -> str | None:
    """When the earliest waiting page of a site is due (UTC text), '' for at once, None for never."""
    row = connection.execute(
        "SELECT min(coalesce(due, '')) FROM pages WHERE site_id = ? AND state IN ('pending', 'leased')", (site_id,)
    ).fetchone()
    return None if row is None else row[0]


def record(
    connection: sqlite3.Connection,
    result: PageResult,
    *,
    article_id: int | None,
    run_id: int | None,
    fruitful: bool,
) -> sqlite3.Row | None:
    """Write what fetching a page gave into its row; returns the row as it was before.

    `fruitful`: it brought a new or changed article, or new links.
    """
    before: sqlite3.Row | None = connection.execute("SELECT * FROM pages WHERE id = ?", (result.page_id,)).fetchone()
    if before is None:
        return None
    failed = result.verdict is Verdict.FAILED
    state, step, due = _outcome(connection, before, result, fruitful=fruitful)
    connection.execute(
        """
        UPDATE pages
        SET state = :state, step = :step, due = :due, reason = :reason, status = :status, final_url = :final_url,
            attempts = CASE WHEN :failed THEN attempts + :counts ELSE 0 END,
            etag = CASE WHEN :kept THEN coalesce(:etag, etag) ELSE :etag END,
            last_modified = CASE WHEN :kept THEN coalesce(:last_modified, last_modified) ELSE :last_modified END,
            fetched_lastmod = CASE WHEN :failed THEN fetched_lastmod ELSE lastmod END,
            article_id = coalesce(:article_id, article_id),
            fetched_at = :fetched_at, run_id = coalesce(:run_id, run_id),
            lease_owner = NULL, lease_expires = NULL
        WHERE id = :id
        """,
        {
            "id": result.page_id,
            "state": state,
            "step": step,
            "due": due,
            "reason": result.reason,
            "status": result.status,
            "final_url": result.url,
            "failed": failed,
            "counts": int(result.counts_as_attempt),
            "kept": failed or result.verdict is Verdict.UNCHANGED,
            "etag": result.etag,
            "last_modified": result.last_modified,
            "article_id": article_id,
            "fetched_at": result.fetched_at,
            "run_id": run_id,
        },
    )
    return before


def _outcome(
    connection: sqlite3.Connection, before: sqlite3.Row, result: PageResult, *, fruitful: bool
) -> tuple[str, int, str | None]:
    """State, step on the ladder and due time of a page after a result."""
    if result.verdict is Verdict.FAILED:
        if before["attempts"] + int(result.counts_as_attempt) >= MAX_ATTEMPTS:
            return "failed", before["step"], _later(result.fetched_at, revisit.GIVEN_UP)
        return "pending", before["step"], result.retry_at
    if result.verdict is Verdict.GONE and before["article_id"] is not None and before["status"] not in GONE_STATUS:
        return "done", before["step"], _later(result.fetched_at, revisit.FIRST_404)
    step, due = revisit.next_visit(connection, before, result.verdict, result.fetched_at, fruitful=fruitful)
    return _STATE[result.verdict], step, due


def _later(moment: str, wait: timedelta) -> str:
    return utc_text(datetime.fromisoformat(moment) + wait)
