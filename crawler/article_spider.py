"""The class that site files extend: discovery -> pages -> Articles.

A site file is a `name` and one `site = Site(...)`. An odd site overrides one of two hooks,
`before_read(page)` and `after_read(article, page)`.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urljoin, urlsplit

from scrapy import Request, Spider
from scrapy.http import Response, TextResponse
from scrapy.settings import BaseSettings

from crawler.discovery import (
    Found,
    read_feed,
    read_robots_sitemaps,
    read_sitemap,
    trap_reason,
    without_session_id,
)
from crawler.extract.article import extract, extract_part
from crawler.extract.page import Page, read_page, resolve
from crawler.frontier.gather import Judged
from crawler.frontier.request_codec import FETCHED, KIND, LASTMOD
from crawler.site import Feed, Links, Listing, RobotsSitemaps, Site, Sitemap
from db.records import Article, PageKind, Part, Verdict

MAX_PARTS = 50
"""Pages of one article that are followed; more is a trap."""
MAX_SITEMAP_DEPTH = 4
"""Sitemaps within sitemaps; the protocol knows two levels, a loop knows no end."""

Output = Request | Article | Part | Judged


class ArticleSpider(Spider):
    """Walks one site as its `site` declares and yields its articles."""

    site: Site

    def __init_subclass__(cls, *, abstract: bool = False, **kwargs: Any) -> None:
        """Refuse a spider without `site` when it is imported, not when it runs."""
        super().__init_subclass__(**kwargs)
        if not abstract and not isinstance(getattr(cls, "site", None), Site):
            raise TypeError(f"{cls.__module__}.{cls.__name__} needs: site = Site(name=..., domains=(...), ...)")

    def __init__(self, *args: Any, base: str = "", **kwargs: Any) -> None:
        """`base`: root URLs to crawl instead of the declared domains, joined by commas (a test copy of the site)."""
        super().__init__(*args, **kwargs)
        if base:
            self.site = moved(self.site, base)
        self._article = re.compile(self.site.article)
        self._follows = any(isinstance(way, Links) for way in self.site.discover)
        self._next = tuple(way.next for way in self.site.discover if isinstance(way, Listing) and way.next)

    @classmethod
    def update_settings(cls, settings: BaseSettings) -> None:
        """What a site declares of delay, concurrency and budget holds unless the command line says otherwise."""
        super().update_settings(settings)
        site = getattr(cls, "site", None)
        declared = {
            "DOWNLOAD_DELAY": getattr(site, "delay", None),
            "CONCURRENT_REQUESTS_PER_DOMAIN": getattr(site, "at_once", None),
            "GALEN_LIMIT": getattr(site, "budget", None),
        }
        for name, value in declared.items():
            if value is not None:
                settings.set(name, value, priority="spider")

    def before_read(self, page: Page) -> Page:
        """Hook: change a page before it is read."""
        return page

    def after_read(self, article: Article, page: Page) -> Article | None:
        """Hook: change an article after it was read; None rejects it."""
        return article

    # Where a crawl begins

    async def start(self) -> AsyncIterator[Any]:
        """One request for each declared way of discovery."""
        for way in self.site.discover:
            match way:
                case Sitemap(url):
                    yield self._ask(url, PageKind.SITEMAP)
                case Feed(url):
                    yield self._ask(url, PageKind.FEED)
                case Listing(url) | Links(url):
                    yield self._ask(url, PageKind.LISTING)
                case RobotsSitemaps():
                    yield self._ask("/robots.txt", PageKind.ROBOTS)

    # One callback for each kind of page

    def parse_robots(self, response: Response) -> Iterator[Output]:
        """The sitemaps that robots.txt names; without any, feeds and links of the site's pages are followed."""
        text = response.text if isinstance(response, TextResponse) else response.body.decode("utf-8", "replace")
        sitemaps = read_robots_sitemaps(text, response.url) if response.status == 200 else []
        for url in sitemaps:
            yield self._ask(url, PageKind.SITEMAP)
        for way in self.site.discover:
            if isinstance(way, RobotsSitemaps) and sitemaps:
                yield self._ask(way.url, self._kind_of(way.url))
            elif isinstance(way, RobotsSitemaps):
                yield self._ask(way.url, PageKind.LISTING, seek=True)
        yield Judged(Verdict.LISTING)

    def parse_sitemap(self, response: Response) -> Iterator[Output]:
        """Child sitemaps, and the URLs that are articles by the site's pattern."""
        yield from self._found(read_sitemap(response.body, response.url), response)

    def parse_feed(self, response: Response) -> Iterator[Output]:
        """The entries that are articles by the site's pattern."""
        yield from self._found(read_feed(response.body, response.url), response)

    def parse_listing(self, response: Response, seek: bool = False, follow: bool = False) -> Iterator[Output]:
        """Articles that a page links to, and the next page of the list.

        `seek`: take the feeds that the page names, else follow links; `follow`: follow every link.
        """
        page = self.before_read(_read(response))
        feeds = page.feeds() if seek else ()
        for url in feeds:
            yield self._ask(url, PageKind.FEED)
        if seek or follow or self._follows:
            yield from self._read_article(response, page, follow=not feeds)
            return
        links, note = self._links(page, response)
        for url in links:
            if self._article.search(_target(url)):
                yield self._ask(url, PageKind.ARTICLE)
        yield from self._next_listing(page)
        yield Judged(Verdict.LISTING, note)

    def parse_article(self, response: Response, follow: bool = False) -> Iterator[Output]:
        """The article of a page; with `follow` the links of the page as well."""
        page = self.before_read(_read(response))
        yield from self._read_article(response, page, follow=follow or self._follows)

    def parse_part(self, response: Response, article_url: str, number: int) -> Iterator[Output]:
        """Page `number` of the article that begins at `article_url`."""
        page = self.before_read(_read(response))
        part = extract_part(page, self.site, article_url=article_url, number=number)
        if part is None:
            yield Judged(Verdict.REJECTED, "no body")
            return
        if part.next_part is not None and number < MAX_PARTS:
            yield self._ask_part(part.next_part, article_url, number + 1)
        yield part

    # What they share

    def _read_article(self, response: Response, page: Page, *, follow: bool) -> Iterator[Output]:
        if follow:
            links, note = self._links(page, response)
            yield from self._followed(links)
            if note:  # nothing that links to thousands of pages is an article, and reading it would take minutes
                yield Judged(Verdict.LISTING, note)
                return
        fetched_at = response.meta.get(FETCHED)
        extraction = extract(
            page, self.site, datetime.fromisoformat(fetched_at) if fetched_at is not None else datetime.now(UTC)
        )
        article = self.after_read(extraction.article, page) if extraction.article is not None else None
        if article is None:
            reason = extraction.reason if extraction.article is None else "refused by the spider"
            verdict = extraction.verdict if extraction.article is None else Verdict.REJECTED
            yield Judged(verdict, reason)
            return
        yield article
        if article.next_part is not None:
            yield self._ask_part(article.next_part, article.canonical_url or article.url, 2)

    def _found(self, entries: Iterator[Found], response: Response) -> Iterator[Output]:
        for entry in entries:
            if entry.kind is PageKind.SITEMAP:
                if response.meta.get("depth", 0) < MAX_SITEMAP_DEPTH:
                    yield self._ask(entry.url, PageKind.SITEMAP)
            elif self._article.search(_target(entry.url)):
                yield self._ask(entry.url, PageKind.ARTICLE, lastmod=entry.lastmod)
        yield Judged(Verdict.LISTING)

    def _followed(self, links: Iterable[str]) -> Iterator[Output]:
        for url in links:
            kind = PageKind.ARTICLE if self.site.article and self._article.search(_target(url)) else PageKind.LISTING
            # Only followed because nothing else was found: the page must remember that it follows on.
            arguments: dict[str, Any] = {} if self._follows else {"follow": True}
            yield self._ask(url, kind, **arguments)

    def _links(self, page: Page, response: Response) -> tuple[list[str], str | None]:
        """The links of a page, each once, without session ids and traps, and a note where not all were taken."""
        depth = response.meta.get("depth", 0) + 1
        most = self.settings.getint("GALEN_LINKS_PER_PAGE")
        links: dict[str, None] = {}
        left_out = page.unread_links
        for url, _ in page.links():
            if len(links) < most:
                links[without_session_id(url)] = None
            else:
                left_out += 1
        if left_out:
            self._count("over_limit", left_out)
        total = len(links) + left_out
        note = f"{total:,} links, the first {len(links):,} taken" if total > most else None
        return [url for url in links if not self._is_trap(url, depth)], note

    def _next_listing(self, page: Page) -> Iterator[Output]:
        _, elements = page.select_all(self._next) or ("", [])
        for element in elements:
            url = resolve(page.base(), element.get("href") or "")
            # A declared list may be as long as it is: its depth says nothing.
            if url is not None and not self._is_trap(url, depth=0):
                yield self._ask(url, PageKind.LISTING)

    def _is_trap(self, url: str, depth: int) -> bool:
        reason = trap_reason(url, depth)
        if reason is not None:
            self._count(f"trap/{reason}")
        return reason is not None

    def _count(self, what: str, number: int = 1) -> None:
        assert self.crawler.stats is not None
        self.crawler.stats.inc_value(f"galen/links/{what}", number)

    def _kind_of(self, url: str) -> PageKind:
        return PageKind.ARTICLE if self._article.search(_target(urljoin(self.site.base, url))) else PageKind.LISTING

    def _ask(self, url: str, kind: PageKind, *, lastmod: str | None = None, **arguments: Any) -> Request:
        meta: dict[str, Any] = {KIND: kind}
        if lastmod:
            meta[LASTMOD] = lastmod
        if kind is PageKind.ROBOTS:
            meta["handle_httpstatus_all"] = True
        callback = getattr(self, f"parse_{kind}")
        return Request(urljoin(f"{self.site.base}/", url), callback=callback, cb_kwargs=arguments, meta=meta)

    def _ask_part(self, url: str, article_url: str, number: int) -> Request:
        return self._ask(url, PageKind.PART, article_url=article_url, number=number)


def moved(site: Site, base: str) -> Site:
    """A site declaration for another place: the root URLs in `base`, joined by commas.

    Raises ValueError for a root that is no http(s) URL.
    """
    roots = [urlsplit(root.strip()) for root in base.split(",")]
    for root in roots:
        if root.scheme not in ("http", "https") or not root.netloc:
            raise ValueError(f"base={base!r}: write root URLs like http://127.0.0.1:8000, joined by commas")
    domains = tuple(root.netloc.lower() for root in roots)
    return replace(site, domains=domains, scheme="https" if roots[0].scheme == "https" else "http")


def _read(response: Response) -> Page:
    content_type = response.headers.get("Content-Type")
    return read_page(response.body, response.url, content_type.decode("latin-1") if content_type else None)


def _target(url: str) -> str:
    """Path and query: what the pattern of articles is searched in."""
    parts = urlsplit(url)
    return f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
