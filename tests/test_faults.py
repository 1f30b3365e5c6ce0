"""What a crawl makes of websites that go wrong: one case for each fault, by the rows that are left behind.

All faults are crawled by a few processes of `galen crawl` with its real settings, but for shorter waits.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from tests.faults import content, transport
from tests.faults.server import FaultServer
from tests.website import galen, galen_command, galen_environment, rows

FAULTS = transport.FAULTS | content.FAULTS
MOST_MEMORY = {"bombs": 250, "slow": 250, "retried": 250, "heavy": 300, "quick": 300}
"""MB, as the kernel counts them; many faults in one process add up, one by one all stay below 250 (bench/faults.py)."""
MEASURED = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print("peak", resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024)
sys.exit(code)
"""
"""Runs a command and prints its peak memory in MB; a child of the tests themselves would begin with their own."""

SLOW = ("slow-drip", "slow-headers", "no-response", "robots-hangs")
RETRIED = ("429", "503-date", "500-always", "short-body", "reset", "truncated-gzip", "truncated-deflate", "long-header")
BOMBS = ("gzip-bomb", "endless-chunked", "huge", "sitemap-bomb.xml.gz", "sitemap-big.xml")
HEAVY = ("header-bomb", "many-links", "deep", "jsonld-big", "big-title")
QUICK = tuple(name for name in FAULTS if name not in {*SLOW, *RETRIED, *BOMBS, *HEAVY, "secret"})
GROUPS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "slow": (SLOW, ("--set", "DOWNLOAD_TIMEOUT=2", "--set", "GALEN_WAIT=0")),
    "retried": (RETRIED, ("--set", "GALEN_WAIT=7")),
    "bombs": (BOMBS, ("--at-once", "1")),
    "heavy": (HEAVY, ("--at-once", "1")),
    "quick": (QUICK, ("--set", "GALEN_TRAP_PAGES=8", "--at-once", "6")),
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a crawl left of one fault's site."""

    fault: str
    pages: list[dict[str, Any]]
    articles: list[dict[str, Any]]
    asked: list[str]
    """Paths, as the server saw them."""
    waits: list[float]
    """Seconds between requests for the fault."""

    @property
    def page(self) -> dict[str, Any]:
        """The row of the page with the fault."""
        return next(page for page in self.pages if re.sub(r"^http://[^/]+", "", page["url"]) == f"/{self.fault}")

    @property
    def verdict(self) -> tuple[str, str]:
        """State and reason of the page with the fault."""
        return self.page["state"], self.page["reason"] or ""

    @property
    def article(self) -> dict[str, Any]:
        """The only article."""
        (article,) = self.articles
        return article

    @property
    def reasons(self) -> list[str]:
        """Of all pages that have one."""
        return [page["reason"] for page in self.pages if page["reason"]]


@dataclass(frozen=True, slots=True)
class Crawled:
    """All faults, crawled."""

    server: FaultServer
    folder: Path
    codes: dict[str, int]
    logs: dict[str, str]

    def memory(self, group: str) -> int:
        """Peak of a group's process, in MB."""
        return int(self.logs[group].rpartition("peak ")[2])

    def __getitem__(self, fault: str) -> Outcome:
        group = next(group for group, (names, _) in GROUPS.items() if fault in names)
        database, host = self.folder / group / "galen.db", f"127.0.0.1:{self.server.ports[fault]}"
        return Outcome(
            fault,
            rows(
                database,
                "SELECT pages.* FROM pages JOIN sites ON sites.id = site_id WHERE name = ?",
                host,
            ),
            rows(
                database,
                "SELECT articles.*, sources.name AS source FROM articles JOIN sites ON sites.id = articles.site_id "
                "LEFT JOIN sources ON sources.id = source_id WHERE sites.name = ?",
                host,
            ),
            self.server.asked(fault),
            self.server.waits(fault),
        )


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crawled]:
    folder = tmp_path_factory.mktemp("faults")
    server = FaultServer(FAULTS, content.ROBOTS)
    server.start()
    processes: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for group, (names, options) in GROUPS.items():
            command = galen_command(
                "crawl", *(start(server, name) for name in names), "--data", str(folder / group),
                "--delay", "0", "--at-once", "20", "--quiet", *options,
            )  # fmt: skip
            with (folder / f"{group}.log").open("wb") as log:
                processes[group] = subprocess.Popen(
                    [sys.executable, "-c", MEASURED, *command],
                    cwd=folder, env=galen_environment(), stdout=log, stderr=log, start_new_session=True,
                )  # fmt: skip
        yield Crawled(
            server,
            folder,
            {group: process.wait(120) for group, process in processes.items()},
            {group: (folder / f"{group}.log").read_text(errors="replace") for group in GROUPS},
        )
    finally:
        for process in processes.values():
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        server.close()


