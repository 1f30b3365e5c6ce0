"""Killing a crawl at any moment loses no page and no article."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.website import Answer, Website, article_page, galen, rows, start_galen

PAGES = 150
SPIDER = """
from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site

class {name}(ArticleSpider):
    name = "{name}"
    custom_settings = {{"DOWNLOAD_DELAY": 0, "CONCURRENT_REQUESTS": 8, "CONCURRENT_REQUESTS_PER_DOMAIN": 8}}
    site = Site(name="{name}", domains=("{netloc}",), scheme="http", discover=(Links("/0"),), article=r"^/\\d+$")
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


def declare(folder: Path, name: str, site: Tree) -> None:
    (folder / "spiders").mkdir(exist_ok=True)
    (folder / "spiders" / f"{name}.py").write_text(SPIDER.format(name=name, netloc=site.netloc))


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    site = Tree()
    declare(tmp_path, "tree", site)
    yield site
    site.close()


def check_nothing_is_lost(folder: Path, tree: Tree) -> Counter[str]:
    fetched = Counter(tree.asked())
    asked = {path for path in fetched if int(path[1:]) < PAGES}
    assert asked == {f"/{number}" for number in range(PAGES)}, "pages never fetched"
    found = rows(folder / "data" / "galen.db", "SELECT title FROM articles WHERE url LIKE ?", f"{tree.url}/%")
    assert {row["title"] for row in found} == {f"Page number {number}" for number in range(PAGES)}, (
        "pages without their article"
    )
    return fetched


def test_kill_9_at_three_moments_loses_nothing(tmp_path: Path, tree: Tree) -> None:
    kills = (30, 70, 110)
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
    tree.wait_for(60)
    process.send_signal(number)
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 128 + number, errors
    assert "Traceback" not in errors
    assert galen(tmp_path, "crawl", "tree").returncode == 0

    fetched = check_nothing_is_lost(tmp_path, tree)
    assert {path for path, times in fetched.items() if times > 1 and int(path[1:]) < PAGES} <= {"/0"}


def test_three_processes_killed_with_9_lose_nothing(tmp_path: Path) -> None:
    trees = [Tree() for _ in range(3)]
    names = ["one", "two", "three"]
    for name, site in zip(names, trees, strict=True):
        declare(tmp_path, name, site)
    process = start_galen(tmp_path, "crawl", *names, "--processes", "3", "--quiet")
    for site in trees:
        site.wait_for(30)
    workers = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    assert len(workers) == 3
    for worker in workers[:2]:
        os.kill(int(worker), signal.SIGKILL)
    _, errors = process.communicate(timeout=120)
    assert process.returncode == 1
    # One of them may have come to its end just before.
    assert errors.count("its process ended early (exit -9)") in (1, 2)
    last = galen(tmp_path, "crawl", *names, "--processes", "3")
    assert last.returncode == 0, last.stderr

    for site in trees:
        fetched = check_nothing_is_lost(tmp_path, site)
        assert sum(number - 1 for path, number in fetched.items() if int(path[1:]) < PAGES) <= 1 + 32 + 50
        site.close()


def test_a_polite_signal_ends_all_processes(tmp_path: Path, tree: Tree) -> None:
    other = Tree()
    declare(tmp_path, "other", other)
    process = start_galen(tmp_path, "crawl", "tree", "other", "--processes", "2", "--quiet")
    tree.wait_for(30)
    other.wait_for(30)
    process.send_signal(signal.SIGTERM)
    _, errors = process.communicate(timeout=60)
    other.close()

    assert process.returncode == 128 + signal.SIGTERM, errors
    assert "Traceback" not in errors
    reasons = rows(tmp_path / "data" / "galen.db", "SELECT reason FROM runs")
    assert reasons == [{"reason": "shutdown"}] * 2


def test_three_processes_on_one_site_fetch_every_page_once(tmp_path: Path, tree: Tree) -> None:
    done = galen(tmp_path, "crawl", "tree", "--split", "3", "--delay", "0")
    assert done.returncode == 0, done.stderr

    fetched = check_nothing_is_lost(tmp_path, tree)
    assert {number for path, number in fetched.items() if path != "/0"} == {1}
    (run,) = rows(tmp_path / "data" / "galen.db", "SELECT new, reason FROM runs")
    assert run == {"new": PAGES, "reason": "finished"}


def test_two_of_three_processes_on_one_site_killed_with_9_lose_nothing(tmp_path: Path, tree: Tree) -> None:
    process = start_galen(tmp_path, "crawl", "tree", "--split", "3", "--delay", "0", "--quiet")
    tree.wait_for(50)
    workers = subprocess.run(
        ["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True
    ).stdout.split()
    for worker in workers[:2]:
        os.kill(int(worker), signal.SIGKILL)
    process.communicate(timeout=120)

    # The third has taken over what the others held, in the same crawl.
    fetched = check_nothing_is_lost(tmp_path, tree)
    twice = sum(number - 1 for path, number in fetched.items() if path != "/0" and int(path[1:]) < PAGES)
    assert twice <= 2 * (32 + 50)


def test_a_split_crawl_and_a_plain_one_exclude_each_other(tmp_path: Path, tree: Tree) -> None:
    process = start_galen(tmp_path, "crawl", "tree", "--split", "2", "--delay", "0.3", "--quiet")
    tree.wait_for(3)
    plain = galen(tmp_path, "crawl", "tree")
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert plain.returncode == 75, plain.stderr
