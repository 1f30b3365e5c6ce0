"""A site that comes to reserve its text: nothing of it is left, in whatever file it was."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from crawler.raw.archive import Archive
from crawler.raw.withheld import remove_withheld
from db.store import Store
from tests.website import Website, article_page, everything, galen, json_output, rows

SITE = r"""
from crawler.article_spider import ArticleSpider
from crawler.site import Listing, Site

class Mine(ArticleSpider):
    "My own site."
    name = "mine"
    site = Site(name="Mine", domains=("{netloc}",), scheme="http", discover=(Listing("/"),), article=r"^/a\d$",
                next_part=("a.next",))
"""
TEXTS = ("A cork pillow has never been the answer to a stiff neck.", "A straw pillow is the answer that we give now.")
PART = "Turn the pillow over at half past three, as shepherds do."
STAYS = "Nobody minds that this sentence is kept for as long as anybody likes."
RESERVED = b"<meta name=robots content=noarchive>"


def crawl(folder: Path) -> None:
    assert galen(folder, "crawl", "mine", "--delay", "0", "--refresh").returncode == 0


@pytest.fixture
def crawled(tmp_path: Path, website: Website) -> Path:
    """An article over two pages whose text changed once, and another; raw pages of all of that."""
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "mine.py").write_text(SITE.format(netloc=website.netloc))
    website.pages = {
        "/": b'<a href="/a1">1</a><a href="/a2">2</a>',
        "/a1/2": article_page("Pillows", text=PART * 3),
        "/a2": article_page("Beds", text=STAYS * 3),
    }
    for text in TEXTS:
        website.pages["/a1"] = article_page("Pillows", text=text * 3, links='<a class=next href="/a1/2">next</a>')
        crawl(tmp_path)
    for text in (*TEXTS, PART, STAYS):
        assert text.lower().encode() in everything(tmp_path)
    return tmp_path


def test_of_a_text_that_is_withheld_by_now_no_byte_is_left(crawled: Path, website: Website) -> None:
    page = website.pages["/a1"]
    assert isinstance(page, bytes)
    website.pages["/a1"] = page.replace(b"<head>", b"<head>" + RESERVED)
    crawl(crawled)

    left = everything(crawled)
    assert [text for text in (*TEXTS, PART) if text.lower().encode() in left] == []
    assert STAYS.lower().encode() in left
    titles = rows(crawled / "data" / "galen.db", "SELECT title, withheld FROM articles ORDER BY title")
    assert titles == [{"title": "Beds", "withheld": None}, {"title": "Pillows", "withheld": "noarchive"}]
    assert "ok       raw pages" in galen(crawled, "check").stdout
    (again,) = json_output(galen(crawled, "reprocess", "--json"))
    assert (again["pages"], again["changed"], again["failed"]) == (1, 0, 0)


def test_a_file_that_is_being_written_waits_for_the_next_time(crawled: Path) -> None:
    with closing(Store.open(crawled / "data" / "galen.db")) as store:
        store.connection.execute("UPDATE articles SET withheld = 'noarchive' WHERE title = 'Pillows'")
        raw = crawled / "data" / "raw"
        archive = Archive(raw)
        archive._open()  # as a crawl has it that keeps pages in the same file
        assert remove_withheld(store, raw) == 0
        archive.close()
        assert remove_withheld(store, raw) == 4
        assert remove_withheld(store, raw) == 0


def test_a_copy_that_was_never_noted_is_cleared_away(crawled: Path) -> None:
    with closing(Store.open(crawled / "data" / "galen.db")) as store:
        store.connection.execute("UPDATE articles SET withheld = 'noarchive' WHERE title = 'Pillows'")
        raw = crawled / "data" / "raw"
        (file,) = raw.iterdir()
        left = file.with_name(file.name.replace(".warc.gz", "-r1.warc.gz"))
        left.write_bytes(file.read_bytes())
        remove_withheld(store, raw)

    assert TEXTS[0].lower().encode() not in b"".join(path.read_bytes() for path in raw.iterdir())
    assert len(list(raw.iterdir())) == 1
