"""`galen restore`: a backup put in place."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import PUBLIC, CommandError, counted, data_option
from crawler.frontier.site_lock import SiteBusy, no_crawl
from crawler.raw.redact import redact_raw
from db.backup import BackupError, Restored, restore
from db.publish import PublishError, withdraw
from db.redact import purge
from db.redaction import read_tombstones
from db.store import Store


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Move what is in the data folder aside.")
@click.option(
    "--without-redactions",
    is_flag=True,
    help="Also where a damaged database cannot say what was redacted since.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(data: Path, folder: Path, replace: bool, without_redactions: bool, as_json: bool) -> None:
    """Check the backup in FOLDER and put it into the data folder.

    What was redacted after the backup was made is redacted again. Snapshots are withdrawn: run `galen publish`.
    """
    try:
        with no_crawl(data / "locks"):
            done = restore(folder, data, replace=replace, without_redactions=without_redactions)
            raw = _after(done, data)
    except (BackupError, SiteBusy, PublishError) as error:
        raise CommandError(str(error)) from error
    if as_json:
        moved = [str(path) for path in done.replaced]
        click.echo(json.dumps({**asdict(done.manifest), "replaced": moved, "redacted_raw_pages": raw}, indent=2))
        return
    click.echo(f"Restored {counted(done.manifest.articles, 'article')} of {done.manifest.made_at}. Next: galen publish")
    for path in done.replaced:
        click.echo(f"What was there is now {path}; delete it when it is no longer needed.")


def _after(done: Restored, data: Path) -> int:
    """Redact the raw pages that came back, and withdraw what was published."""
    withdraw(data / PUBLIC)
    store = Store.open(data / "galen.db")
    try:
        stones = read_tombstones(store.connection)
        if not stones:
            return 0
        removed = redact_raw(store, data / "raw", stones, done.redacted.pages)
        purge(store.connection)
        return removed
    finally:
        store.close()
