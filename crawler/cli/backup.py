"""`galen backup`: database and raw pages in one checked folder."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import CommandError, counted, data_option
from db.backup import BackupError, backup
from db.connection import utc_now


@click.command()
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(data: Path, folder: Path | None, as_json: bool) -> None:
    """Copy the database and the raw pages into a new FOLDER (default: backups/<time>), while Galen goes on working.

    The copy is checked and carries the SHA-256 of each file; `galen restore FOLDER` puts it back.
    """
    target = folder or Path("backups") / utc_now().replace(":", "")
    try:
        manifest = backup(data, target)
    except BackupError as error:
        raise CommandError(str(error)) from error
    if as_json:
        click.echo(json.dumps({"folder": str(target), **asdict(manifest)}, indent=2))
    else:
        articles, raw = counted(manifest.articles, "article"), counted(manifest.raw_pages, "raw page")
        click.echo(f"Backed up {articles} and {raw} to {target}.")
