"""When sites are due: written when a crawl ends, read by `galen crawl --due`."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass

COLUMNS = (
    "ALTER TABLE sites ADD COLUMN schedule TEXT",
    "ALTER TABLE sites ADD COLUMN next_due TEXT",
    "ALTER TABLE sites ADD COLUMN last_started TEXT",
)
"""schedule: as declared when `next_due` was computed; the other two: UTC text."""


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