def start(server: FaultServer, fault: str) -> str:
    """The URL that a crawl of a fault begins with."""
    path = "" if fault in content.ROBOTS and not fault.startswith("robots") else fault
    return f"{server.base(fault)}/{'p/ok' if fault.startswith('robots') else path}"


def rejected(reason: str) -> Callable[[Outcome], bool]:
    def check(got: Outcome) -> bool:
        state, words = got.verdict
        return state == "rejected" and re.search(reason, words) is not None and not got.articles

    return check


def to_be_retried(reason: str) -> Callable[[Outcome], bool]:
    def check(got: Outcome) -> bool:
        state, words = got.verdict
        return (
            (state, got.articles) == ("pending", []) and bool(re.search(reason, words)) and got.page["due"] is not None
        )

    return check


def article(**fields: object) -> Callable[[Outcome], bool]:
    def check(got: Outcome) -> bool:
        return got.verdict[0] == "done" and {name: got.article[name] for name in fields} == fields

    return check


def bounded(requests: int, reason: str = "") -> Callable[[Outcome], bool]:
    def check(got: Outcome) -> bool:
        return len(got.asked) <= requests and (not reason or any(re.search(reason, words) for words in got.reasons))

    return check


def all_of(*checks: Callable[[Outcome], bool]) -> Callable[[Outcome], bool]:
    return lambda got: all(check(got) for check in checks)


def waited(seconds: float, requests: int) -> Callable[[Outcome], bool]:
    return lambda got: len(got.waits) == requests - 1 and min(got.waits) >= seconds


KNEE = {"title": "Rest for the knee"}
CHINESE = {"title": "膝盖 护理", "language": "zh"}
TRAP = r"^trap: \d+ pages like 127"

