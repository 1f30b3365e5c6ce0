"""All that a report says of a run, read from the database."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from statistics import median

from db.completeness import Row, completeness
from db.run_history import HostTime, RunCounts, earlier_runs, host_times, run_counts

EXAMPLES = 3
COMPARED = 10
COUNTS = (
    "fetched", "articles", "new", "changed", "unchanged", "copies", "listings", "rejected", "failed", "gone",
    "throttled",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Pages of a run with one verdict and reason."""

    state: str
    reason: str
    pages: int
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How many of a run's articles have a field, and how many usually have."""

    field: str
    share: float | None
    """0 to 1; None where no article was read."""
    usual: float | None
    """Median of the runs before; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """One run."""

    id: int
    site: str
    started: str
    finished: str | None
    reason: str
    version: str
    counts: dict[str, int]
    before: dict[str, int] | None
    """Counts of the complete run before it."""
    history: tuple[int, ...]
    """Articles of up to `COMPARED` runs before, oldest first, and of this one."""
    failed_checks: tuple[str, ...] | None
    """None = not checked."""
    coverage: tuple[Coverage, ...]
    refused: tuple[Refused, ...]
    hosts: tuple[HostTime, ...]
    known: tuple[Row, ...]


def run_report(connection: sqlite3.Connection, run_id: int) -> RunReport:
    """What there is to say of a run. Raises LookupError if there is none of that number."""
    row = connection.execute(
        "SELECT runs.*, sites.name AS site FROM runs JOIN sites ON sites.id = site_id WHERE runs.id = ?", (run_id,)
    ).fetchone()
    if row is None:
        raise LookupError(f"there is no run {run_id}; see: galen runs")
    earlier = earlier_runs(connection, run_id, COMPARED)
    last = connection.execute("SELECT * FROM runs WHERE id = ?", (earlier[0].id,)).fetchone() if earlier else None
    return RunReport(
        id=row["id"],
        site=row["site"],
        started=row["started"],
        finished=row["finished"],
        reason=row["reason"] or "running",
        version=row["version"],
        counts={name: row[name] for name in COUNTS},
        before={name: last[name] for name in COUNTS} if last is not None else None,
        history=(*(run.articles for run in reversed(earlier)), row["articles"]),
        failed_checks=tuple(json.loads(row["checks"])) if row["checks"] is not None else None,
        coverage=_coverage(run_counts(connection, run_id), earlier),
        refused=_refused(connection, run_id),
        hosts=tuple(host_times(connection, run_id)),
        known=tuple(completeness(connection, row["site_id"])),
    )


def newest_runs(connection: sqlite3.Connection) -> list[int]:
    """The newest run of every site."""
    rows = connection.execute("SELECT max(runs.id) FROM runs GROUP BY site_id ORDER BY site_id")
    return [row[0] for row in rows]


def _coverage(run: RunCounts, earlier: list[RunCounts]) -> tuple[Coverage, ...]:
    history = [each for each in earlier if each.articles]
    return tuple(
        Coverage(
            field=name,
            share=run.fields[name] / run.articles if run.articles else None,
            usual=median(each.fields[name] / each.articles for each in history) if history else None,
        )
        for name in run.fields
    )


def _refused(connection: sqlite3.Connection, run_id: int) -> tuple[Refused, ...]:
    rows = connection.execute(
        """
        SELECT CASE state WHEN 'pending' THEN 'failed' ELSE state END AS fate, coalesce(reason, '') AS reason,
            count(*) AS pages
        FROM pages
        WHERE run_id = ? AND (state IN ('rejected', 'failed', 'gone') OR (state = 'pending' AND reason IS NOT NULL))
        GROUP BY 1, 2 ORDER BY pages DESC, reason
        """,
        (run_id,),
    ).fetchall()
    return tuple(
        Refused(
            state=row["fate"],
            reason=row["reason"],
            pages=row["pages"],
            examples=tuple(
                each[0]
                for each in connection.execute(
                    "SELECT url FROM pages WHERE run_id = ? AND coalesce(reason, '') = ? AND state <> 'done' "
                    "ORDER BY id LIMIT ?",
                    (run_id, row["reason"], EXAMPLES),
                )
            ),
        )
        for row in rows
    )
