"""Storing what raw pages say when they are read again: articles change, the frontier's times do not."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from db import articles, redaction
from db.connection import utc_now
from db.records import Verdict
from db.store import PreparedPage, Store, prepare_page


class Outcome(StrEnum):
    """What reading a page again did."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    FAILED = "failed"


@dataclass(slots=True)
class Progress:
    """How far reading a site again has come."""

    id: int
    last_page: int
    """All raw pages up to this page are done."""
    resumed: bool
    counts: dict[Outcome, int] = field(default_factory=lambda: dict.fromkeys(Outcome, 0))

    def count(self, outcome: Outcome) -> None:
        """Note one page."""
        self.counts[outcome] += 1

    @property
    def pages(self) -> int:
        """Pages read so far."""
        return sum(self.counts.values())


def begin(store: Store, site_id: int, since: str, version: str) -> Progress:
    """Go on where reading with the same rules and the same `since` was cut off, or begin."""
    with store.atomic():
        row = store.connection.execute(
            """
            SELECT id, last_page, pages, changed, new, failed FROM reprocessing
            WHERE site_id = ? AND since = ? AND version = ? AND finished IS NULL ORDER BY id DESC LIMIT 1
            """,
            (site_id, since, version),
        ).fetchone()
        if row is not None:
            known = {Outcome.NEW: row["new"], Outcome.CHANGED: row["changed"], Outcome.FAILED: row["failed"]}
            rest = {Outcome.UNCHANGED: row["pages"] - sum(known.values())}
            return Progress(row["id"], row["last_page"], resumed=True, counts={**known, **rest})
        made = store.connection.execute(
            "INSERT INTO reprocessing (site_id, since, version, started) VALUES (?, ?, ?, ?) RETURNING id",
            (site_id, since, version, utc_now()),
        ).fetchone()
        return Progress(made[0], 0, resumed=False)


def note(store: Store, progress: Progress) -> None:
    """Keep how far it has come, in the transaction of the pages themselves."""
    counts = progress.counts
    store.connection.execute(
        "UPDATE reprocessing SET last_page = ?, pages = ?, changed = ?, new = ?, failed = ? WHERE id = ?",
        (
            progress.last_page, progress.pages, counts[Outcome.CHANGED], counts[Outcome.NEW],
            counts[Outcome.FAILED], progress.id,
        ),
    )  # fmt: skip


def finish(store: Store, progress: Progress) -> None:
    """All pages are done."""
    with store.atomic():
        store.connection.execute("UPDATE reprocessing SET finished = ? WHERE id = ?", (utc_now(), progress.id))


def save(store: Store, page: PreparedPage) -> Outcome:
    """Store a page that was read again, in a savepoint.

    A revision is written only where title, summary or body differ; when the page was seen stays. A page that is no
    article any more by today's rules keeps the article that it gave.
    """
    with store.atomic():
        result = redaction.obeyed(store.connection, page.result)
        if result is not page.result:
            page = prepare_page(result)
        now, connection = utc_now(), store.connection
        site_id = connection.execute("SELECT id FROM sites WHERE name = ?", (result.site,)).fetchone()["id"]
        changes = []
        for prepared in page.articles:
            before = _seen(store, prepared.key)
            saved = articles.save(connection, prepared, site_id, now)
            seen = before or (result.fetched_at, None)
            connection.execute("UPDATE articles SET last_seen = ?, gone_at = ? WHERE id = ?", (*seen, saved.id))
            if before is None:
                connection.execute("UPDATE articles SET first_seen = ? WHERE id = ?", (result.fetched_at, saved.id))
            connection.execute("UPDATE pages SET article_id = ? WHERE id = ?", (saved.id, result.page_id))
            changes.append(saved.change)
        if result.part is not None:
            changes.append(articles.save_part(connection, result.part, result.fetched_at).change)
        if changes:
            connection.execute(
                "UPDATE pages SET state = 'done', reason = NULL WHERE id = ? AND state = 'rejected'", (result.page_id,)
            )
        elif result.verdict is Verdict.REJECTED:
            connection.execute(
                "UPDATE pages SET reason = ? WHERE id = ? AND article_id IS NULL", (result.reason, result.page_id)
            )
    if "new" in changes:
        return Outcome.NEW
    return Outcome.CHANGED if "changed" in changes else Outcome.UNCHANGED


def _seen(store: Store, key: str) -> tuple[str, str | None] | None:
    row = store.connection.execute("SELECT last_seen, gone_at FROM articles WHERE url_key = ?", (key,)).fetchone()
    return None if row is None else (row["last_seen"], row["gone_at"])
