"""The frontier under Scrapy's real engine: what callbacks, errbacks and starts of plain spiders lead to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.frontier.plain import FOLLOW, crawl, index, pages, write
from tests.website import TEXT, Website, article_page, rows


@pytest.fixture
def folder(tmp_path: Path, website: Website) -> Path:
    (tmp_path / "spiders").mkdir()
    return tmp_path


def test_what_a_callback_yields_becomes_articles_and_pages(folder: Path, website: Website) -> None:
    website.pages = {"/": index("/a", "/b", "/a"), "/a": article_page("A"), "/b": article_page("B")}
    write(folder, website)
    crawl(folder)

    assert sorted(website.asked()) == ["/", "/a", "/b"]
    assert {path: row["state"] for path, row in pages(folder).items()} == {"/": "done", "/a": "done", "/b": "done"}
    assert {row["title"] for row in rows(folder / "data" / "galen.db", "SELECT title FROM articles")} == {"A", "B"}


def test_a_callback_that_raises_leaves_a_failed_page_and_costs_no_other(folder: Path, website: Website) -> None:
    body = """
    def parse(self, response):
        for href in response.css("a::attr(href)").getall():
            yield response.follow(href, self.parse_item)

    def parse_item(self, response):
        yield self.article(response)
        if response.url.endswith("/bad"):
            raise RuntimeError("no such field")
"""
    website.pages = {"/": index("/bad", "/good"), "/bad": article_page("Bad"), "/good": article_page("Good")}
    write(folder, website, body)
    crawl(folder)

    bad = pages(folder)["/bad"]
    assert (bad["state"], bad["attempts"]) == ("pending", 1)
    assert bad["reason"] == "callback: RuntimeError: no such field"
    assert [row["title"] for row in rows(folder / "data" / "galen.db", "SELECT title FROM articles")] == ["Good"], (
        "what a failed callback had yielded before is not stored"
    )


def test_a_callback_that_is_no_generator_and_raises_fails_its_page_too(folder: Path, website: Website) -> None:
    website.pages = {"/": b"x"}
    write(folder, website, "    def parse(self, response):\n        raise ValueError('at once')\n")
    crawl(folder)

    assert pages(folder)["/"]["reason"] == "callback: ValueError: at once"


def test_a_request_with_method_body_and_arguments_survives_a_restart(folder: Path, website: Website) -> None:
    body = """
    def parse(self, response):
        yield scrapy.FormRequest(response.urljoin("/find"), formdata={"q": "x"}, callback=self.found,
                                 cb_kwargs={"title": "Kept"}, meta={"note": 1})

    def found(self, response, title):
        assert response.meta["note"] == 1
        yield self.article(response, title)
"""
    website.pages = {"/": b"x", "/find q=x": article_page("Other")}
    write(folder, website, body)
    crawl(folder, "--limit", "1")
    assert website.asked() == ["/"]
    crawl(folder)

    assert website.asked() == ["/", "/", "/find q=x"]
    assert rows(folder / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "Kept"}]


def test_a_request_that_cannot_be_kept_is_an_error_that_names_its_callback(folder: Path, website: Website) -> None:
    website.pages = {"/": b"x"}
    write(
        folder, website,
        "    def parse(self, response):\n        yield response.follow('/a', self.later, meta={'x': object()})\n\n"
        "    def later(self, response):\n        pass\n",
    )  # fmt: skip
    crawl(folder)

    assert "plain.later: the request for" in pages(folder)["/"]["reason"]


def test_a_request_made_from_the_one_that_was_answered_is_kept_like_any_other(folder: Path, website: Website) -> None:
    body = """
    def parse(self, response):
        yield response.request.replace(url=response.urljoin("/a"), callback=self.parse_item)

    def parse_item(self, response):
        yield self.article(response)
        yield response.follow("/b", self.parse_other, meta=response.meta)

    def parse_other(self, response):
        yield self.article(response, title="Other")
"""
    website.pages = {"/": b"x", "/a": article_page("A"), "/b": article_page("B", text=f"{TEXT} Else.")}
    write(folder, website, body)
    crawl(folder)

    assert website.asked() == ["/", "/a", "/b"]
    assert [row["title"] for row in rows(folder / "data" / "galen.db", "SELECT title FROM articles")] == ["A", "Other"]


def test_a_page_that_the_spider_asks_for_once_more_is_no_page_that_was_read(folder: Path, website: Website) -> None:
    body = """
    def parse(self, response):
        yield response.follow("/a", self.parse_item)

    def parse_item(self, response):
        if b"captcha" in response.body:
            yield scrapy.Request(response.url, self.parse_item, dont_filter=True)
            return
        yield self.article(response)
