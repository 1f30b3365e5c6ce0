"""`galen correct`: what an analyst knows better than the page's markup."""

from __future__ import annotations

import getpass
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from crawler.cli.database import writing
from crawler.cli.options import NUMBER, data_option
from db.article_loader import find_article
from db.correcting import correct, merge, split, undo
from db.corrections import DATES, Correction, listed
from db.records import Role
from db.search.query import parse_date
from db.store import Store


@click.command()
@click.argument("article", metavar="[ARTICLE]", required=False)
@click.option("--doctor", "doctors", multiple=True, metavar="NAME", help="The doctor (repeatable: all of them).")
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="What --doctor did.  [default: author]",
)
@click.option("--clinical-title", metavar="TEXT", help="Title of --doctor, as 'Dr.'.")
@click.option("--credentials", metavar="TEXT", help="Degrees of --doctor, as 'MD, PhD'.")
@click.option("--department", metavar="TEXT", help="Department of --doctor.")
@click.option("--hospital", metavar="TEXT", help="Hospital of --doctor.")
@click.option("--source", metavar="NAME", help="The source.")
@click.option("--title", metavar="TEXT", help="The title.")
@click.option("--published", metavar="DATE", help="2024, 2024-05 or 2024-05-31.")
@click.option("--modified", metavar="DATE")
@click.option("--reviewed", metavar="DATE")
@click.option("--next-review", metavar="DATE")
@click.option(
    "--unknown", multiple=True, type=click.Choice(["doctor", "source", *DATES]), help="Set to unknown (repeatable)."
)
@click.option("--merge", "merged", type=NUMBER, metavar="DOCTOR", help="Doctor's number; goes into --into.")
@click.option("--into", type=NUMBER, metavar="DOCTOR", help="The doctor that --merge really is.")
@click.option("--split", "divided", type=NUMBER, metavar="DOCTOR", help="Doctor's number, who in --article is another.")
@click.option("--article", "articles", multiple=True, metavar="ARTICLE", help="Article of --split (repeatable).")
@click.option("--undo", "undone", type=NUMBER, metavar="CORRECTION", help="Take a correction back.")
@click.option("--list", "show", is_flag=True, help="Show the corrections, of ARTICLE or all.")
@click.option("--by", metavar="NAME", envvar="GALEN_BY", show_envvar=True, help="Who says so.  [default: your login]")
@click.option("--note", metavar="TEXT", help="Why.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@data_option
def command(data: Path, article: str | None, **options: Any) -> None:
    """Correct an ARTICLE (its number or URL): the correction wins over what is read from the page, now and after
    every later crawl and `galen reprocess`.

    Doctors: --merge DOCTOR --into DOCTOR says that two are one, --split DOCTOR --article ... that they are not.
    Run `galen publish` to make corrections visible.
    """
    by = options["by"] or login()
    values = _values(options)
    with writing(data) as store:
        if options["show"]:
            _show(listed(store.connection, find_article(store.connection, article) if article else None), options)
            return
        made = _make(store, article, values, by, options)
    if options["as_json"]:
        click.echo(json.dumps({"corrections": made}))
        return
    told = f"Corrected ({', '.join(map(str, made))})" if made else f"Correction {options['undone']} is taken back"
    click.echo(f"{told}. Next: galen publish")


def _make(store: Store, article: str | None, values: dict[str, Any], by: str, options: dict[str, Any]) -> list[int]:
    asked = [article is not None, options["merged"] is not None, options["divided"] is not None, options["undone"]]
    if sum(map(bool, asked)) != 1 or (article is not None) != bool(values):
        raise click.UsageError("name an ARTICLE and what to set, or one of --merge, --split, --undo, --list")
    for name, needed in (("into", "merged"), ("articles", "divided")):
        if options[name] and options[needed] is None:
            raise click.UsageError("--into belongs to --merge, --article to --split")
    note = options["note"]
    if article is not None:
        return correct(store, find_article(store.connection, article), values, by=by, note=note)
    if options["merged"] is not None:
        if options["into"] is None:
            raise click.UsageError("--merge DOCTOR needs --into DOCTOR")
        return [merge(store, options["merged"], options["into"], by=by, note=note)]
    if options["divided"] is not None:
        if not options["articles"]:
            raise click.UsageError("--split DOCTOR needs --article ARTICLE")
        ids = [find_article(store.connection, each) for each in options["articles"]]
        return split(store, options["divided"], ids, by=by, note=note)
    undo(store, options["undone"], by=by)
    return []


def _values(options: dict[str, Any]) -> dict[str, Any]:
    """What to set, as `db.correcting.correct` takes it."""
    values: dict[str, Any] = {name: text for name in ("source", "title") if (text := _clean(name, options[name]))}
    for name in DATES:
        if options[name] is not None:
            values[name] = {"value": _date(name, options[name]), "offset": None}
    about = ("role", "clinical_title", "credentials", "department", "hospital")
    details = {name: text for name in about if (text := _clean(name, options[name]))}
    if options["doctors"]:
        details = {"role": str(Role.AUTHOR), **details}
        values["doctor"] = [{"name": _clean("doctor", name), **details} for name in options["doctors"]]
    elif details:
        raise click.UsageError(f"--{next(iter(details)).replace('_', '-')} says something of --doctor: name the doctor")
    for name in options["unknown"]:
        if name in values:
            raise click.UsageError(f"--{name} and --unknown {name} contradict each other")
        values[name] = [] if name == "doctor" else None
    return values


def _clean(name: str, text: str | None) -> str | None:
    if text is None:
        return None
    cleaned = " ".join(text.split())
    if not cleaned or not cleaned.isprintable():
        raise click.UsageError(f"--{name.replace('_', '-')} is empty or holds control characters")
    return cleaned


def _date(name: str, text: str) -> str:
    try:
        return parse_date(text)
    except ValueError as error:
        raise click.UsageError(f"--{name.replace('_', '-')}: {error}") from error


def _show(corrections: list[Correction], options: dict[str, Any]) -> None:
    if options["as_json"]:
        click.echo(json.dumps([asdict(each) for each in corrections], ensure_ascii=False, indent=2))
        return
    for each in corrections:
        what = f"article {each.article_id}: {each.field}" if each.kind == "field" else f"{each.kind} {each.doctor_key}"
        ended = f", ended {each.ended_at} by {each.ended_by}" if each.ended_at else ""
        value = "unknown" if each.value in (None, []) else json.dumps(each.value, ensure_ascii=False)
        note = f" ({each.note})" if each.note else ""
        click.echo(f"{each.id}  {what} = {value}, {each.made_at} by {each.made_by}{note}{ended}")


def login() -> str:
    """Name of the account that runs the command."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # an account without a name
        return f"uid {os.getuid()}"
