from __future__ import annotations

import signal
import time
from contextlib import closing
from pathlib import Path

import pytest

from crawler.raw.archive import Archive
from db.connection import connect
from db.records import RawPage
from tests.website import Website, article_page, galen, json_output, rows, start_galen

SITE = """
from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site

class Mine(ArticleSpider):
    "My own site."
    name = "mine"
    site = Site(
        name="Mine", domains=("{netloc}",), scheme="http", discover=(Links("/"),), article="^/a", {more}
    )
"""
FORBIDDEN = b"<meta name=robots content=noarchive>"


def declare(folder: Path, website: Website, more: str = "") -> None:
    (folder / "spiders").mkdir(exist_ok=True)
    (folder / "spiders" / "mine.py").write_text(SITE.format(netloc=website.netloc, more=more))


def database(folder: Path, sql: str) -> list[dict[str, object]]:
    return rows(folder / "data" / "galen.db", sql)


@pytest.fixture
def crawled(tmp_path: Path, website: Website) -> Path:
    declare(tmp_path, website)
    website.pages = {
        "/": b'<a href="/a1">1</a><a href="/a2">2</a><a href="/a3">3</a>',
        "/a1": article_page("One", byline="<p>By Dr. Ada Penn, MD</p>"),
        "/a2": article_page("Two").replace(b"<head>", b"<head>" + FORBIDDEN),
        "/a3": article_page("Three").replace(
            b"</h1>",
            b"</h1><div class=tip><p>Nobody who sleeps on this bed has ever been heard to complain about it.</p></div>",
        ),
    }
    assert galen(tmp_path, "crawl", "mine", "--delay", "0").returncode == 0
    return tmp_path


def test_article_pages_are_kept_but_for_those_that_forbid_it(crawled: Path) -> None:
    kept = database(crawled, "SELECT url FROM raw_pages JOIN pages ON pages.id = page_id ORDER BY url")

    assert [str(row["url"])[-3:] for row in kept] == ["/a1", "/a3"]
    (file,) = (crawled / "data" / "raw").iterdir()
    assert file.name.endswith(".warc.gz")


def test_a_site_that_forbids_it_keeps_nothing(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website, "keep_raw=False")
    website.pages = {"/": b'<a href="/a1">1</a>', "/a1": article_page("One")}
    galen(tmp_path, "crawl", "mine", "--delay", "0")

    assert not (tmp_path / "data" / "raw").exists()


def test_rules_that_stay_the_same_change_nothing(crawled: Path, website: Website) -> None:
    before = database(crawled, "SELECT * FROM articles ORDER BY id"), database(crawled, "SELECT * FROM pages")
    website.hits.clear()
    (done,) = json_output(galen(crawled, "reprocess", "--json"))

    assert (done["pages"], done["unchanged"], done["changed"], done["failed"]) == (2, 2, 0, 0)
    assert website.hits == []
    assert (database(crawled, "SELECT * FROM articles ORDER BY id"), database(crawled, "SELECT * FROM pages")) == before
    assert database(crawled, "SELECT * FROM revisions") == []


def test_a_new_rule_writes_a_revision_only_where_the_content_differs(crawled: Path, website: Website) -> None:
    galen(crawled, "correct", f"{website.url}/a1", "--doctor", "Eve Moor", "--by", "ana")
    declare(crawled, website, 'remove=("div.tip",)')
    website.hits.clear()
    (done,) = json_output(galen(crawled, "reprocess", "--site", "mine", "--json"))

    assert (done["pages"], done["changed"]) == (2, 1)
    assert website.hits == []
    tip = "body LIKE '%on this bed%' AS tip"
    assert database(crawled, f"SELECT title, revision, {tip} FROM articles ORDER BY revision, title") == [
        {"title": "One", "revision": 1, "tip": 0},
        {"title": "Two", "revision": 1, "tip": 0},
        {"title": "Three", "revision": 2, "tip": 0},
    ]
    assert database(crawled, f"SELECT changed, {tip} FROM revisions") == [{"changed": "body", "tip": 1}]
    assert database(crawled, "SELECT doctors FROM articles_flat WHERE title = 'One'") == [{"doctors": "Eve Moor"}]


