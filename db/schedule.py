"""When sites are due: written when a crawl ends, read by `galen crawl --due`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from datetime import datetime, timedelta

COLUMNS = (
    "ALTER TABLE sites ADD COLUMN schedule TEXT",
    "ALTER TABLE sites ADD COLUMN next_due TEXT",
    "ALTER TABLE sites ADD COLUMN last_started TEXT",
)
"""schedule: as declared when `next_due` was computed; the other two: UTC text."""

PAUSE = ("ALTER TABLE sites ADD COLUMN paused_until TEXT",)
"""UTC text: what the site asked for with a 429 or 503, so that a restart does not ask before."""
LONGEST_PAUSE = timedelta(hours=1)
"""No site is left alone for longer; a time farther off was written by a clock that has been put back."""


@dataclass(frozen=True, slots=True)
class Planned:
    """What the database knows of a site's schedule."""

    schedule: str | None
    next_due: str | None
    last_started: str | None


def planned(connection: sqlite3.Connection) -> dict[str, Planned]:
    """The plan of every site that was ever crawled, by the site's name."""
    rows = connection.execute("SELECT name, schedule, next_due, last_started FROM sites")
    return {row["name"]: Planned(row["schedule"], row["next_due"], row["last_started"]) for row in rows}


def plan(connection: sqlite3.Connection, site_id: int, planned: Planned) -> None:
    """Keep when a site is due again."""
    connection.execute(
        "UPDATE sites SET schedule = ?, next_due = ?, last_started = ? WHERE id = ?",
        (planned.schedule, planned.next_due, planned.last_started, site_id),
    )


def pause(connection: sqlite3.Connection, site_id: int, until: str) -> None:
    """Ask no page of a site before `until` (UTC text), nor before what was asked for earlier."""
    connection.execute(
        """
        UPDATE sites SET paused_until = :until
        WHERE id = :id AND (
            paused_until IS NULL
            OR paused_until NOT BETWEEN :until AND strftime('%Y-%m-%dT%H:%M:%SZ', :until, '+1 hour')
        )
        """,
        {"id": site_id, "until": until},
    )


def paused_until(connection: sqlite3.Connection, site_id: int, now: datetime) -> datetime | None:
    """When a site may be asked again; None = at once."""
    text = connection.execute("SELECT paused_until FROM sites WHERE id = ?", (site_id,)).fetchone()[0]
    until = datetime.fromisoformat(text) if text is not None else now
    return until if timedelta(0) < until - now <= LONGEST_PAUSE else None
