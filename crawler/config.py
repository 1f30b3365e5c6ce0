"""What the user sets: `galen.toml` in the working folder, overridden by the environment.

contact = "https://example.org/crawler or mail@example.org"   # GALEN_CONTACT
data = "data"                                                 # GALEN_DATA
delay = 1.0        # seconds between two requests to one site # GALEN_DELAY
sites = "spiders"  # folder with your own site files           # GALEN_SITES
alert_command = "mail -s galen me@example.org"                # GALEN_ALERT_COMMAND
alert_webhook = "https://hooks.example.org/galen"             # GALEN_ALERT_WEBHOOK
alert_hosts = "hooks.example.org"                             # GALEN_ALERT_HOSTS
"""

from __future__ import annotations

import importlib
import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from crawler import __version__

CONFIG_FILE = "galen.toml"


class ConfigError(Exception):
    """The configuration cannot be used; the message says what, why and what to do."""


@dataclass(frozen=True, slots=True)
class Config:
    """Values of `galen.toml`, with their defaults."""

    contact: str = ""
    """A web page or mail address where a webmaster reaches whoever runs the crawl."""
    data: str = "data"
    delay: float = 1.0
    """Seconds between two requests to one site."""
    sites: str = "spiders"
    """Folder with site files of one's own."""
    alert_command: str = ""
    """Run when a site failed its checks; gets the findings as JSON on standard input."""
    alert_webhook: str = ""
    """URL that gets the findings as JSON by POST; its host must be one of `alert_hosts`."""
    alert_hosts: str = ""
    """Hosts that a webhook may go to, joined by commas."""


def user_agent(contact: str) -> str:
    """How Galen names itself to a website: product, version and, in brackets, whom to reach."""
    return f"Galen/{__version__} (+{contact})" if contact else f"Galen/{__version__}"


def load_config(folder: Path | None = None) -> Config:
    """The configuration that holds in `folder` (default: the working folder). Raises ConfigError."""
    path = (folder or Path.cwd()) / CONFIG_FILE
    values: dict[str, Any] = {}
    try:
        # Some editors begin a file with a mark.
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        pass
    except OSError as error:
        raise ConfigError(f"{CONFIG_FILE} cannot be read: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{CONFIG_FILE} cannot be read: {error}") from error
    known = {field.name for field in fields(Config)}
    if unknown := sorted(values.keys() - known):
        raise ConfigError(
            f"{CONFIG_FILE} sets {', '.join(unknown)}, which is not known. Known: {', '.join(sorted(known))}"
        )
    said = {name: f"{CONFIG_FILE}: {name}" for name in values}
    for name in known:
        variable = f"GALEN_{name.upper()}"
        if (given := os.environ.get(variable)) is not None:
            values[name], said[name] = given, f"the environment variable {variable}"
    return Config(**{name: _checked(name, value, said[name]) for name, value in values.items()})


def _checked(name: str, value: Any, said: str) -> Any:
    """A value as `Config` keeps it; `said`: where it stands, for whoever has to mend it. Raises ConfigError."""
    if name == "delay":
        return _seconds(value, said)
    if not isinstance(value, str) or "\n" in value:
        raise ConfigError(f"{said} must be text on one line, not {value!r}")
    if name in ("data", "sites") and not value.strip():
        raise ConfigError(f"{said} is empty: name a folder, or leave it out")
    return value.strip()


def _seconds(value: Any, said: str) -> float:
    try:
        seconds = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        raise ConfigError(f"{said} must be a number of seconds, not {value!r}") from None
    if not 0 <= seconds <= 3600:
        raise ConfigError(f"{said} must lie between 0 and 3600 seconds, not {value!r}")
    return seconds


def add_user_sites(folder: Path) -> None:
    """Make the site files in `folder` part of the package `spiders`, before those that come with Galen."""
    package = importlib.import_module("spiders")
    path = str(folder.resolve())
    if folder.is_dir() and path not in package.__path__:
        package.__path__.insert(0, path)
