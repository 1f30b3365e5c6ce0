"""Killing a crawl at any moment loses no page and no article."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.website import Answer, Website, article_page, galen, rows, start_galen

PAGES = 1000
KILLS = 5
Recorder = Callable[[str, object], None]
"""Shown by `pytest --junit-xml`."""
LEASED, BUFFERED = 32, 50
"""Pages of a killed process that may be fetched again: marked, and fetched but not committed."""
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

    def __init__(self, pages: int) -> None:
        super().__init__()
        self.size = pages
        self._limit = pages * 10
        self._full = threading.Event()
        self._open = threading.Event()

    def answer(self, path: str) -> bytes | Answer:
        if len(self.hits) > self._limit:
            self._full.set()
            self._open.wait(60)
        if not path[1:].isdigit() or int(path[1:]) >= self.size:
            return 404, {}, b""
        number = int(path[1:])
        links = "".join(f'<a href="/{child}">Page {child}</a> ' for child in (2 * number + 1, 2 * number + 2))
        words = " ".join(f"word{number}x{n}" for n in range(40))
        return article_page(f"Page number {number}", links=f"<nav>{links}</nav>", text=words)

    def hold_after(self, more: int) -> None:
        """Answer so many requests from now on, and let the next ones wait."""
        self._full.clear()
        self._open.clear()
        self._limit = len(self.hits) + more

    def wait(self) -> None:
        """Return when the first request has to wait."""
        assert self._full.wait(100)

    def go_on(self) -> None:
        """Answer everything again."""
        self._limit = self.size * 10
        self._open.set()


def declare(folder: Path, name: str, site: Tree) -> None:
    (folder / "spiders").mkdir(exist_ok=True)
    (folder / "spiders" / f"{name}.py").write_text(SPIDER.format(name=name, netloc=site.netloc))


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Tree]:
    site = Tree(300)
    declare(tmp_path, "tree", site)
    yield site
    site.close()


def check_nothing_is_lost(folder: Path, tree: Tree) -> Counter[str]:
    """Every page was fetched and has its article; returns how often each page that exists was asked for."""
    fetched = Counter(path for path in tree.asked() if int(path[1:]) < tree.size)
    assert set(fetched) == {f"/{number}" for number in range(tree.size)}, "pages never fetched"
    found = rows(folder / "data" / "galen.db", "SELECT title FROM articles WHERE url LIKE ?", f"{tree.url}/%")
    assert {row["title"] for row in found} == {f"Page number {number}" for number in range(tree.size)}, (
        "pages without their article"
    )
    return fetched


def workers_of(process: subprocess.Popen[str]) -> list[int]:
    listed = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=True)
    return [int(pid) for pid in listed.stdout.split()]


def fetched_again(fetched: Counter[str]) -> int:
    return sum(times - 1 for path, times in fetched.items() if path != "/0")  # every crawl asks for its start page


def test_one_process_killed_five_times_loses_nothing(tmp_path: Path, record_property: Recorder) -> None:
    tree = Tree(PAGES)
    declare(tmp_path, "tree", tree)
    seed = random.randrange(10_000)
    for pages in random.Random(seed).sample(range(20, 180), KILLS):
        tree.hold_after(pages)
        process = start_galen(tmp_path, "crawl", "tree", "--quiet")
        tree.wait()
        process.kill()
        process.communicate()
        tree.go_on()
    last = galen(tmp_path, "crawl", "tree")
    assert last.returncode == 0, last.stderr

    again = fetched_again(check_nothing_is_lost(tmp_path, tree))
    record_property("pages fetched again", again)
    assert again <= KILLS * (LEASED + BUFFERED), f"seed {seed}"
    states = rows(tmp_path / "data" / "galen.db", "SELECT reason, count(*) AS n FROM runs GROUP BY reason")
    assert {row["reason"]: row["n"] for row in states} == {"killed": KILLS, "finished": 1}
    tree.close()


def test_three_processes_killed_five_times_lose_nothing(tmp_path: Path, record_property: Recorder) -> None:
    names = ["one", "two", "three"]
    trees = [Tree(PAGES // 3) for _ in names]
    for name, site in zip(names, trees, strict=True):
        declare(tmp_path, name, site)
    seed = random.randrange(10_000)
    chance = random.Random(seed)
    for victims in (3, KILLS - 3):
        for site in trees:
            site.hold_after(chance.randrange(20, 120))
        process = start_galen(tmp_path, "crawl", *names, "--processes", "3", "--quiet")
        for site in trees:
            site.wait()
        for worker in chance.sample(workers_of(process), victims):
            os.kill(worker, signal.SIGKILL)
        for site in trees:
            site.go_on()
        _, errors = process.communicate(timeout=120)
        assert process.returncode == 1, f"seed {seed}"
        assert errors.count("its process ended early (exit -9)") == victims, errors
    last = galen(tmp_path, "crawl", *names, "--processes", "3")
    assert last.returncode == 0, last.stderr

    again = sum(fetched_again(check_nothing_is_lost(tmp_path, site)) for site in trees)
    record_property("pages fetched again", again)
    assert again <= KILLS * (LEASED + BUFFERED), f"seed {seed}"
    for site in trees:
        site.close()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_polite_signal_ends_cleanly_and_nothing_is_fetched_twice(
    tmp_path: Path, tree: Tree, number: signal.Signals
) -> None:
    tree.hold_after(60)
    process = start_galen(tmp_path, "crawl", "tree", "--quiet")
    tree.wait()
    process.send_signal(number)
    tree.go_on()
    _, errors = process.communicate(timeout=40)
    assert process.returncode == 128 + number, errors
    assert "Traceback" not in errors
    assert galen(tmp_path, "crawl", "tree").returncode == 0

    assert fetched_again(check_nothing_is_lost(tmp_path, tree)) == 0


def test_a_polite_signal_ends_all_processes(tmp_path: Path, tree: Tree) -> None:
    other = Tree(300)
    declare(tmp_path, "other", other)
    for site in (tree, other):
        site.hold_after(30)
    process = start_galen(tmp_path, "crawl", "tree", "other", "--processes", "2", "--quiet")
    for site in (tree, other):
        site.wait()
    process.send_signal(signal.SIGTERM)
    for site in (tree, other):
        site.go_on()
    _, errors = process.communicate(timeout=60)
    other.close()

    assert process.returncode == 128 + signal.SIGTERM, errors
    assert "Traceback" not in errors
    reasons = rows(tmp_path / "data" / "galen.db", "SELECT reason FROM runs")
    assert reasons == [{"reason": "shutdown"}] * 2


def test_processes_whose_parent_was_killed_end_by_themselves(tmp_path: Path, tree: Tree) -> None:
    other = Tree(tree.size)
    declare(tmp_path, "other", other)
    tree.hold_after(30)
    process = start_galen(tmp_path, "crawl", "tree", "other", "--processes", "2", "--quiet")
    tree.wait()
    process.kill()
    process.wait()
    tree.go_on()
    process.communicate(timeout=60)  # comes to its end with the last one that could write to it
    assert len(tree.asked()) < tree.size, "it did not crawl to its end"

    again = galen(tmp_path, "crawl", "tree", "other", "--processes", "2")
    assert again.returncode == 0, again.stderr
    assert fetched_again(check_nothing_is_lost(tmp_path, tree)) == 0
    check_nothing_is_lost(tmp_path, other)
    other.close()


def test_three_processes_on_one_site_fetch_every_page_once(tmp_path: Path, tree: Tree) -> None:
    done = galen(tmp_path, "crawl", "tree", "--split", "3", "--delay", "0")
    assert done.returncode == 0, done.stderr

    assert fetched_again(check_nothing_is_lost(tmp_path, tree)) == 0
    (run,) = rows(tmp_path / "data" / "galen.db", "SELECT new, reason FROM runs")
    assert run == {"new": tree.size, "reason": "finished"}


def test_two_of_three_processes_on_one_site_killed_with_9_lose_nothing(tmp_path: Path, tree: Tree) -> None:
    tree.hold_after(100)
    process = start_galen(tmp_path, "crawl", "tree", "--split", "3", "--delay", "0", "--quiet")
    tree.wait()
    for worker in workers_of(process)[:2]:
        os.kill(worker, signal.SIGKILL)
    tree.go_on()
    process.communicate(timeout=120)

    # The third has taken over what the others held, in the same crawl.
    assert fetched_again(check_nothing_is_lost(tmp_path, tree)) <= 2 * (LEASED + BUFFERED)


def test_a_split_crawl_and_a_plain_one_exclude_each_other(tmp_path: Path, tree: Tree) -> None:
    tree.hold_after(3)
    process = start_galen(tmp_path, "crawl", "tree", "--split", "2", "--delay", "0.3", "--quiet")
    tree.wait()
    plain = galen(tmp_path, "crawl", "tree")
    tree.go_on()
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=60)

    assert plain.returncode == 75, plain.stderr
