"""What runs counted: one run, and those of the same site before it."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from urllib.parse import urlsplit

from db.report import FIELDS

COLUMNS = (
    "ALTER TABLE runs ADD COLUMN throttled INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN links INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN lost INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE runs ADD COLUMN bytes INTEGER",
    "ALTER TABLE runs ADD COLUMN checks TEXT",
    """
CREATE TABLE run_hosts (
    run_id INTEGER NOT NULL REFERENCES runs(id),
    host TEXT NOT NULL,
    responses INTEGER NOT NULL,
    seconds REAL NOT NULL,
    slowest REAL NOT NULL,
    PRIMARY KEY (run_id, host)
) WITHOUT ROWID""",
)
"""throttled: answers 429 and 503; links: URLs that the run's pages named, known ones included; lost: known articles
that no longer had a source, doctor or date that they had before; bytes: size of database and raw pages when the run
ended; checks: JSON list of the checks that failed, NULL = not checked. run_hosts: seconds from request to headers."""

COMPLETE = ("finished", "limit")
"""Reasons of runs that came to their end; only they are compared."""
_PAGE_FIELDS = {"modified": "articles.modified", "reviewed": "articles.reviewed", "summary": "articles.summary"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """A run as counted."""

    id: int
    started: str
    reason: str
    fetched: int
    articles: int
    """Articles read, whether new, changed or the same."""
    new: int
    changed: int
    unchanged: int
    """The same as before, by a 304 or after reading."""
    listings: int
    failed: int
    throttled: int
    links: int
    lost: int
    fields: dict[str, int]
    """How many of the articles have title, source, doctor, published, body."""


@dataclass(frozen=True, slots=True)
class HostTime:
    """How fast one host answered in a run."""

    host: str
    responses: int
    seconds: float
    """Sum over all responses, from request to headers."""
    slowest: float

    @property
    def mean(self) -> float:
        """Seconds a response."""
        return self.seconds / self.responses if self.responses else 0.0


def run_counts(connection: sqlite3.Connection, run_id: int) -> RunCounts:
    """One run. Raises LookupError."""
    row = connection.execute("SELECT * FROM runs WHERE id = ?", (run_id,)).fetchone()
    if row is None:
        raise LookupError(f"there is no run {run_id}")
    return _counts(row)


def earlier_runs(connection: sqlite3.Connection, run_id: int, limit: int) -> list[RunCounts]:
    """Up to `limit` complete runs of the same site before a run, newest first."""
    rows = connection.execute(
        f"""
        SELECT * FROM runs
        WHERE site_id = (SELECT site_id FROM runs WHERE id = :id) AND id < :id
            AND reason IN ({", ".join(repr(reason) for reason in COMPLETE)})
        ORDER BY id DESC LIMIT :limit
        """,  # noqa: S608
        {"id": run_id, "limit": limit},
    )
    return [_counts(row) for row in rows]


def other_fields(connection: sqlite3.Connection, run_id: int, fields: set[str]) -> dict[str, tuple[int, int]]:
    """(articles with the field, articles) of a run, for fields that runs do not count."""
    found = {}
    for name in sorted(fields & _PAGE_FIELDS.keys()):
        row = connection.execute(
            f"SELECT count({_PAGE_FIELDS[name]}), count(*) FROM pages JOIN articles ON articles.id = pages.article_id "  # noqa: S608
            "WHERE pages.run_id = ? AND pages.site_id = (SELECT site_id FROM runs WHERE id = pages.run_id)",
            (run_id,),
        ).fetchone()
        found[name] = (row[0], row[1])
    return found


def held_articles(connection: sqlite3.Connection, run_id: int) -> int:
    """Articles that the database holds of the run's site."""
    row = connection.execute(
        "SELECT count(*) FROM articles WHERE site_id = (SELECT site_id FROM runs WHERE id = ?)", (run_id,)
    ).fetchone()
    return int(row[0])


def keep_hosts(connection: sqlite3.Connection, run_id: int, hosts: dict[str, HostTime]) -> None:
    """Add how fast the hosts of a run answered; several processes may share a run."""
    connection.executemany(
        """
        INSERT INTO run_hosts (run_id, host, responses, seconds, slowest) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (run_id, host) DO UPDATE SET responses = responses + excluded.responses,
            seconds = seconds + excluded.seconds, slowest = max(slowest, excluded.slowest)
        """,
        [
            (run_id, time.host, time.responses, round(time.seconds, 3), round(time.slowest, 3))
            for time in hosts.values()
        ],
    )


def host_times(connection: sqlite3.Connection, run_id: int) -> list[HostTime]:
    """Hosts of a run, slowest on average first."""
    rows = connection.execute(
        "SELECT host, responses, seconds, slowest FROM run_hosts WHERE run_id = ? ORDER BY seconds / responses DESC",
        (run_id,),
    )
    return [HostTime(*row) for row in rows]


def add_time(hosts: dict[str, HostTime], url: str, seconds: float) -> None:
    """Count one response."""
    host = urlsplit(url).netloc
    old = hosts.get(host) or HostTime(host, 0, 0.0, 0.0)
    hosts[host] = HostTime(host, old.responses + 1, old.seconds + seconds, max(old.slowest, seconds))


def _counts(row: sqlite3.Row) -> RunCounts:
    return RunCounts(
        **{
            name: row[name]
            for name in (
                "id", "started", "fetched", "articles", "new", "changed", "unchanged", "listings", "failed",
                "throttled", "links", "lost",
            )
        },
        reason=row["reason"] or "running",
        fields={name: row[f"with_{name}"] for name in FIELDS},
    )  # fmt: skip