"""
    website.pages = {
        "/": b"x",
        "/a": lambda hit: (200, {}, b"captcha" if hit == 1 else article_page("At last")),
    }
    write(folder, website, body)
    crawl(folder)
    asked = pages(folder)["/a"]
    assert (asked["state"], asked["reason"], asked["attempts"]) == ("pending", "asked again by the spider", 1)

    write(folder, website, body, wait=30)
    crawl(folder)
    assert rows(folder / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "At last"}]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("yield scrapy.Request(self.start_urls[0], lambda response: None)", "plain.<lambda>: the request for"),
        ("raise LookupError('no token')", "LookupError: no token"),
    ],
)
def test_a_start_that_fails_fails_the_crawl_and_costs_no_other_request(
    folder: Path, website: Website, start: str, words: str
) -> None:
    body = f"""
    async def start(self):
        yield scrapy.Request(self.start_urls[0] + "a", self.parse)
        if len(self.start_urls) == 1:
            {start}
        yield scrapy.Request(self.start_urls[0] + "b", self.parse)

    def parse(self, response):
        yield self.article(response)
"""
    website.pages = {"/a": article_page("A"), "/b": article_page("B", text=f"{TEXT} Else.")}
    write(folder, website, body)
    error = crawl(folder, code=1)

    assert f"galen: plain did not start as it should: {words}" in error
    assert website.asked() == ["/a"] + ["/b"] * start.startswith("yield")
    assert rows(folder / "data" / "galen.db", "SELECT reason FROM runs") == [{"reason": "start failed"}]


def test_links_to_other_hosts_are_neither_asked_nor_kept(folder: Path, website: Website) -> None:
    website.pages = {"/": index("http://127.0.0.1:9/x", "file:///etc/passwd", "/a"), "/a": article_page("A")}
    write(folder, website, FOLLOW.replace('"a::attr(href)"', '"a::attr(href)"'))
    crawl(folder)

    assert set(pages(folder)) == {"/", "/a"}


def test_an_errback_of_the_spider_is_heard_and_its_articles_are_kept(folder: Path, website: Website) -> None:
    body = """
    def parse(self, response):
        yield response.follow("/missing", self.article, errback=self.failed)

    def failed(self, failure):
        yield scrapy.Request(failure.request.url.replace("missing", "instead"), callback=self.parse_item)

    def parse_item(self, response):
        yield self.article(response)
"""
    website.pages = {"/": b"x", "/instead": article_page("Instead")}
    write(folder, website, body)
    crawl(folder)

    assert pages(folder)["/missing"]["state"] == "gone"
    assert rows(folder / "data" / "galen.db", "SELECT title FROM articles") == [{"title": "Instead"}]


def test_the_limit_ends_a_run_and_the_next_goes_on(folder: Path, website: Website) -> None:
    hrefs = [f"/{n}" for n in range(10)]
    website.pages = {"/": index(*hrefs)} | {href: article_page(href, text=f"{TEXT} {href}") for href in hrefs}
    write(folder, website)
    crawl(folder, "--limit", "4")
    assert len(website.asked()) == 4
    crawl(folder)

    assert sorted(website.asked()[4:]) == sorted(["/", *(set(hrefs) - set(website.asked()[:4]))])
    reasons = rows(folder / "data" / "galen.db", "SELECT reason FROM runs ORDER BY id")
    assert reasons == [{"reason": "limit"}, {"reason": "finished"}]


def test_raw_pages_that_cannot_be_completed_end_the_crawl_with_one_line_and_every_article(
    folder: Path, website: Website
) -> None:
    website.pages = {"/": index("/a"), "/a": article_page("A")}
    # When all is stored, a folder that is not empty takes the name that the file is to get at the end.
    body = f"""{FOLLOW}
    @classmethod
    def from_crawler(cls, crawler, *args, **kwargs):
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.take_the_name, signal=scrapy.signals.spider_idle)
        return spider

    def take_the_name(self):
        from pathlib import Path

        for file in Path("data/raw").glob("*.open"):
            (file.with_suffix("") / "in the way").mkdir(parents=True)
    """
    write(folder, website, body)
    error = crawl(folder, code=1)

    (line,) = [line for line in error.splitlines() if "cannot complete" in line]
    assert ".warc.gz.open" in line
    assert "All articles are stored" in line
    assert "Traceback" not in error
    assert len(rows(folder / "data" / "galen.db", "SELECT 1 FROM articles")) == 1


def test_a_site_that_is_being_crawled_is_refused_with_exit_code_75(folder: Path, website: Website) -> None:
    from crawler.frontier.site_lock import SiteLock

    write(folder, website)
    lock = SiteLock(folder / "data" / "locks", "plain")
    error = crawl(folder, code=75)
    lock.release()

    assert "plain is being crawled by another process" in error
    assert website.hits == []
