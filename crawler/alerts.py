"""Telling somebody that a site failed its checks: a command of the user's, or a webhook.

An alert that cannot be given is one line on standard error; it changes no exit code.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http.client import HTTPException
from typing import Any
from urllib.parse import urlsplit

SECONDS = 30


class AlertError(Exception):
    """An alert could not be given; the message says why."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What one site failed."""

    site: str
    run: int | None
    failed_checks: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.site} (run {self.run}): {'; '.join(self.failed_checks)}"


def message(findings: Sequence[Finding]) -> str:
    """What both kinds of alert get: JSON with one line of text and the findings."""
    text = f"{len(findings)} site{'s' * (len(findings) != 1)} failed checks: {' | '.join(map(str, findings))}"
    return json.dumps({"text": text, "sites": [asdict(finding) for finding in findings]}, ensure_ascii=False)


def run_command(command: str, findings: Sequence[Finding]) -> None:
    """Run a command (words as in a shell, but without one) with the message on standard input. Raises AlertError."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, from the user's own settings
            shlex.split(command), input=message(findings), text=True, capture_output=True, timeout=SECONDS, check=False
        )
    except (OSError, ValueError, subprocess.TimeoutExpired) as error:
        raise AlertError(f"alert_command {command!r}: {error}") from error
    if done.returncode != 0:
        raise AlertError(f"alert_command {command!r} ended with {done.returncode}: {done.stderr.strip()[:200]}")


def post(url: str, allowed: str, findings: Sequence[Finding]) -> None:
    """POST the message to `url`, if its host is one of `allowed` (joined by commas). Follows no redirect.

    Raises AlertError.
    """
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise AlertError(f"alert_webhook {url!r} is no URL: {error}") from error
    host = parts.hostname or ""
    hosts = {name.strip().lower() for name in allowed.split(",")} - {""}
    if parts.scheme not in ("http", "https") or host not in hosts:
        raise AlertError(f"alert_webhook: {host or url} is not named in alert_hosts, so nothing was sent")
    request = urllib.request.Request(  # noqa: S310 - the scheme was checked
        url, data=message(findings).encode(), headers={"Content-Type": "application/json"}, method="POST"
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect)
    try:
        with opener.open(request, timeout=SECONDS):
            pass
    except urllib.error.HTTPError as error:
        with error:
            raise AlertError(f"alert_webhook: {host} answered {error.code}") from error
    except (OSError, HTTPException) as error:
        raise AlertError(f"alert_webhook: {host} could not be told: {error}") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None
