"""`galen schedule`: when sites are due, and what to give to cron or systemd."""

from __future__ import annotations

import json
import shutil
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from crawler.cli.crawl import load_settings
from crawler.cli.due import times
from crawler.cli.options import data_option
from crawler.progress import print_summary
from crawler.schedule.due import SiteTime
from crawler.schedule.units import Installation, cron_lines, systemd_units
from crawler.site import Cron


@click.command()
@data_option
@click.option("--print", "kind", type=click.Choice(["cron", "systemd"]), help="Print lines for this clock instead.")
@click.option(
    "--every", type=click.IntRange(1, 59), default=15, show_default=True, help="Minutes between two looks, for --print."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(data: Path, kind: str | None, every: int, as_json: bool) -> None:
    """Show when each declared site is due, soonest first; `galen crawl --due` crawls those whose time has come.

    There is no daemon: --print gives the line for `crontab -e`, or a service and a timer for systemd.
    """
    if kind is not None:
        place = Installation(folder=Path.cwd(), data=data.resolve(), command=_galen(), minutes=every)
        _print_units(kind, place)
        return
    found = times(load_settings(data, {}))
    now = datetime.now(UTC)
    if as_json:
        click.echo(json.dumps([_as_dict(item, now) for item in found], ensure_ascii=False, indent=2))
        return
    print_summary(
        [[item.spider, str(item.schedule), item.last_started or "never", *_when(item, now)] for item in found],
        ("site", "schedule", "last crawl (UTC)", "due (UTC)", "due there"),
        sys.stdout,
    )


def _when(item: SiteTime, now: datetime) -> tuple[str, str]:
    if item.next_due is None or item.is_due(now):
        return (item.next_due or "-", "now")
    zone = ZoneInfo(item.schedule.zone) if isinstance(item.schedule, Cron) else UTC
    return item.next_due, datetime.fromisoformat(item.next_due).astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")


def _as_dict(item: SiteTime, now: datetime) -> dict[str, object]:
    return {
        "name": item.spider,
        "site": item.site,
        "schedule": str(item.schedule),
        "last_started": item.last_started,
        "next_due": item.next_due,
        "due": item.is_due(now),
    }


def _print_units(kind: str, place: Installation) -> None:
    if kind == "cron":
        click.echo(cron_lines(place), nl=False)
        return
    for name, text in systemd_units(place).items():
        click.echo(f"# ~/.config/systemd/user/{name}")
        click.echo(text)
    click.echo("# Then: systemctl --user daemon-reload && systemctl --user enable --now galen.timer")


def _galen() -> tuple[str, ...]:
    """How this Galen was started, by absolute paths."""
    beside = Path(sys.executable).with_name("galen")
    if beside.exists():
        return (str(beside),)
    found = shutil.which("galen")
    return (found,) if found else (sys.executable, "-m", "crawler")
