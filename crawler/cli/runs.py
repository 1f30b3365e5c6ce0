"""`galen runs`: how the last crawls went."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from crawler.cli.options import DATABASE, CommandError, data_option
from crawler.progress import print_summary
from db.connection import StorageError, connect, open_database

_COLUMNS = ("fetched", "articles", "new", "changed", "unchanged", "copies", "rejected", "failed", "gone")


@click.command()
@data_option
@click.option("--site", help="Only runs of this site.")
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True, help="How many runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data: Path, site: str | None, limit: int, as_json: bool) -> None:
    """Show the last crawls, newest first: when, how they ended, whether they passed their checks, what they gave."""
    path = data / DATABASE
    if not path.exists():
        raise CommandError(f"there is no database in {data} yet. Begin with `galen crawl` or `galen demo`.")
    try:
        open_database(path).close()
        connection = connect(path, read_only=True)
    except StorageError as error:
        raise CommandError(str(error)) from error
    try:
        rows = connection.execute(
            """
            SELECT runs.*, sites.name AS site FROM runs JOIN sites ON sites.id = runs.site_id
            WHERE :site IS NULL OR sites.name = :site OR sites.spider = :site
            ORDER BY runs.id DESC LIMIT :limit
            """,
            {"site": site, "limit": limit},
        ).fetchall()
    finally:
        connection.close()
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    print_summary(
        [
            [
                str(row["id"]), row["site"], row["started"], row["reason"] or "running", _checks(row["checks"]),
                *(str(row[c]) for c in _COLUMNS),
            ]
            for row in rows
        ],
        ("run", "site", "started (UTC)", "ended", "checks", *_COLUMNS),
        sys.stdout,
    )  # fmt: skip


def _checks(stored: str | None) -> str:
    """How the checks after a run ended; `galen report RUN` names those that failed."""
    if stored is None:
        return "-"
    failed = len(json.loads(stored))
    return f"{failed} failed" if failed else "passed"
