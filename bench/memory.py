"""How much memory a crawl of a large site takes as it goes on.

    python -m bench.memory [--articles 20000]

Prints the resident memory of the crawling process by pages done, and its growth from 3,000 pages to
the end. The site and its server lie in the folder `shared` beside the project.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench.crawl import FAST, SHARED, SPIDERS
from db.connection import StorageError, connect

PORT = 23472
MARKS = (1000, 3000, 5000, 10_000, 15_000, 20_000)


def main(arguments: list[str]) -> int:
    """Exit status 0 if it could be measured, else 1."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=20_000)
    options = parser.parse_args(arguments)
    if not SHARED.exists():
        print(f"{SHARED} is not there: nothing measured", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = [sys.executable, str(SHARED / "site.py")]
        articles = ["--articles", str(options.articles), "--port", str(PORT)]
        subprocess.run(
            [*site, "gen", str(folder / "site"), *articles], check=True, cwd=folder, stdout=subprocess.DEVNULL
        )
        (folder / "spiders").mkdir()
        (folder / "spiders" / "bench_sites.py").write_text(SPIDERS.format(netloc=f"127.0.0.1:{PORT}"))
        server = subprocess.Popen([*site, "serve", str(folder / "site")], cwd=folder, stdout=subprocess.DEVNULL)
        try:
            time.sleep(2)
            return _crawl(folder)
        finally:
            server.terminate()
            server.wait()


def _crawl(folder: Path) -> int:
    settings = [f"--set={name}={value}" for name, value in FAST.items()]
    crawl = subprocess.Popen(
        [sys.executable, "-m", "crawler", "crawl", "bench_full", "--quiet", *settings],
        cwd=folder, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    marks = list(MARKS)
    seen: dict[int, float] = {}
    last = 0.0
    while crawl.poll() is None:
        time.sleep(1)
        done = _done(folder / "data" / "galen.db")
        if marks and done >= marks[0]:
            seen[marks.pop(0)] = _resident(crawl.pid)
            print(f"{done:7} pages: {list(seen.values())[-1]:5.0f} MB", flush=True)
        last = _resident(crawl.pid) or last
    print(f"at the end: {last:.0f} MB (asked: 250)")
    if 3000 in seen:
        print(f"growth from 3,000 pages on: {100 * (last / seen[3000] - 1):.1f} % (asked: under 10)")
    return int(crawl.returncode != 0)


def _done(database: Path) -> int:
    try:
        connection = connect(database, read_only=True)
    except StorageError:
        return 0
    try:
        return int(connection.execute("SELECT coalesce(sum(articles), 0) FROM runs").fetchone()[0])
    except sqlite3.OperationalError:  # not made yet
        return 0
    finally:
        connection.close()


def _resident(pid: int) -> float:
    """Resident memory of a process in MB, 0 if it has ended."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
