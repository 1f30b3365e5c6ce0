"""`galen reindex`: sign stored articles again after Galen learned to compare texts in another way."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path

import click

from crawler.cli.articles import crawl_database
from crawler.cli.options import CommandError, data_option
from db.connection import StorageError
from db.duplicates import reindex
from db.store import Store


@click.command("reindex")
@click.option("--all", "everything", is_flag=True, help="Every article, not only those signed by an older version.")
@data_option
def command(everything: bool, data: Path) -> None:
    """Bring the index of copies up to date with this version of Galen.

    Runs beside a crawl and may be ended and started again at any moment. Corrections made by hand stay.
    """
    try:
        with closing(Store.open(crawl_database(data))) as store:
            total = store.connection.execute("SELECT count(*) FROM articles").fetchone()[0]
            waiting = total if everything else reindex.left(store.connection)
            signed = 0
            for portion in reindex.sign_again(store, everything=everything):
                signed += portion
                if sys.stderr.isatty():
                    click.echo(f"\r{signed:,} of {waiting:,} articles signed", nl=False, err=True)
            compared = sum(reindex.compare_again(store))
    except StorageError as error:
        raise CommandError(str(error)) from error
    if sys.stderr.isatty() and signed:
        click.echo(err=True)
    click.echo(f"{signed:,} articles signed again, {compared:,} pairs compared again, {total:,} articles in the index")
