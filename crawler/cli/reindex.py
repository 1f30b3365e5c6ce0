"""`galen reindex`: sign stored articles again after Galen learned to compare texts in another way."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crawler.cli.database import writing
from crawler.cli.options import data_option
from db.duplicates import reindex


@click.command("reindex")
@click.option("--all", "everything", is_flag=True, help="Every article, not only those signed by an older version.")
@data_option
def command(everything: bool, data: Path) -> None:
    """Bring the index of copies up to date with this version of Galen.

    Runs beside a crawl and may be ended and started again at any moment. Corrections made by hand stay.
    """
    with writing(data) as store:
        total = store.connection.execute("SELECT count(*) FROM articles").fetchone()[0]
        waiting = total if everything else reindex.left(store.connection)
        signed = 0
        for portion in reindex.sign_again(store, everything=everything):
            signed += portion
            if sys.stderr.isatty():
                click.echo(f"\r{signed:,} of {waiting:,} articles signed", nl=False, err=True)
        compared = sum(reindex.compare_again(store))
    if sys.stderr.isatty() and signed:
        click.echo(err=True)
    click.echo(f"{signed:,} articles signed again, {compared:,} pairs compared again, {total:,} articles in the index")