def test_a_page_that_was_refused_becomes_an_article_by_a_new_rule(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    refusing = "\n    def after_read(self, article, page):\n        return None\n"
    with (tmp_path / "spiders" / "mine.py").open("a") as file:
        file.write(refusing)
    website.pages = {"/": b'<a href="/a1">1</a>', "/a1": article_page("One")}
    galen(tmp_path, "crawl", "mine", "--delay", "0")
    assert database(tmp_path, "SELECT count(*) AS n FROM articles") == [{"n": 0}]
    declare(tmp_path, website)
    (done,) = json_output(galen(tmp_path, "reprocess", "--json"))

    assert (done["new"], database(tmp_path, "SELECT title FROM articles")) == (1, [{"title": "One"}])
    assert database(tmp_path, "SELECT state, article_id FROM pages WHERE url LIKE '%/a1'") == [
        {"state": "done", "article_id": 1}
    ]


def test_only_pages_fetched_since_then(crawled: Path) -> None:
    with closing(connect(crawled / "data" / "galen.db")) as conn:
        conn.execute(
            "UPDATE raw_pages SET fetched_at = '2020-01-01T00:00:00Z' "
            "WHERE page_id = (SELECT min(page_id) FROM raw_pages)"
        )
    (done,) = json_output(galen(crawled, "reprocess", "--since", "2021", "--json"))

    assert done["pages"] == 1
    assert galen(crawled, "reprocess", "--since", "yesterday").returncode == 2


def test_killed_it_goes_on_where_it_was(tmp_path: Path, website: Website) -> None:
    declare(tmp_path, website)
    links = "".join(f'<a href="/a{number}">{number}</a>' for number in range(160))
    website.pages = {"/": links.encode()} | {f"/a{number}": article_page(f"Page {number}") for number in range(160)}
    galen(tmp_path, "crawl", "mine", "--delay", "0", "--set", "CONCURRENT_REQUESTS=16",
          "--set", "CONCURRENT_REQUESTS_PER_DOMAIN=16")  # fmt: skip
    process = start_galen(tmp_path, "reprocess")
    deadline = time.monotonic() + 60
    try:
        while time.monotonic() < deadline and not _batches(tmp_path):
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
    finally:
        process.communicate(timeout=30)
    before = _batches(tmp_path)
    (done,) = json_output(galen(tmp_path, "reprocess", "--json"))

    assert 50 <= before < 160
    assert done["resumed"] is True
    assert (done["pages"], done["unchanged"]) == (160, 160)


def _batches(folder: Path) -> int:
    found = database(folder, "SELECT pages FROM reprocessing")
    return int(str(found[0]["pages"])) if found else 0


def test_a_site_that_is_being_crawled_is_left_alone(crawled: Path) -> None:
    from crawler.frontier.site_lock import SiteLock

    lock = SiteLock(crawled / "data" / "locks", "Mine")
    process = galen(crawled, "reprocess")
    lock.release()

    assert process.returncode == 75
    assert "Mine is being crawled by another process" in process.stderr


def test_articles_out_of_a_warc_file_of_others(
    crawled: Path, website: Website, tmp_path_factory: pytest.TempPathFactory
) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (file,) = (crawled / "data" / "raw").iterdir()
    website.hits.clear()
    found = json_output(galen(elsewhere, "crawl", "--from-warc", str(file), "--json"))

    assert found[website.netloc]["new"] == 2
    assert website.hits == []
    assert database(elsewhere, "SELECT title FROM articles ORDER BY title") == [{"title": "One"}, {"title": "Three"}]
    assert database(elsewhere, "SELECT reason, articles FROM runs") == [{"reason": "warc", "articles": 2}]
    again = json_output(galen(elsewhere, "crawl", "--from-warc", str(file), "--json"))
    assert (again[website.netloc]["new"], again[website.netloc]["older"]) == (0, 2)


def test_a_file_that_breaks_off_is_told_and_what_came_before_is_stored(crawled: Path, website: Website) -> None:
    (file,) = (crawled / "data" / "raw").iterdir()
    cut = crawled / "cut.warc.gz"
    cut.write_bytes(file.read_bytes()[:-300])
    process = galen(crawled, "crawl", "--from-warc", str(cut), "--data", "other")
    nothing = crawled / "x.warc"
    nothing.write_text("no archive\nbut two lines\n")
    other = galen(crawled, "crawl", "--from-warc", str(nothing), "--data", "other")

    assert process.returncode == other.returncode == 1
    assert "cut.warc.gz" in process.stderr
    assert "Traceback" not in process.stderr + other.stderr
    assert rows(crawled / "other" / "galen.db", "SELECT count(*) AS n FROM articles") == [{"n": 1}]


def test_an_article_over_several_pages_is_joined_in_whatever_order_the_files_hold_it(
    tmp_path: Path, website: Website
) -> None:
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "mine.py").write_text(
        SITE.format(netloc=website.netloc, more='next_part=("a.next",)').replace('"^/a"', 'r"^/a\\d$"')
    )
    pages = {
        f"/a1{end}": article_page(
            "Long", text=text * 3, links=f'<a class=next href="/a1{after}">on</a>' if after else ""
        )
        for end, text, after in (
            ("", "The first page says how a long night begins.", "/2"),
            ("/2", "The second page says how it goes on until four.", "/3"),
            ("/3", "The third page says that everybody is tired by then.", ""),
        )
    }
    names = []
    for number, order in enumerate((["/a1/3", "/a1"], ["/a1/2"])):
        archive = Archive(tmp_path / f"raw{number}")
        for path in order:
            archive.write(
                RawPage(url=website.url + path, status=200, headers=(("Content-Type", "text/html"),),
                        body=pages[path], fetched_at="2026-03-01T08:00:00Z")
            )  # fmt: skip
        archive.close()
        names += ["--from-warc", str(next((tmp_path / f"raw{number}").iterdir()))]
    found = json_output(galen(tmp_path, "crawl", *names, "--json"))

    assert (found["Mine"]["article"], found["Mine"]["part"], found["Mine"]["broken"]) == (1, 2, 0)
    (row,) = database(tmp_path, "SELECT title, body, revision FROM articles")
    order = [str(row["body"]).index(f"The {word} page") for word in ("first", "second", "third")]
    assert order == sorted(order)
    assert row["revision"] == 1
