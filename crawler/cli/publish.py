"""`galen publish`: make what was crawled readable for analysts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import DATABASE, PUBLIC, CommandError, data_option
from db.publish import PublishError, publish


@click.command("publish")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data: Path, as_json: bool) -> None:
    """Publish the crawled articles as a new read-only snapshot.

    Does nothing if nothing has changed since the last one. May run while a crawl is going on.
    """
    try:
        published = publish(data / DATABASE, data / PUBLIC)
    except PublishError as error:
        raise CommandError(str(error)) from error
    snapshot = published.snapshot
    if as_json:
        click.echo(
            json.dumps(
                {"new": published.new, "path": str(published.path), "rows": snapshot.rows, **asdict(snapshot)}, indent=2
            )
        )
    elif published.new:
        megabytes = snapshot.bytes / 1e6
        click.echo(f"Published {snapshot.rows:,} articles as {published.path} ({megabytes:,.1f} MB). Next: galen serve")
    else:
        click.echo(f"Nothing has changed since {published.path} of {snapshot.published_at}; it stands.")
