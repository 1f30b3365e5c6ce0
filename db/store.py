"""The store: everything that is written to the crawl database, each page all or nothing.

`Store` methods do not open transactions; `atomic` does, in the only way there is: BEGIN IMMEDIATE,
so that the write lock is taken before anything is read, and a savepoint per page inside it. A page
that cannot be stored rolls back alone and is kept as failed with the reason.
"""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Self

from sqlite_utils import Database

from db import articles, frontier, page_counts, raw_pages, redaction, revisit, schedule
from db.connection import open_database, utc_now, utc_text
from db.records import Link, Page, PageResult, RawPlace, Saved, Verdict


@dataclass(frozen=True, slots=True)
class PreparedPage:
    """A page with all that can be computed before the transaction."""

    result: PageResult
    articles: tuple[articles.PreparedArticle, ...]
    raw: RawPlace | None = None
    """Where the response was kept."""


def prepare_page(
    result: PageResult, connection: sqlite3.Connection | None = None, raw: RawPlace | None = None
) -> PreparedPage:
    """Compute keys, hashes and columns of a page and look for copies; may raise on broken records.

    Call it outside the transaction; without a connection it touches no database.
    """
    prepared = tuple(articles.prepare(article, connection) for article in result.articles)
    return PreparedPage(result, prepared, raw)


RETRY_UNSTORED = timedelta(hours=1)


