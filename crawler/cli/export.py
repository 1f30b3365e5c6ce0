"""`galen export`: articles as CSV, JSON lines, SQLite or Parquet, to a file or to standard output."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from pathlib import Path

import click

from crawler.cli.options import CommandError, counted, database_option, filter_options, size
from db.export import (
    COLUMNS,
    DEFAULT_COLUMNS,
    Exported,
    ExportError,
    Format,
    Profile,
    Request,
    export_file,
    export_stream,
    format_of,
)
from db.export_rows import moment
from db.search.builder import Filters
from db.search.ranking import Sort


def _moment(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    try:
        return None if value is None else moment(value)
    except ValueError as error:
        raise click.BadParameter(f"{error}.", context, parameter) from error


@click.command("export")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["csv", "jsonl", "parquet", "sqlite"]),
    help="[default: by the ending of --output, else csv; parquet needs pip install 'galen[parquet]']",
)
@click.option(
    "--profile",
    type=click.Choice(["excel", "plain"]),
    help="CSV for Excel (UTF-8 mark, formulas disarmed) or plain and lossless. [default: excel to a file, else plain]",
)
@click.option(
    "--output",
    "-o",
    default="-",
    metavar="FILE",
    help="File to write, with FILE.meta.json; .gz compresses it; - for stdout.",
)
@click.option("--query", "-q", default="", help="As in galen search, and finds the same articles.")
@filter_options
@click.option(
    "--sort",
    type=click.Choice(["relevance", "date"]),
    default="relevance",
    show_default=True,
    help="As in galen search; without a query the newest come first.",
)
@click.option(
    "--changed-since",
    callback=_moment,
    metavar="TIME",
    help="Only what is new, changed, gone or redacted since a date or 2026-03-01T08:00:00Z; adds the column change.",
)
@click.option("--columns", metavar="A,B", help=f"Out of: {', '.join(COLUMNS)}.")
@click.option("--with-body", is_flag=True, help="Add the full text.")
@click.option("--json", "as_json", is_flag=True, help="Print what was written as JSON (with --output FILE).")
@database_option
def command(
    format_: Format | None,
    profile: Profile | None,
    output: str,
    query: str,
    filters: Filters,
    all_words: bool,
    broaden: bool,
    sort: Sort,
    changed_since: str | None,
    columns: str | None,
    with_body: bool,
    as_json: bool,
    database: Path,
) -> None:
    """Export published articles, complete or not at all, in the order of `galen search`."""
    if as_json and output == "-":
        raise click.UsageError("--json needs --output FILE: standard output holds the articles.")
    chosen = format_ or _format(output)
    request = Request(
        query=query,
        filters=filters,
        all_words=all_words,
        broaden=broaden,
        sort=sort,
        changed_since=changed_since,
        columns=_columns(columns, with_body=with_body),
        format=chosen,
        profile=profile or ("plain" if output == "-" or chosen != "csv" else "excel"),
    )
    try:
        if output == "-":
            exported = export_stream(database, sys.stdout.buffer, request)
        else:
            exported = export_file(database, Path(output), request)
    except ExportError as error:
        raise CommandError(str(error)) from error
    for warning in (*exported.notes, *exported.warnings):
        click.echo(f"galen: {warning}", err=True)
    if output != "-":
        _report(exported, output, as_json=as_json)


def _format(output: str) -> Format:
    """What a file's name asks for. Nobody who writes .xlsx or .json means CSV."""
    name = Path(output)
    known = None if output == "-" else format_of(name)
    if known is None and name.suffix.lower() not in ("", ".gz", ".txt"):
        raise click.UsageError(
            f"no format is known by the ending {name.suffix}: name a .csv, .jsonl, .db or .parquet file, or say which "
            "one it is with --format."
        )
    return known or "csv"


def _columns(names: str | None, *, with_body: bool) -> tuple[str, ...]:
    columns = DEFAULT_COLUMNS if names is None else tuple(name.strip() for name in names.split(",") if name.strip())
    if unknown := [name for name in columns if name not in COLUMNS]:
        raise click.BadParameter(
            f"there is no column {', '.join(unknown)}; columns are {', '.join(COLUMNS)}.", param_hint="--columns"
        )
    if twice := [name for name in columns if columns.count(name) > 1]:
        raise click.BadParameter(f"{twice[0]} is named twice.", param_hint="--columns")
    if not columns:
        raise click.BadParameter("name at least one column.", param_hint="--columns")
    return (*columns, "body") if with_body and "body" not in columns else columns


def _report(exported: Exported, output: str, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"file": output, **asdict(exported)}, indent=2))
    else:
        click.echo(f"Exported {counted(exported.rows, 'article')} to {output} ({size(exported.bytes)}).", err=True)
