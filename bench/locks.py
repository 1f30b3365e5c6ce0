"""How long writers wait for the write lock when 1, 2 and 4 processes store pages at the same time.

    python -m bench.locks [--pages 3000]

Each process stores pages through its own writer thread as fast as it can, in the transactions of a
crawl (at most 50 pages or 1 s). The event loop of a crawl never waits for the lock; its writer does.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from db.records import Article, Link, PageResult, Verdict
from db.store import Store
from db.writer import Writer

TEXT = " ".join(f"word{n}" for n in range(600))


def main(arguments: list[str]) -> int:
    """Exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000, help="pages a process")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        _work(Path(options.worker), options.pages)
        return 0
    print("processes  pages/s  wait p50 ms  p99 ms  max ms")
    for processes in (1, 2, 4):
        with tempfile.TemporaryDirectory() as folder:
            _measure(Path(folder) / "galen.db", processes, options.pages)
    return 0


def _measure(path: Path, processes: int, pages: int) -> None:
    Store.open(path).close()
    command = [sys.executable, "-m", "bench.locks", "--worker", str(path), "--pages", str(pages)]
    workers = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(processes)]
    waits: list[float] = []
    seconds = 0.0
    for worker in workers:
        told = json.loads(worker.communicate()[0])
        waits += told["waits"]
        seconds = max(seconds, told["seconds"])
    waits.sort()
    p50, p99 = waits[len(waits) // 2], waits[int(len(waits) * 0.99)]
    rate = processes * pages / seconds
    print(f"{processes:9} {rate:8.0f} {1e3 * p50:12.2f} {1e3 * p99:7.1f} {1e3 * waits[-1]:7.1f}", flush=True)


def _work(path: Path, pages: int) -> None:
    writer = Writer(path)
    name = f"site {time.monotonic_ns()}"

    def begin(store: Store) -> tuple[int, int]:
        site = store.site_id(name, spider="bench")
        run = store.start_run(site, "bench")
        store.add_links(site, [Link(url=f"https://{n}", fingerprint=b"%d" % n) for n in range(pages)], run)
        return run, store.connection.execute("SELECT min(id) FROM pages WHERE site_id = ?", (site,)).fetchone()[0]

    run, first = writer.submit(begin).result()
    started = time.monotonic()
    for number in range(pages):
        url = f"https://{name.replace(' ', '-')}.invalid/{number}"
        article = Article(url=url, site=name, title=f"Title {number}", body=f"{TEXT} {name} {number}")
        writer.submit_page(
            PageResult(
                page_id=first + number, site=name, url=url, verdict=Verdict.ARTICLE, status=200,
                fetched_at="2026-01-01T00:00:00Z", articles=(article,),
            ),
            run_id=run,
        )  # fmt: skip
    writer.flush().result()
    seconds = time.monotonic() - started
    print(json.dumps({"waits": list(writer.lock_waits), "seconds": seconds}))
    writer.close()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
