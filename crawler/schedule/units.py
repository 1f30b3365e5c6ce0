"""Ready-made lines for cron and units for systemd that run `galen crawl --due` often."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """Where this Galen lives and works; all paths absolute."""

    folder: Path
    """Working folder: galen.toml and the site files are found from here."""
    data: Path
    command: tuple[str, ...]
    """How Galen is started: ('/srv/galen/.venv/bin/galen',)."""
    minutes: int = 15
    """How often the clock asks; a site is crawled only when its own schedule says so."""


def cron_lines(place: Installation) -> str:
    """Lines for `crontab -e`."""
    crawl = shlex.join([*place.command, "crawl", "--due", "--quiet", "--data", str(place.data)])
    publish = shlex.join([*place.command, "publish", "--data", str(place.data)])
    line = f"cd {shlex.quote(str(place.folder))} && ({crawl}; {publish}) >/dev/null"
    # In a crontab a percent sign ends the command.
    line = line.replace("%", r"\%")
    return (
        f"# Galen: every {place.minutes} minutes crawl what is due, then publish; mail comes only on failure.\n"
        f"*/{place.minutes} * * * *  {line}\n"
    )


def systemd_units(place: Installation) -> dict[str, str]:
    """File name -> text, for ~/.config/systemd/user or /etc/systemd/system."""
    start = _systemd([*place.command, "crawl", "--due", "--quiet", "--data", str(place.data)])
    then = _systemd([*place.command, "publish", "--data", str(place.data)])
    return {
        "galen.service": (
            "[Unit]\n"
            "Description=Galen: crawl the sites that are due, then publish\n"
            "After=network-online.target\n"
            "Wants=network-online.target\n\n"
            "[Service]\n"
            "Type=oneshot\n"
            f"WorkingDirectory={str(place.folder).replace('%', '%%')}\n"
            f"ExecStart={start}\n"
            "# After the crawl, also where a site failed its checks and so the service.\n"
            f"ExecStopPost={then}\n"
            "# 75 = every due site is being crawled by another process: no failure.\n"
            "SuccessExitStatus=75\n"
            "# The main process tells the others to end; a signal that each hears twice would end it at once.\n"
            "KillMode=mixed\n"
            "TimeoutStopSec=60\n"
            "NoNewPrivileges=true\n"
            "PrivateTmp=true\n"
        ),
        "galen.timer": (
            "[Unit]\n"
            "Description=Galen: look for due sites\n\n"
            "[Timer]\n"
            f"OnCalendar=*:0/{place.minutes}\n"
            "# A machine that was off catches up once.\n"
            "Persistent=true\n"
            "RandomizedDelaySec=60\n\n"
            "[Install]\n"
            "WantedBy=timers.target\n"
        ),
    }


def _systemd(words: list[str]) -> str:
    """A command line in the quoting of systemd."""
    quoted = []
    for word in words:
        text = word.replace("%", "%%").replace("$", "$$").replace("\\", "\\\\").replace('"', '\\"')
        quoted.append(f'"{text}"' if any(sign in text for sign in " \t'\"\\;") else text)
    return " ".join(quoted)