EXPECTED: dict[str, Callable[[Outcome], bool]] = {
    "ok": article(**KNEE, published="2025-03-04", source="Blue Hill Journal"),
    "gzip-bomb": rejected("^too large: more than 10,485,760 bytes when decompressed"),
    "truncated-gzip": to_be_retried("^response cut off: compressed body"),
    "truncated-deflate": to_be_retried("^response cut off: compressed body"),
    "endless-chunked": rejected("^too large"),
    "slow-drip": all_of(to_be_retried("^timeout"), bounded(1)),
    "slow-headers": all_of(to_be_retried("^timeout"), bounded(1)),
    "no-response": all_of(to_be_retried("^timeout"), bounded(1)),
    "huge": all_of(rejected("^too large"), bounded(1)),
    "short-body": all_of(to_be_retried("^response cut off"), waited(3.5, 2)),
    "reset": all_of(to_be_retried("^response cut off"), waited(3.5, 2)),
    "empty-200": rejected("^empty"),
    "header-bomb": article(**KNEE),
    "long-header": to_be_retried("^connection failed"),
    "cookie-bomb": lambda got: len(got.asked) == 2 and len(got.articles) == 2,  # cookies: see below
    "redirect-loop": all_of(rejected("max redirections"), bounded(6)),
    "redirect-chain": all_of(rejected("max redirections"), bounded(6)),
    "redirect-file": rejected("http 302"),
    "redirect-data": rejected("http 302"),
    "redirect-ftp": rejected("http 302"),
    "redirect-loopback": rejected("^host not declared: localhost"),
    "redirect-metadata": rejected("^private address: 169.254.169.254"),
    "redirect-disallowed": all_of(rejected("^robots.txt disallows it"), bounded(1)),
    "meta-refresh-loop": all_of(rejected("max redirections"), bounded(6)),
    "link-file": lambda got: (
        article(**KNEE)(got) and got.asked == ["/link-file", "/link-file/after"] and len(got.pages) == 3
    ),
    "429": all_of(article(**KNEE), waited(1.0, 3)),
    "503-date": all_of(article(**KNEE), waited(1.0, 3)),
    "500-always": all_of(to_be_retried("^http 500"), waited(3.5, 2)),
    "410": lambda got: got.verdict == ("gone", "http 410") and len(got.asked) == 1,
    "soft404": rejected("^soft 404"),
    "etag": lambda got: got.asked.count("/etag/article") == 2 and len(got.articles) == 1,
    "calendar": bounded(40, TRAP),
    "session": all_of(article(title="Hello"), bounded(1)),
    "facets": bounded(150, TRAP),
    "path-trap/": bounded(30),
    "many-links": lambda got: (
        got.verdict == ("done", "200,000 links, the first 5,000 taken") and len(got.pages) == 5_002
    ),
    "deep": rejected("no body"),
    "deep-5000": article(title="Deep water"),
    "gbk-as-utf8": article(**CHINESE),
    "unknown-charset": article(**CHINESE),
    "utf16-nobom": article(**CHINESE),
    "binary-as-html": rejected("^not html"),
    "html-as-pdf": article(**KNEE),
    "no-content-type": article(**KNEE),
    "nul": lambda got: article(**KNEE)(got) and got.article["body"].startswith("A word."),
    "surrogate": lambda got: len(got.articles) == 1,
    "bad-date": article(**KNEE, published=None),
    "future-date": article(**KNEE, published=None),
    "big-title": lambda got: len(got.article["title"]) <= 500,
    "xss": article(title="<script>alert(1)</script> and knees"),
    "csv-injection": article(title='=HYPERLINK("http://evil.example","x")'),
    "bidi": lambda got: article(title="Safe knees")(got) and got.article["body"].startswith("Rest is best."),
    "jsonld-deep": article(**KNEE),
    "jsonld-big": article(**KNEE),
    "jsonld-types": lambda got: len(got.articles) == 1,
    "regex-bait": lambda got: got.verdict[0] in {"done", "rejected"},
    "noai": lambda got: (
        article(**KNEE, hidden="noindex", withheld="noarchive", body="Rest for the knee", summary=None)(got)
        and got.article["policy"] == "noarchive, noai, noindex, tdm-reservation"
    ),
    "foreign-canonical": lambda got: article(canonical_url=None)(got) and "victim" not in got.article["url_key"],
    "needs-javascript": rejected("^needs javascript"),
    "login": rejected("^login wall"),
    "sitemap-bomb.xml": lambda got: got.verdict[0] == "done" and not any("haha" in page["url"] for page in got.pages),
    "sitemap-xxe.xml": lambda got: got.verdict[0] == "done" and not any("root:" in page["url"] for page in got.pages),
    "sitemap-loop.xml": all_of(lambda got: got.verdict[0] == "done", bounded(7)),
    "sitemap-bomb.xml.gz": lambda got: got.verdict[0] == "done" and not got.articles,
    "sitemap-foreign.xml": lambda got: sorted(got.asked) == ["/", "/one", "/sitemap-foreign.xml"],
    "sitemap-big.xml": lambda got: got.verdict[0] == "done" and "/one" in got.asked,
    "robots-503": lambda got: (got.asked, got.reasons) == ([], ["robots.txt unreachable: HTTP 503"]),
    "robots-404": lambda got: set(got.asked) == {"/p/ok", "/disallowed", "/p/x", "/p/ok?sort=up"},
    "robots-hangs": lambda got: got.asked == [] and got.pages[0]["attempts"] == 0,
    "robots-redirect-loop": lambda got: "/p/x" in got.asked,
    "robots-crawl-delay": lambda got: "/disallowed" not in got.asked and len(got.asked) == 3,
    "robots-long": lambda got: set(got.asked) <= {"/p/ok", "/disallowed", "/p/x", "/p/ok?sort=up"},
    "robots-403": lambda got: "/disallowed" in got.asked,
    "robots-wildcards": lambda got: sorted(got.asked) == ["/disallowed", "/p/ok"],
    "robots-html": lambda got: "/disallowed" in got.asked,
}


