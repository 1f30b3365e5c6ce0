"""What is written when a run ends: its checks, its size, when its site is due again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from crawler.checks import COMPARED, Checked, failed_checks
from crawler.schedule.due import after_run
from crawler.site import Site
from db.connection import utc_text
from db.run_history import (
    COMPLETE,
    HostTime,
    earlier_runs,
    held_articles,
    keep_hosts,
    other_fields,
    run_counts,
)
from db.schedule import Planned, paused_until, plan
from db.store import Store


def conclude(
    store: Store, run_id: int, reason: str, *, site: Site | None, hosts: Mapping[str, HostTime], folder: Path
) -> None:
    """Close a run and judge it; `folder` is the data folder, whose growth is kept.

    A run that was stopped or failed keeps its site due and is not judged.
    """
    store.finish_run(run_id, reason)
    connection = store.connection
    keep_hosts(connection, run_id, dict(hosts))
    connection.execute("UPDATE runs SET bytes = ? WHERE id = ?", (data_bytes(folder), run_id))
    if reason not in COMPLETE:
        return
    run = run_counts(connection, run_id)
    expect = frozenset(site.expect) if site is not None else frozenset()
    checked = Checked(
        run=run,
        # More than are compared: some of them may make up one sample.
        before=earlier_runs(connection, run_id, COMPARED * 2),
        held=held_articles(connection, run_id),
        expect=expect,
        other=other_fields(connection, run_id, set(expect)),
    )
    failed = failed_checks(checked)
    connection.execute("UPDATE runs SET checks = ? WHERE id = ?", (json.dumps(failed, ensure_ascii=False), run_id))
    if site is not None:
        due = after_run(site.schedule, datetime.fromisoformat(run.started))
        site_id = connection.execute("SELECT site_id FROM runs WHERE id = ?", (run_id,)).fetchone()[0]
        paused = paused_until(connection, site_id, datetime.now(UTC))
        # What the site put off is not put off until the next crawl by schedule.
        due = min(due, paused) if paused is not None else due
        plan(connection, site_id, Planned(str(site.schedule), utc_text(due), run.started))


def data_bytes(folder: Path) -> int:
    """Size of the crawl database with its log, and of the raw pages, in `folder` (bytes)."""
    files = [folder / "galen.db", folder / "galen.db-wal", *(folder / "raw").glob("*")]
    total = 0
    for file in files:
        try:
            total += file.stat().st_size
        except FileNotFoundError:  # another process has just removed it
            continue
    return total
