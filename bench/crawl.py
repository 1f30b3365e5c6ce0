"""What a crawl costs beside bare Scrapy, in one run, on a synthetic site of any size.

    python -m bench.crawl [--articles 2000] [--keep]

Prints CPU seconds per 1,000 pages, wall time, peak memory and requests of: bare Scrapy (no middleware of
ours, no item, CONCURRENT_ITEMS = 4); our crawl with an empty callback, once with Scrapy's in-memory scheduler
and once with our frontier (raw pages off), and with raw pages kept; a first crawl with a body rule, an
unchanged re-crawl by lastmod, one after some articles were touched, a refresh by conditional requests (every
article 304), and bare Scrapy receiving the same 304s. Start-up counts, and is shown apart. The crawls with an
empty callback run in turn, `--rounds` times; the median ratio counts.
The site and its server lie in the folder `shared` beside the project.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from db.connection import connect

SHARED = Path(__file__).resolve().parents[2] / "shared" / "eval" / "crawl"
# The synthetic site asks for a Crawl-delay, which is obeyed otherwise and would be all there is to measure.
FAST = {
    "ROBOTSTXT_OBEY": "False",
    "DOWNLOAD_DELAY": "0",
    "CONCURRENT_REQUESTS": "16",
    "CONCURRENT_REQUESTS_PER_DOMAIN": "16",
}

SPIDERS = """
import json, pathlib
import scrapy
from scrapy.spiders import SitemapSpider
from crawler.article_spider import ArticleSpider
from crawler.frontier.gather import Judged
from crawler.site import Site, Sitemap
from db.records import Verdict

SITE = Site(name="Bench", domains=("{netloc}",), scheme="http", language="en", date_order="DMY",
            discover=(Sitemap("/sitemap.xml"),), article=r"^/article/", body=("div.content",))

class Full(ArticleSpider):
    name = "bench_full"
    site = SITE

class Empty(ArticleSpider):
    name = "bench_empty"
    site = Site(name="Empty", domains=SITE.domains, scheme="http", discover=SITE.discover, article=SITE.article)

    def parse_article(self, response):
        yield Judged(Verdict.REJECTED, "empty callback")

class Memory(Empty):
    name = "bench_memory"
    custom_settings = {{
        "SCHEDULER": "scrapy.core.scheduler.Scheduler",
        "SPIDER_MIDDLEWARES": {{"crawler.frontier.page_commit.PageCommitMiddleware": None}},
    }}

    def parse_article(self, response):
        return None

class Bare(SitemapSpider):
    name = "bench_bare"
    sitemap_urls = ["http://{netloc}/sitemap.xml"]
    allowed_domains = ["127.0.0.1"]
    handle_httpstatus_list = [304]
    custom_settings = {{
        "SCHEDULER": "scrapy.core.scheduler.Scheduler", "SPIDER_MIDDLEWARES": {{}}, "DOWNLOADER_MIDDLEWARES": {{}}
    }}

    def __init__(self, validators="", **kwargs):
        super().__init__(**kwargs)
        self.validators = json.loads(pathlib.Path(validators).read_text()) if validators else {{}}

    def _parse_sitemap(self, response):
        for request in super()._parse_sitemap(response):
            if etag := self.validators.get(request.url):
                request.headers["If-None-Match"] = etag
            yield request

    def parse(self, response):
        return None
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """One process, start-up included."""

    label: str
    requests: int
    cpu: float
    wall: float
    memory: int
    """Peak resident memory, MB."""

    def __str__(self) -> str:
        per = 1000 * self.cpu / max(self.requests, 1)
        return (
            f"{self.label:44} {self.requests:7} requests {self.cpu:7.2f} s CPU {per:7.2f} s/1000 "
            f"{self.wall:7.2f} s wall {self.memory:5} MB"
        )


