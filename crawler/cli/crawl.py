"""`galen crawl`: sites by name or URL into the database."""

from __future__ import annotations

import dataclasses
import json
import logging
import math
import os
import sys
from pathlib import Path
from typing import Any

import click
from scrapy.settings import BaseSettings, Settings
from scrapy.utils.log import configure_logging
from scrapy.utils.project import get_project_settings

from crawler.cli.after import alert, forget_withheld, read_checks
from crawler.cli.due import due_targets, echo_nothing_due
from crawler.cli.from_warc import crawl_from_warc
from crawler.cli.options import DATABASE, NUMBER, SECONDS, counted, data_option
from crawler.cli.plan import print_plan
from crawler.cli.summary import print_sites
from crawler.config import user_agent
from crawler.processes import ProcessRunner
from crawler.progress import Progress
from crawler.runner import SITES_AT_ONCE, Runner, Target
from crawler.sites import UnknownSite, targets
from db.connection import connect, open_database
from db.report import site_summaries

ALL_BUSY = 75
CHECKS_FAILED = 3


@click.command()
@click.argument("names", metavar="[SITE|URL]...", nargs=-1)
@data_option
@click.option("--due", is_flag=True, help="Only sites whose schedule says that it is time (see `galen schedule`).")
@click.option("--limit", type=NUMBER, help="Fetch at most this many pages of each site in this run.")
@click.option("--delay", type=SECONDS, help="Seconds between two requests to one site.")
@click.option(
    "--at-once", type=click.IntRange(min=1, max=100), default=SITES_AT_ONCE, show_default=True,
    help="Sites crawled at the same time.",
)  # fmt: skip
@click.option(
    "--processes", type=click.IntRange(min=1, max=64),
    help="Processes that share the sites.  [default: one a core, at most one a site]",
)  # fmt: skip
@click.option(
    "--split", type=click.IntRange(min=2, max=16), help="Let so many processes share the pages of the one SITE named."
)
@click.option("--contact", help="Web page or mail address where webmasters reach you (also in galen.toml).")
@click.option("--set", "overrides", metavar="NAME=VALUE", multiple=True, help="Override a Scrapy setting.")
@click.option("--refresh", is_flag=True, help="Look at every known page again, due or not.")
@click.option(
    "--from-warc", "warcs", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), metavar="FILE",
    help="Read this WARC file instead of asking websites (repeatable).",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Print what would be visited; ask nothing, write nothing.")
@click.option("--json", "as_json", is_flag=True, help="Print the result as JSON on standard output.")
@click.option("--quiet", is_flag=True, help="No progress.")
@click.option("--verbose", is_flag=True, help="Log every page.")
def command(
    names: tuple[str, ...], data: Path, due: bool, limit: int | None, delay: float | None, at_once: int,
    processes: int | None, split: int | None, contact: str | None, overrides: tuple[str, ...], refresh: bool,
    warcs: tuple[Path, ...], dry_run: bool, as_json: bool, quiet: bool, verbose: bool,
) -> None:  # fmt: skip
    """Crawl sites by name (see `galen sites`) or any website by URL. Without a name: every declared site.

    A crawl can be stopped at any moment, also with kill -9: the same command goes on where it was.
    """
    changes: dict[str, Any] = dict(_override(text) for text in overrides)
    named = {
        "GALEN_LIMIT": limit, "DOWNLOAD_DELAY": delay, "GALEN_CONTACT": contact, "GALEN_REFRESH": refresh or None
    }  # fmt: skip
    changes |= {name: value for name, value in named.items() if value is not None}
    changes.setdefault("LOG_LEVEL", "DEBUG" if verbose else "WARNING")
    settings = load_settings(data, changes)
    if warcs:
        crawl_from_warc(warcs, names, settings, as_json=as_json)
        return
    found = _found(names, settings)
    if due and not (found := due_targets(found, settings)):
        if not quiet:
            echo_nothing_due(names, settings, as_json=as_json)
        return
    if dry_run:
        print_plan(found, settings, as_json=as_json)
        return
    if split is not None and len(found) != 1:
        raise click.UsageError("--split is for one site: name it.")
    number = split or processes or min(os.cpu_count() or 1, len(found))
    runner: Runner | ProcessRunner
    if number > 1:
        open_database(Path(settings["GALEN_DATABASE"])).close()
        if split is not None:
            # Together the processes are as polite as one.
            changes |= {"GALEN_SPLIT": split, "DOWNLOAD_DELAY": settings.getfloat("DOWNLOAD_DELAY") * split}
        runner = ProcessRunner(changes, data, found * (split or 1), processes=number, at_once=at_once)
    else:
        runner = _runner(found, settings, at_once)
    watch(runner, settings, quiet=quiet or as_json)
    _report(runner, settings, as_json=as_json)


def _found(names: tuple[str, ...], settings: Settings) -> list[Target]:
    try:
        found = targets(settings, names)
    except UnknownSite as error:
        raise click.UsageError(str(error)) from error
    if not found:
        raise click.UsageError("there is no site yet. Name a URL, or see `galen sites --help`.")
    return found