def test_every_fault_has_an_expectation() -> None:
    assert set(EXPECTED) == set(FAULTS) - {"secret"}


@pytest.mark.parametrize("fault", [name for name in EXPECTED if name != "etag"])
def test_fault(crawled: Crawled, fault: str) -> None:
    got = crawled[fault]
    assert EXPECTED[fault](got), (got.verdict if fault in str(got.pages) else got.pages, got.articles, got.asked[:20])


@pytest.mark.parametrize("group", GROUPS)
def test_no_fault_ends_a_crawl_or_shows_a_traceback(crawled: Crawled, group: str) -> None:
    assert crawled.codes[group] in (0, 3), crawled.logs[group][-3000:]  # 3: a site without articles fails its checks
    assert "Traceback" not in crawled.logs[group], crawled.logs[group]


@pytest.mark.parametrize("group", GROUPS)
def test_peak_memory_is_bounded(crawled: Crawled, group: str) -> None:
    assert crawled.memory(group) < MOST_MEMORY[group]


def test_nothing_private_is_read(crawled: Crawled) -> None:
    assert crawled.server.asked("secret") == []
    for group in GROUPS:
        found = rows(crawled.folder / group / "galen.db", "SELECT title, body FROM articles")
        assert not re.search("SECRET|root:", str(found))


def test_cookies_are_not_sent_back(crawled: Crawled) -> None:
    assert not any("cookie" in headers for _, _, _, headers in crawled.server.hits)


def test_crawl_delay_holds_the_requests_apart(crawled: Crawled) -> None:
    times = [
        at for fault, path, at, _ in crawled.server.hits if fault == "robots-crawl-delay" and path != "/robots.txt"
    ]
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.9


def test_a_second_visit_asks_whether_the_article_changed(crawled: Crawled) -> None:
    galen(crawled.folder, "crawl", start(crawled.server, "etag"), "--data", "quick", "--delay", "0", "--quiet")
    asked = [headers for fault, path, _, headers in crawled.server.hits if (fault, path) == ("etag", "/etag/article")]
    assert [headers.get("if-none-match") for headers in asked] == [None, '"first"']
    assert EXPECTED["etag"](crawled["etag"])


def test_formulas_are_neutralised_and_scripts_escaped_when_shown(crawled: Crawled, tmp_path: Path) -> None:
    assert galen(crawled.folder, "publish", "--data", "quick").returncode == 0
    export = galen(
        crawled.folder, "export", "--data", "quick", "--profile", "excel", "--output", str(tmp_path / "a.csv")
    )
    assert export.returncode == 0, export.stderr
    text = (tmp_path / "a.csv").read_text("utf-8-sig")
    assert "'=HYPERLINK" in text
    assert not re.search(r'(?:^|,)"?=HYPERLINK', text, re.MULTILINE)


def test_traps_are_reported_in_the_log(crawled: Crawled) -> None:
    assert "/calendar?m gave nothing new" in crawled.logs["quick"]