def main(arguments: list[str]) -> int:
    """Exit status 0 if it could be measured and every touched article was seen, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3, help="times that the frontier is measured beside bare Scrapy")
    parser.add_argument("--frontier-only", action="store_true", help="stop after the crawls with an empty callback")
    parser.add_argument("--fraction", type=float, default=0.02, help="share of the articles that are touched")
    options = parser.parse_args(arguments)
    if not SHARED.exists():
        print(f"{SHARED} is not there: nothing measured", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as folder:
        bench = _Bench(Path(folder), options.articles, options.fraction, options.rounds)
        return bench.run(frontier_only=options.frontier_only)


class _Bench:
    def __init__(self, folder: Path, articles: int, fraction: float, rounds: int) -> None:
        self.folder, self.articles, self.fraction, self.rounds = folder, articles, fraction, rounds
        self.site = folder / "site"
        self.port = 23471

    def run(self, *, frontier_only: bool) -> int:
        self._site("gen", str(self.site), "--articles", str(self.articles), "--port", str(self.port))
        (self.folder / "spiders").mkdir()
        netloc = f"127.0.0.1:{self.port}"
        (self.folder / "spiders" / "bench_sites.py").write_text(SPIDERS.format(netloc=netloc))
        self.server = subprocess.Popen(
            [sys.executable, str(SHARED / "site.py"), "serve", str(self.site)],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )
        try:
            time.sleep(2)
            self._measure_frontier()
            return 0 if frontier_only else self._measure()
        finally:
            self.server.terminate()
            self.server.wait()

    def _measure_frontier(self) -> None:
        self._scrapy("start-up and one page: bare Scrapy", "bench_bare", "-s", "CLOSESPIDER_PAGECOUNT=1")
        self.startup = self._galen("start-up and one page: ours", "bench_empty", "--data", "startup", "--limit", "1")
        ratios = [self._frontier_round(number) for number in range(1, self.rounds + 1)]
        frontier, plain, kept = (median(ratio[index] for ratio in ratios) for index in range(3))
        print(f"frontier / in-memory scheduler, all else the same, CPU per request: {frontier:.2f} (asked: 1.1)")
        print(f"frontier / bare Scrapy: {plain:.2f}, with raw pages {kept:.2f}", flush=True)

    def _measure(self) -> int:
        first = self._galen("first crawl, body rule", "bench_full")
        again = self._galen("unchanged, by lastmod", "bench_full")
        self._site("touch", str(self.site), "--fraction", str(self.fraction))
        touched = self._galen("some touched, by lastmod", "bench_full")
        seen = self._revisions()
        refresh = self._galen("all again, conditional", "bench_full", "--refresh")
        bare_304 = self._scrapy("bare Scrapy, the same 304s", "bench_bare", "-a", f"validators={self._validators()}")
        self._site("touch", str(self.site), "--fraction", str(self.fraction))
        self._galen("some touched, conditional", "bench_full", "--refresh")
        all_seen = self._revisions()
        asked = max(1, round(self.fraction * self.articles))
        print(f"unchanged by lastmod: {again.requests / first.requests:.4f} of the requests (asked: .01), "
              f"{again.wall / first.wall:.3f} of the wall time (asked: .15), "
              f"start-up takes {self.startup.wall:.1f} of its {again.wall:.1f} s")  # fmt: skip
        print(f"304s: CPU {refresh.cpu / bare_304.cpu:.2f} of bare Scrapy's (asked: 1.3)")
        print(f"touched articles, each time about {asked}: seen {seen} by lastmod ({touched.requests} requests)")
        print(f"and {all_seen - seen} by conditional requests")
        return 0

    def _frontier_round(self, number: int) -> tuple[float, float, float]:
        """CPU per request of our frontier by that of the in-memory scheduler, and by bare Scrapy's: without raw
        pages, and with them."""
        bare = self._scrapy(f"{number}. bare Scrapy, no item", "bench_bare")
        memory = self._scrapy(f"{number}. in-memory scheduler, empty callback", "bench_memory")
        without = ("--data", f"plain-{number}", "--set=GALEN_RAW=False")
        plain = self._galen(f"{number}. our frontier, empty callback", "bench_empty", *without)
        kept = self._galen(f"{number}. the same, raw pages kept", "bench_empty", "--data", f"kept-{number}")
        return self._ratio(plain, memory), self._ratio(plain, bare), self._ratio(kept, bare)

    def _site(self, *arguments: str) -> None:
        subprocess.run(
            [sys.executable, str(SHARED / "site.py"), *arguments],
            check=True,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
        )

    def _galen(self, label: str, spider: str, *arguments: str) -> Measured:
        settings = [f"--set={name}={value}" for name, value in FAST.items()]
        return self._run(label, ["-m", "crawler", "crawl", spider, "--quiet", *settings, *arguments])

    def _scrapy(self, label: str, spider: str, *arguments: str) -> Measured:
        settings = [part for name, value in FAST.items() for part in ("-s", f"{name}={value}")]
        resolver = "TWISTED_DNS_RESOLVER=scrapy.resolver.CachingThreadedResolver"
        command = ["-m", "scrapy", "crawl", spider, "-s", "LOG_LEVEL=WARNING", "-s", resolver]
        return self._run(label, [*command, *settings, *arguments])

    def _run(self, label: str, command: list[str]) -> Measured:
        before, started = self._requests(), time.monotonic()
        environment = {**os.environ, "SCRAPY_SETTINGS_MODULE": "crawler.settings"}
        # As installed software runs: without it every start compiles all of Galen anew.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        process = subprocess.Popen(
            [sys.executable, *command], cwd=self.folder, env=environment, stdout=subprocess.DEVNULL
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        measured = Measured(
            label, self._requests() - before, usage.ru_utime + usage.ru_stime, time.monotonic() - started,
            usage.ru_maxrss // 1024,
        )  # fmt: skip
        print(measured, f"exit {process.returncode}" if process.returncode else "", flush=True)
        return measured

    def _requests(self) -> int:
        log = self.site / "access.log"
        self.server.send_signal(signal.SIGUSR1)  # it writes its log when told to
        time.sleep(0.5)
        return len(log.read_text().splitlines()) if log.exists() else 0

    def _validators(self) -> Path:
        connection = connect(self.folder / "data" / "galen.db", read_only=True)
        rows = connection.execute("SELECT url, etag FROM pages WHERE kind = 'article' AND etag IS NOT NULL").fetchall()
        connection.close()
        path = self.folder / "validators.json"
        path.write_text(json.dumps(dict(rows)))
        return path

    def _revisions(self) -> int:
        connection = connect(self.folder / "data" / "galen.db", read_only=True)
        number = connection.execute("SELECT count(*) FROM revisions").fetchone()[0]
        connection.close()
        return int(number)

    @staticmethod
    def _ratio(one: Measured, other: Measured) -> float:
        return (one.cpu / one.requests) / (other.cpu / other.requests)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
