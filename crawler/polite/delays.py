"""How long a server asks us to wait, and how the downloader is made to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Protocol

MAX_RETRY_AFTER = timedelta(hours=1)
MAX_CRAWL_DELAY = 30.0
"""Seconds; a robots.txt that asks for more would stop the crawl of a large site for good."""


class DelayedSlot(Protocol):
    """What this module needs of Scrapy's downloader slot."""

    delay: float
    jitter: float


def parse_retry_after(value: bytes | str | None, now: datetime) -> datetime | None:
    """When to come back after a 429 or 503, at most an hour after `now` (aware); None where the header says nothing.

    RFC 9110 section 10.2.3: seconds or an HTTP date. A date that has passed means now.
    """
    text = value.decode("latin-1") if isinstance(value, bytes) else value or ""
    text = text.strip()
    if text.isascii() and text.isdigit():
        seconds = int(text) if len(text) < 10 else MAX_RETRY_AFTER.total_seconds()
        return now + min(timedelta(seconds=seconds), MAX_RETRY_AFTER)
    try:
        date = parsedate_to_datetime(text)
    except (TypeError, ValueError, OverflowError):
        return None
    if date.tzinfo is None:  # '-0000' or no zone: HTTP dates are UTC
        date = date.replace(tzinfo=UTC)
    return min(max(date.astimezone(UTC), now), now + MAX_RETRY_AFTER)


def crawl_delay(stated: float | None) -> float:
    """Seconds between two requests that robots.txt asks for, capped; 0.0 where it asks for nothing sensible."""
    if stated is None or not stated > 0:  # NaN is not greater than 0 either
        return 0.0
    return min(stated, MAX_CRAWL_DELAY)


def slow_down(slot: DelayedSlot, seconds: float) -> None:
    """Make a slot wait at least `seconds` between two requests; never makes it faster."""
    if slot.delay * (1 - slot.jitter) < seconds:
        slot.delay = max(slot.delay, seconds)
        slot.jitter = 0.0  # Scrapy's random factor would undercut what was asked for
