"""Any website, without a declaration: `galen crawl https://example.org/` or `scrapy crawl site -a url=...`."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from crawler.article_spider import ArticleSpider
from crawler.site import RobotsSitemaps, Site


class AnySite(ArticleSpider, abstract=True):
    """The sitemaps that robots.txt names, else the feeds that the page names, else links within the host."""

    name = "site"

    def __init__(self, *args: Any, url: str = "", **kwargs: Any) -> None:
        """`url`: a page of the site; its host is the site's name. Raises ValueError if it is no http(s) URL."""
        parts = urlsplit(url.strip())
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError(f"url={url!r}: the spider `site` needs the URL of a page, like https://example.org/")
        host = parts.netloc.rpartition("@")[2].lower()
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self.site = Site(
            name=host,
            domains=(host,),
            scheme="https" if parts.scheme == "https" else "http",
            discover=(RobotsSitemaps(target),),
        )
        super().__init__(*args, **kwargs)