class Store:
    """One connection to the crawl database. Not shared between threads at the same time."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.connection: sqlite3.Connection = db.conn
        self.lock_wait = 0.0
        """Seconds that the last transaction waited for the write lock."""

    @classmethod
    def open(cls, path: Path) -> Self:
        """The store at `path`, made and migrated as needed. Raises StorageError."""
        return cls(open_database(path))

    def close(self) -> None:
        """Close the connection; the last one folds the write-ahead log into the file."""
        self.connection.close()

    @contextmanager
    def atomic(self) -> Iterator[None]:
        """A transaction that holds the write lock from its first moment; nested: a savepoint."""
        nested = self.connection.in_transaction
        asked = time.monotonic()
        self.connection.execute("SAVEPOINT page" if nested else "BEGIN IMMEDIATE")
        if not nested:
            self.lock_wait = time.monotonic() - asked
        try:
            yield
            self.connection.execute("RELEASE page" if nested else "COMMIT")
        except BaseException:
            # A full disk ends the transaction by itself; rolling back again would hide the reason.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK TO page" if nested else "ROLLBACK")
                if nested:
                    self.connection.execute("RELEASE page")
            raise

    def site_id(
        self,
        name: str,
        *,
        spider: str,
        domains: Iterable[str] = (),
        language: str | None = None,
        id_parameters: Sequence[str] = (),
        revisit_days: Sequence[float] = (1, 7, 30),
        declaration: str | None = None,
    ) -> int:
        """Row of a site, made or brought up to date.

        `declaration` is a hash of the rules that the site is read by: if it is another than last time,
        pages are asked for without validators, because a 304 would hide what the new rules see.
        """
        with self.atomic():
            before = self.connection.execute("SELECT declaration FROM sites WHERE name = ?", (name,)).fetchone()
            row = self.connection.execute(
                """
                INSERT INTO sites (name, spider, domains, language, id_parameters, revisit, declaration, first_seen)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (name) DO UPDATE
                    SET spider = excluded.spider, domains = excluded.domains, language = excluded.language,
                        id_parameters = excluded.id_parameters, revisit = excluded.revisit,
                        declaration = excluded.declaration
                RETURNING id
                """,
                (
                    name,
                    spider,
                    json.dumps(list(domains)),
                    language,
                    json.dumps([name.lower() for name in id_parameters]),
                    json.dumps(list(revisit_days)),
                    declaration,
                    utc_now(),
                ),
            ).fetchone()
            if before is not None and before["declaration"] != declaration:
                frontier.forget_validators(self.connection, row[0])
        return int(row[0])

    def start_run(self, site_id: int, version: str, *, refresh: bool = False, join: int | None = None) -> int:
        """Open a run of a site and make its due pages pending, or all of them; returns the run's id.

        `join`: process id under which several processes share one run; who comes first opens it.
        """
        now = utc_now()
        with self.atomic():
            shared = self.connection.execute(
                "SELECT id FROM runs WHERE site_id = ? AND pid = ? AND finished IS NULL", (site_id, join)
            ).fetchone()
            if shared is not None:
                return int(shared[0])
            # Only one process crawls a site at a time, so an open run is one that was killed.
            self.connection.execute(
                "UPDATE runs SET finished = ?, reason = 'killed' WHERE site_id = ? AND finished IS NULL", (now, site_id)
            )
            if refresh:
                frontier.reopen_all(self.connection, site_id)
            frontier.reopen_due(self.connection, site_id, now)
            run_id = self.connection.execute(
                "INSERT INTO runs (site_id, started, pid, version) VALUES (?, ?, ?, ?)",
                (site_id, now, join or os.getpid(), version),
            ).lastrowid
        assert run_id is not None
        return run_id

    def finish_run(self, run_id: int, reason: str) -> None:
        """Close a run; reason as Scrapy gives it ('finished', 'shutdown', ...)."""
        with self.atomic():
            self.connection.execute(
                "UPDATE runs SET finished = ?, reason = ? WHERE id = ?", (utc_now(), reason, run_id)
            )

    def add_links(self, site_id: int, links: Iterable[Link], run_id: int) -> int:
        """Put links into the frontier outside any page (seeds); returns how many were new."""
        with self.atomic():
            return frontier.add_links(self.connection, site_id, links, run_id)

    def lease(self, site_id: int, owner: str, is_alive: Callable[[str], bool], number: int) -> list[Page]:
        """Mark the next due pages of a site as the owner's; those of owners that died are given back first."""
        with self.atomic():
            return frontier.lease(self.connection, site_id, owner, is_alive, number)

    def give_back(self, owner: str) -> None:
        """End all leases of an owner."""
        with self.atomic():
            frontier.give_back(self.connection, owner)

    def save_page(self, result: PageResult, *, run_id: int | None = None) -> Saved:
        """Store what one page gave, all or nothing, by itself."""
        prepared = prepare_page(result, self.connection)
        with self.atomic():
            return self.save_prepared(prepared, run_id=run_id)

    def save_prepared(self, page: PreparedPage, *, run_id: int | None = None) -> Saved:
        """Store a prepared page; call it in `atomic`, which takes back what a broken page had written."""
        result = redaction.obeyed(self.connection, page.result)
        if result is not page.result:
            page = prepare_page(result)  # without its raw page, which still has what was redacted
        row = self.connection.execute("SELECT id FROM sites WHERE name = ?", (result.site,)).fetchone()
        if row is None:
            raise LookupError(f"site {result.site!r} is not in the database")
        site_id = int(row[0])
        saved = [articles.save(self.connection, prepared, site_id, result.fetched_at) for prepared in page.articles]
        if result.part is not None:
            saved.append(articles.save_part(self.connection, result.part, result.fetched_at))
        new_links = self._add_found(site_id, result, run_id)
        self._record(page, saved, new_links, run_id)
        if result.pauses_site and result.retry_at is not None:
            schedule.pause(self.connection, site_id, result.retry_at)
        raw_pages.note(self.connection, result, page.raw)
        if result.reason == redaction.REDACTED:
            redaction.blank_page(self.connection, result.page_id)
        outcome = page_counts.outcome(page.articles, saved, new_links)
        if run_id is not None:
            page_counts.count(self.connection, run_id, result, outcome)
        return outcome

    def fail_page(self, result: PageResult, reason: str, *, run_id: int | None = None) -> None:
        """Keep a page that could not be stored as failed, with the reason; it is asked again in an hour."""
        failed = PageResult(
            page_id=result.page_id,
            site=result.site,
            url=result.url,
            verdict=Verdict.FAILED,
            fetched_at=result.fetched_at,
            reason=reason,
            status=result.status,
            retry_at=utc_text(datetime.fromisoformat(result.fetched_at) + RETRY_UNSTORED),
        )
        self.save_page(failed, run_id=run_id)

    def _add_found(self, site_id: int, result: PageResult, run_id: int | None) -> int:
        if not result.links:
            return 0
        return frontier.add_links(self.connection, site_id, result.links, run_id or 0, result.page_id)

    def _record(
        self, page: PreparedPage, saved: list[articles.SavedArticle], new_links: int, run_id: int | None
    ) -> None:
        result = page.result
        changed = any(item.change != "unchanged" for item in saved)
        before = frontier.record(
            self.connection,
            result,
            article_id=saved[0].id if saved else None,
            run_id=run_id,
            fruitful=changed or (not saved and new_links > 0),
        )
        if before is None:
            return
        if before["article_id"] is not None and result.verdict in (Verdict.ARTICLE, Verdict.UNCHANGED):
            revisit.note_lastmod(self.connection, before["site_id"], before, changed=changed)
        if result.verdict is Verdict.UNCHANGED:
            frontier.reopen_children(self.connection, result.page_id, run_id)
            self._touch_article("last_seen", before, result)
        if result.verdict is Verdict.GONE and before["status"] in frontier.GONE_STATUS:
            self._touch_article("gone_at", before, result)

    def _touch_article(self, column: str, page: sqlite3.Row, result: PageResult) -> None:
        """Note a visit that gave no text; a twin's URL says nothing of the article itself."""
        self.connection.execute(
            f"UPDATE articles SET {column} = ? WHERE id = ? AND url IN (?, ?)",  # noqa: S608
            (result.fetched_at, page["article_id"], page["url"], page["final_url"]),
        )
