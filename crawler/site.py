"""What a site is, as data: where it lives, how it is discovered, how its pages are read.

A spider is a `name` and one `site = Site(...)`; a misspelt keyword fails at import and in mypy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

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
    """How often a site is crawled."""

    hours: float = 24.0
    jitter: timedelta = timedelta(0)


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
    """Elements that hold source, people and dates; without it the text between h1 and body."""
    remove: tuple[str, ...] = ()
    """Elements cut before anything is read (related articles, share bars)."""
    next_part: tuple[str, ...] = ()
    """Link to the next page of the same article."""
    expect: tuple[str, ...] = ("title", "body")
    """Fields that most articles must have: title, body, source, doctor, published."""
    schedule: Every = field(default_factory=Every)
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
