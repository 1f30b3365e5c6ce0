"""A plain spider, written as a user would write it, crawled by `galen` in a folder of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.website import Website, galen, rows

SPIDER = """
import scrapy
from db.records import Article

class Plain(scrapy.Spider):
    name = "plain"
    custom_settings = {{"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS_PER_DOMAIN": 4, "GALEN_WAIT": {wait}}}
    start_urls = ["{url}/"]

    def article(self, response, title=None):
        title = title or response.css("h1::text").get()
        return Article(url=response.url, site="plain", title=title, body=" ".join(response.css("p::text").getall()))

{body}
"""

FOLLOW = """
    def parse(self, response):
        for href in response.css("a::attr(href)").getall():
            yield response.follow(href, self.parse_item)

    def parse_item(self, response):
        yield self.article(response)
"""


def write(folder: Path, website: Website, body: str = FOLLOW, wait: float = 0) -> None:
    (folder / "spiders" / "plain.py").write_text(SPIDER.format(url=website.url, body=body, wait=wait))


def crawl(folder: Path, *arguments: str, code: int = 0) -> str:
    process = galen(folder, "crawl", "plain", "--verbose", *arguments)
    assert process.returncode == code, process.stderr
    return process.stderr


def pages(folder: Path) -> dict[str, Any]:
    found = rows(folder / "data" / "galen.db", "SELECT * FROM pages")
    return {"/" + row["url"].split("/", 3)[3]: row for row in found}


def index(*hrefs: str) -> bytes:
    return "".join(f'<a href="{href}">x</a>' for href in hrefs).encode()
