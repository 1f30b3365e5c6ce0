"""`galen runs`: how the last crawls went."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

from crawler.cli.database import reading
from crawler.cli.options import NUMBER, CommandError, data_option
from crawler.progress import print_summary

_COLUMNS = ("fetched", "articles", "new", "changed", "copies", "rejected", "failed", "gone")
"""The others are in --json and in `galen report`."""


@click.command()
@data_option
@click.option("--site", help="Only runs of this site.")
@click.option("--limit", type=NUMBER, default=20, show_default=True, help="How many runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data: Path, site: str | None, limit: int, as_json: bool) -> None:
    """Show the last crawls, newest first: when, how they ended, whether they passed their checks, what they gave."""
    with reading(data) as connection:
        rows = connection.execute(
            """
            SELECT runs.*, sites.name AS site FROM runs JOIN sites ON sites.id = runs.site_id
            WHERE :site IS NULL OR sites.name = :site OR sites.spider = :site
            ORDER BY runs.id DESC LIMIT :limit
            """,
            {"site": site, "limit": limit},
        ).fetchall()
        crawled = [row[0] for row in connection.execute("SELECT spider FROM sites ORDER BY spider")]
    if site is not None and not rows:
        raise CommandError(f"no run of {site!r} is known. Crawled: {', '.join(crawled) or 'nothing yet'}.")
    if as_json:
        click.echo(json.dumps([dict(row) for row in rows], ensure_ascii=False, indent=2))
        return
    if not rows:
        click.echo("Nothing was crawled yet. Begin with `galen crawl`.", err=True)
        return
    print_summary(
        [
            [
                str(row["id"]), row["site"], row["started"][:16].replace("T", " "),
                row["reason"] or "running", _checks(row["checks"]),
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
