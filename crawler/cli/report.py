"""`galen report`: how a run went, as one HTML page."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.database import reading
from crawler.cli.options import NUMBER, CommandError, data_option
from crawler.report_page import report_page
from db.run_report import newest_runs, run_report


@click.command()
@click.argument("run", type=NUMBER, required=False)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="[default: run-RUN.html]"
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead.")
@data_option
def command(data: Path, run: int | None, output: Path | None, as_json: bool) -> None:
    """Write how RUN went as one HTML page that needs nothing else; without RUN the newest run of every site.

    Counts and their difference to the run before, checks, field coverage against the usual, refused pages with
    reasons and examples, slowest hosts, and what became of every address that is known of the site.
    """
    with reading(data) as connection:
        runs = newest_runs(connection) if run is None else [run]
        reports = [run_report(connection, each) for each in runs]
    if not reports:
        raise CommandError("nothing was crawled yet. Begin with `galen crawl`.")
    if as_json:
        click.echo(json.dumps([asdict(report) for report in reports], ensure_ascii=False, indent=2))
        return
    target = output or Path("runs.html" if run is None else f"run-{run}.html")
    temporary = target.with_name(f".{target.name}.tmp")
    try:
        temporary.write_text(report_page(reports), encoding="utf-8", errors="replace")
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise CommandError(f"{target} cannot be written: {error.strerror}. Name another file with --output.") from error
    click.echo(f"Wrote {target}")