def load_settings(data: Path, changes: dict[str, Any]) -> Settings:
    """Scrapy settings of a crawl into `data`, with `changes` over all others. Raises ConfigError."""
    settings = get_project_settings()
    settings.set("GALEN_DATA", str(data), priority="cmdline")
    settings.set("GALEN_DATABASE", str(data / DATABASE), priority="cmdline")
    settings.set("LOG_INSTALL_ROOT_HANDLER", False, priority="cmdline")
    for name, value in changes.items():
        if isinstance(value, str):
            _check_setting(name, value, settings.get(name))
        settings.set(name, value, priority="cmdline")
    if changes.get("GALEN_CONTACT") and "USER_AGENT" not in changes:
        settings.set("USER_AGENT", user_agent(changes["GALEN_CONTACT"]), priority="cmdline")
    return settings


def _check_setting(name: str, value: str, usual: object) -> None:
    """Refuse a value that Scrapy would only stumble over in the middle. Raises click.UsageError."""
    try:
        match usual:
            case bool():
                BaseSettings({name: value}).getbool(name)
            case int() | float() if not math.isfinite(float(value)):
                raise ValueError("it must be a number")  # noqa: TRY301
            case dict() | BaseSettings():
                BaseSettings({name: value}).getdict(name)
            case _ if name == "LOG_LEVEL" and not isinstance(logging.getLevelName(value), int):
                raise ValueError("levels are DEBUG, INFO, WARNING, ERROR and CRITICAL")  # noqa: TRY301
    except ValueError as error:
        raise click.UsageError(f"--set {name}={value}: {error}; usual is {str(usual)[:80]!r}.") from error


def crawl(found: list[Target], settings: Settings, *, at_once: int, quiet: bool = False) -> Runner:
    """Run the crawls in this process, with progress. Raises StorageError if the database cannot be used."""
    runner = _runner(found, settings, at_once)
    watch(runner, settings, quiet=quiet)
    return runner


def watch(runner: Runner | ProcessRunner, settings: Settings, *, quiet: bool) -> None:
    """Let a runner run to its end, with progress and log on standard error; then read what its checks found."""
    with Progress(runner.crawls, stream=sys.stderr, level=settings["LOG_LEVEL"], quiet=quiet) as progress:
        runner.run(progress.tick)
    read_checks(runner, Path(settings["GALEN_DATABASE"]))
    if runner.signal is None:
        forget_withheld(Path(settings["GALEN_DATABASE"]))


def _runner(found: list[Target], settings: Settings, at_once: int) -> Runner:
    open_database(Path(settings["GALEN_DATABASE"])).close()
    configure_logging(settings)
    return Runner(settings, found, at_once=at_once)


def exit_code(runner: Runner | ProcessRunner) -> int:
    """0, 1 if a site failed, 3 if one failed its checks, 75 if all were busy, 128 + the number of a signal."""
    states = [crawl.state for crawl in runner.crawls]
    if runner.signal is not None:
        return 128 + runner.signal
    if "failed" in states:
        return 1
    if any(crawl.failed_checks for crawl in runner.crawls):
        return CHECKS_FAILED
    return ALL_BUSY if set(states) == {"busy"} else 0


def _report(runner: Runner | ProcessRunner, settings: Settings, *, as_json: bool) -> None:
    connection = connect(Path(settings["GALEN_DATABASE"]), read_only=True)
    try:
        sites = site_summaries(connection, {item.target.label for item in runner.crawls})
        asked = connection.execute(
            "SELECT sum(fetched), sum(new), sum(changed) FROM runs WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([item.run_id for item in runner.crawls if item.run_id is not None]),),
        ).fetchone()
    finally:
        connection.close()
    if as_json:
        report = {
            "crawls": [
                {
                    "site": item.target.label,
                    "state": item.state,
                    "error": item.error,
                    "run": item.run_id,
                    "failed_checks": item.failed_checks,
                }
                for item in runner.crawls
            ],
            "sites": [dataclasses.asdict(row) for row in sites],
        }
        click.echo(json.dumps(report, ensure_ascii=False, indent=2))
    elif sites:
        print_sites(sites)
        fetched, new, changed = (number or 0 for number in asked)
        click.echo(
            f"This crawl: {counted(fetched, 'page')} fetched, {counted(new, 'article')} new, {changed:,} changed. "
            "The table shows all that is held."
        )
    for item in runner.crawls:
        if item.error is not None:
            click.echo(f"galen: {item.error}", err=True)
    alert(runner, settings)
    code = exit_code(runner)
    if code == 0 and not as_json:
        click.echo("Next: `galen publish`, then `galen serve`, `galen search WORDS` or `galen export`.")
    sys.exit(code)


def _override(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name.isidentifier():
        raise click.UsageError(f"--set {text!r}: write NAME=VALUE, like --set DOWNLOAD_TIMEOUT=20")
    return name, value
