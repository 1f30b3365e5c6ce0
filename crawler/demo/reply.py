"""What a demo site answers: replies, templates, and the files for robots."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache
from hashlib import blake2b
from xml.sax.saxutils import escape

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from crawler.demo.texts import CONTENT, DemoArticle

XML = "application/xml; charset=utf-8"
PAGE = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Reply:
    """One HTTP answer, ready to be sent."""

    body: bytes
    changed: str
    """ISO day of the last change."""
    content_type: str = PAGE
    status: int = 200
    location: str | None = None
    """Target of a redirect."""

    @property
    def etag(self) -> str:
        """Strong validator: a hash of the body, in quotes."""
        return f'"{blake2b(self.body, digest_size=8).hexdigest()}"'

    @property
    def last_modified(self) -> str:
        """The day of the last change at six in the morning, as an HTTP date."""
        return http_date(self.changed)


Routes = dict[str, Reply]
"""Path with query -> answer, for one host."""


def http_date(day: str) -> str:
    """An ISO day as an HTTP date (RFC 9110), at 06:00 UTC."""
    return format_datetime(datetime.fromisoformat(day).replace(hour=6, tzinfo=UTC), usegmt=True)


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(CONTENT / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def fill(template: str, **values: object) -> str:
    """Fill in one of content/templates; a name that is missing raises jinja2.UndefinedError."""
    return _templates().get_template(template).render(**values)


def newest(articles: Iterable[DemoArticle]) -> str:
    """ISO day of the last change among some articles."""
    return max(article.day_changed for article in articles)


def robots(changed: str, *rules: str, sitemaps: Iterable[str] = ()) -> Reply:
    """A robots.txt for all crawlers; `sitemaps` are absolute URLs."""
    lines = ["User-agent: *", *(rules or ("Disallow:",)), "", *(f"Sitemap: {url}" for url in sitemaps)]
    return Reply("\n".join(lines).strip().encode() + b"\n", changed, "text/plain; charset=utf-8")


def sitemap(origin: str, articles: Iterable[DemoArticle]) -> Reply:
    """A sitemap of articles with lastmod."""
    articles = tuple(articles)
    rows = "".join(
        f"<url><loc>{escape(origin + a.path)}</loc><lastmod>{a.day_changed}</lastmod></url>\n" for a in articles
    )
    return _xml(f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>', newest(articles))


def sitemap_index(children: Iterable[tuple[str, str]]) -> Reply:
    """A sitemap index of (absolute URL, ISO day of the last change)."""
    children = tuple(children)
    rows = "".join(f"<sitemap><loc>{escape(url)}</loc><lastmod>{day}</lastmod></sitemap>\n" for url, day in children)
    text = f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</sitemapindex>'
    return _xml(text, max(day for _, day in children))


def news_sitemap(origin: str, publication: str, articles: Iterable[DemoArticle]) -> Reply:
    """A news sitemap (Google's news namespace)."""
    articles = tuple(articles)
    rows = "".join(
        f"<url><loc>{escape(origin + a.path)}</loc><lastmod>{a.day_changed}</lastmod><news:news><news:publication>"
        f"<news:name>{escape(publication)}</news:name><news:language>en</news:language></news:publication>"
        f"<news:publication_date>{(a.published or a.day_changed)[:10]}</news:publication_date>"
        f"<news:title>{escape(a.title)}</news:title></news:news></url>\n"
        for a in articles
    )
    return _xml(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        f'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">\n{rows}</urlset>',
        newest(articles),
    )


def feed(origin: str, title: str, articles: Iterable[DemoArticle]) -> Reply:
    """An RSS 2.0 feed, in the order given."""
    articles = tuple(articles)
    rows = "".join(
        f"<item><title>{escape(a.title)}</title><link>{escape(origin + a.path)}</link>"
        f'<guid isPermaLink="true">{escape(origin + a.path)}</guid><pubDate>{http_date(a.day_changed)}</pubDate>'
        f"<description>{escape(a.lines[0])}</description></item>\n"
        for a in articles
    )
    channel = f"<title>{escape(title)}</title><link>{escape(origin)}/</link><description>{escape(title)}</description>"
    text = f'<rss version="2.0"><channel>{channel}\n{rows}</channel></rss>'
    return Reply(_declared(text), newest(articles), "application/rss+xml; charset=utf-8")


def _xml(text: str, changed: str) -> Reply:
    return Reply(_declared(text), changed, XML)


def _declared(text: str) -> bytes:
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode() + b"\n"
