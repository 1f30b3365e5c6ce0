"""`galen publish`: make what was crawled readable for analysts."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import DATABASE, PUBLIC, CommandError, counted, data_option, size
from db.connection import open_to_read
from db.publish import PublishError, publish


@click.command("publish")
@data_option
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data: Path, as_json: bool) -> None:
    """Publish the crawled articles as a new read-only snapshot.

    Does nothing if nothing has changed since the last one. May run while a crawl is going on.
    """
    if (data / DATABASE).is_file():
        open_to_read(data / DATABASE).close()  # brings one of an older Galen up to date
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
        following = "galen serve" if snapshot.rows else "galen crawl, for there is nothing to read yet"
        articles = counted(snapshot.rows, "article")
        click.echo(f"Published {articles} as {published.path} ({size(snapshot.bytes)}). Next: {following}")
    else:
        click.echo(f"Nothing has changed since {published.path} of {snapshot.published_at}; it stands.")
