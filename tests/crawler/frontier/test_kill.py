"""Killing a crawl at any moment loses no page and no article."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.website import Answer, Website, article_page, galen, rows, start_galen

PAGES = 250
SPIDER = """
from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site

class Tree(ArticleSpider):
    name = "tree"
    custom_settings = {{"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS": 8, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}}
    site = Site(name="Tree", domains=("{netloc}",), scheme="http", discover=(Links("/0"),), article=r"^/\\d+$")
"""


class Tree(Website):
    """A binary tree of articles: whoever loses a page loses what is below it."""

    def __init__(self) -> None:
        super().__init__()
        self.reached: dict[int, threading.Event] = {}

    def answer(self, path: str) -> bytes | Answer:
        if not path[1:].isdigit() or int(path[1:]) >= PAGES:
            return 404, {}, b""
        for hits, event in self.reached.items():
            if len(self.hits) >= hits:
                event.set()
        number = int(path[1:])
        links = "".join(f'<a href="/{child}">Page {child}</a> ' for child in (2 * number + 1, 2 * number + 2))
        words = " ".join(f"word{number}x{n}" for n in range(40))
        return article_page(f"Page number {number}", links=f"<nav>{links}</nav>", text=words)

    def wait_for(self, hits: int) -> None:
        """Return as soon as that many requests have come in."""
        event = self.reached.setdefault(hits, threading.Event())
        assert event.wait(60)


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    site = Tree()
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "tree.py").write_text(SPIDER.format(netloc=site.netloc))
    yield site
    site.close()


def check_nothing_is_lost(folder: Path, tree: Tree) -> Counter[str]:
    fetched = Counter(tree.asked())
    asked = {path for path in fetched if int(path[1:]) < PAGES}
    assert asked == {f"/{number}" for number in range(PAGES)}, "pages never fetched"
    titles = {row["title"] for row in rows(folder / "data" / "galen.db", "SELECT title FROM articles")}
    assert titles == {f"Page number {number}" for number in range(PAGES)}, "pages without their article"
    return fetched


def test_kill_9_at_three_moments_loses_nothing(tmp_path: Path, tree: Tree) -> None:
    kills = (40, 110, 190)
    for hits in kills:
        process = start_galen(tmp_path, "crawl", "tree", "--quiet")
        tree.wait_for(hits)
        process.kill()
        process.communicate()
    last = galen(tmp_path, "crawl", "tree")
    assert last.returncode == 0, last.stderr

    fetched = check_nothing_is_lost(tmp_path, tree)
    twice = sum(number - 1 for path, number in fetched.items() if int(path[1:]) < PAGES)
    # The start page is asked again by every crawl, the rest was in flight or not committed.
    assert twice <= len(kills) * (1 + 32 + 50)
    states = rows(tmp_path / "data" / "galen.db", "SELECT reason, count(*) AS n FROM runs GROUP BY reason")
    assert {row["reason"]: row["n"] for row in states} == {"killed": 3, "finished": 1}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_signal_ends_cleanly_and_nothing_is_fetched_twice(
    tmp_path: Path, tree: Tree, number: signal.Signals
) -> None:
    process = start_galen(tmp_path, "crawl", "tree", "--quiet")
    tree.wait_for(80)
    process.send_signal(number)
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 128 + number, errors
    assert "Traceback" not in errors
    assert galen(tmp_path, "crawl", "tree").returncode == 0

    fetched = check_nothing_is_lost(tmp_path, tree)
    assert {path for path, times in fetched.items() if times > 1 and int(path[1:]) < PAGES} <= {"/0"}
