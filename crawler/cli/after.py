"""After a crawl: what the checks found, and who is told."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import click
from scrapy.settings import BaseSettings

from crawler.alerts import AlertError, Finding, post, run_command
from crawler.cli.options import counted
from crawler.processes import ProcessRunner
from crawler.raw.withheld import remove_withheld
from crawler.runner import Runner
from db.connection import StorageError, connect
from db.store import Store


def read_checks(runner: Runner | ProcessRunner, database: Path) -> None:
    """Note with every crawl which checks its run failed."""
    with closing(connect(database, read_only=True)) as connection:
        for crawl in runner.crawls:
            if crawl.run_id is not None:
                row = connection.execute("SELECT checks FROM runs WHERE id = ?", (crawl.run_id,)).fetchone()
                crawl.failed_checks = json.loads(row["checks"] or "[]") if row is not None else []


def forget_withheld(database: Path) -> None:
    """Remove raw pages of texts that a site has come to withhold; what cannot go now waits for the next time."""
    try:
        with closing(Store.open(database)) as store:
            removed = remove_withheld(store, database.parent / "raw")
    except (OSError, StorageError, sqlite3.Error) as error:
        click.echo(f"galen: texts that their site withholds are still in the raw pages: {error}", err=True)
        return
    if removed:
        click.echo(f"Removed {counted(removed, 'raw page')}: their site withholds the text by now.", err=True)


def alert(runner: Runner | ProcessRunner, settings: BaseSettings) -> None:
    """One line for every site that failed its checks, and the alerts that the settings name."""
    findings = [
        Finding(crawl.target.label, crawl.run_id, tuple(crawl.failed_checks))
        for crawl in runner.crawls
        if crawl.failed_checks
    ]
    if not findings:
        return
    for finding in findings:
        click.echo(f"galen: checks failed: {finding}. See: galen report {finding.run}", err=True)
    command, webhook = settings.get("GALEN_ALERT_COMMAND"), settings.get("GALEN_ALERT_WEBHOOK")
    ways: list[Callable[[], None]] = []
    if command:
        ways.append(lambda: run_command(command, findings))
    if webhook:
        ways.append(lambda: post(webhook, settings.get("GALEN_ALERT_HOSTS") or "", findings))
    for way in ways:
        try:
            way()
        except AlertError as error:
            click.echo(f"galen: {error}", err=True)
