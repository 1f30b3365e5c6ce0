"""What a site is, as data: where it lives, how it is discovered, how its pages are read.

A spider is a `name` and one `site = Site(...)`; a misspelt keyword fails at import and in mypy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crawler.schedule.cron import parse_cron

DateOrder = Literal["MDY", "DMY", "YMD"]


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap or sitemap index, by path or URL; a news sitemap likewise."""

    url: str


@dataclass(frozen=True, slots=True)
class Feed:
    """An RSS or Atom feed, by path or URL."""

    url: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page that lists articles; `next` is the CSS selector of the link to the next page."""

    url: str
    next: str | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """Follow every link within the site, breadth first, from this page on."""

    url: str = "/"


@dataclass(frozen=True, slots=True)
class RobotsSitemaps:
    """The sitemaps that robots.txt names; where it names none, feeds linked from `url`, else links."""

    url: str = "/"


Discovery = Sitemap | Feed | Listing | Links | RobotsSitemaps


@dataclass(frozen=True, slots=True, kw_only=True)
class Every:
    """A site is crawled this long after the last crawl began."""

    hours: float = 24.0
    jitter: timedelta = timedelta(0)
    """The time is moved by up to this much, so that not all sites come at once."""

    def __post_init__(self) -> None:
        """Refuse a schedule that never ends or goes back. Raises ValueError."""
        if not 0 < self.hours <= 24 * 366 or self.jitter < timedelta(0):
            raise ValueError(f"Every(hours={self.hours}): more than 0 hours, a year at most, no negative jitter")

    def __str__(self) -> str:
        return f"every {self.hours:g} h{_moved_by(self.jitter)}"


@dataclass(frozen=True, slots=True)
class Cron:
    """A site is crawled at the times of a cron expression ('30 4 * * mon-fri') in a time zone ('Europe/Berlin').

    A time that the clock change skips is moved forward, one that comes twice is used once.
    """

    expression: str
    zone: str = "UTC"
    jitter: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Refuse what cron does not know. Raises ValueError."""
        parse_cron(self.expression)
        if self.jitter < timedelta(0):
            raise ValueError(f"Cron({self.expression!r}): jitter is negative")
        try:
            ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"Cron(zone={self.zone!r}): no such time zone; write it like 'Europe/Berlin'") from error

    def __str__(self) -> str:
        return f"{self.expression} {self.zone}{_moved_by(self.jitter)}"


Schedule = Every | Cron


def _moved_by(jitter: timedelta) -> str:
    return f" + up to {jitter}" if jitter else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A website that Galen crawls. Selectors are CSS, ordered: the first that matches wins."""

    name: str
    """As people call it; also the default source."""
    domains: tuple[str, ...]
    """Hosts ('en.cnys.com') or, for a private site, exactly host:port ('127.0.0.2:8080')."""
    discover: tuple[Discovery, ...] = (RobotsSitemaps(),)
    article: str = ""
    """Regular expression, searched in path and query of a URL; '' = any page may be an article."""
    id_parameters: tuple[str, ...] = ()
    """Query parameters that choose the article here although elsewhere they only track (`ref`, `from`, `spm`)."""
    scheme: Literal["https", "http"] = "https"
    language: str | None = None
    """ISO 639-1; None = read from the text."""
    date_order: DateOrder | None = None
    """Order of day and month in all-number dates; None = ambiguous dates are not read."""
    source: str | None = None
    """Source where the text names none; None = the site's `name`."""
    body: tuple[str, ...] = ()
    title: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    """Elements that hold source, people and dates, all of them read; without it the text between h1 and body."""
    remove: tuple[str, ...] = ()
    """Elements cut before anything is read (related articles, share bars)."""
    next_part: tuple[str, ...] = ()
    """Link to the next page of the same article."""
    expect: tuple[str, ...] = ("title", "body")
    """Fields that most articles must have: title, body, source, doctor, published."""
    schedule: Schedule = field(default_factory=Every)
    revisit: tuple[float, ...] = (1, 7, 30)
    """Days until an article is looked at again: one step further each time it is unchanged, back to the first
    when it changed."""
    keep_raw: bool = True
    """Keep fetched pages for `galen reprocess`; pages that forbid it are never kept."""
    delay: float | None = None
    """Seconds between two requests to the site, give or take a half; None = the setting DOWNLOAD_DELAY."""
    at_once: int | None = None
    """Requests in flight to one host, 1 to 4; None = the setting CONCURRENT_REQUESTS_PER_DOMAIN."""
    budget: int | None = None
    """Pages that one run may fetch; None = the setting GALEN_LIMIT."""

    def __post_init__(self) -> None:
        """Refuse at import what would only fail at night.

        Raises ValueError with the site's name and what to change.
        """
        if not self.name.strip():
            raise ValueError("Site(name=...): a name is needed")
        if not self.domains:
            raise ValueError(f"{self.name}: Site(domains=...) names no host")
        for domain in self.domains:
            if "/" in domain or domain != domain.lower() or not domain:
                raise ValueError(
                    f"{self.name}: domain {domain!r} must be a lower-case host or host:port, without scheme or path"
                )
        if self.at_once is not None and not 1 <= self.at_once <= MOST_AT_ONCE:
            raise ValueError(f"{self.name}: at_once={self.at_once} must lie between 1 and {MOST_AT_ONCE}")
        if self.budget is not None and self.budget < 1:
            raise ValueError(f"{self.name}: budget={self.budget} must be a number of pages, 1 or more")
        try:
            re.compile(self.article)
        except re.error as error:
            raise ValueError(f"{self.name}: article={self.article!r} is no regular expression: {error}") from error
        if not self.revisit or min(self.revisit) <= 0 or list(self.revisit) != sorted(self.revisit):
            raise ValueError(f"{self.name}: revisit={self.revisit!r} must be rising numbers of days, like (1, 7, 30)")
        unknown = set(self.expect) - EXPECTABLE
        if unknown:
            raise ValueError(f"{self.name}: expect names {sorted(unknown)}; known are {sorted(EXPECTABLE)}")

    @property
    def base(self) -> str:
        """Root URL of the first domain, without a trailing slash."""
        return f"{self.scheme}://{self.domains[0]}"


MOST_AT_ONCE = 4
"""Requests in flight to one host that no site has to bear more than."""
EXPECTABLE = frozenset({"title", "body", "source", "doctor", "published", "modified", "reviewed", "summary"})
