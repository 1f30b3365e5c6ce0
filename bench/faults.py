"""Runs the shared fault server against `galen crawl`, one process and data folder for each fault, real settings.

    python -m bench.faults [FAULT ...]          default: every line of expected.tsv

Prints a table: fault, ok or NOT, peak memory, seconds, what was got, what was expected. The crawler runs as a user runs
it; only the delay between requests is 0. Faults that wait for a timeout take minutes, so several run at a time.
"""

from __future__ import annotations

import csv
import os
import socket
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from resource import struct_rusage

from bench.fault_checks import CHECKS, Outcome, one_row
from db.connection import connect

ROOT = Path(__file__).resolve().parents[1]
FAULTS = ROOT.parent / "shared" / "eval" / "faults"
AT_ONCE = 4
LONGEST = 600.0
"""Seconds after which a crawl has failed its test."""
MOST_MEMORY = 300
SIZE_MEMORY = 250
"""MB, for the faults of size; a crawl that has read any article takes about 215."""
SIZE = frozenset({"/gzip-bomb", "/endless-chunked", "/huge", "/header-bomb", "/many-links", "/deep", "/big-title",
                  "/jsonld-big", "/sitemap-bomb.xml", "/sitemap-bomb.xml.gz"})  # fmt: skip

SITE = """
from crawler.article_spider import ArticleSpider
from crawler.site import Site, Sitemap

class Fault(ArticleSpider):
    "A site with a faulty sitemap."
    name = "fault"
    site = Site(name="Fault", domains=("127.0.0.1:{port}",), scheme="http", discover=(Sitemap("{path}"),))
"""


START = {"P+5": ("/ok", "/disallowed", "/p/ok"), "P+8": ("/p/ok", "/p/x")}


class FaultServer:
    """The shared server on ten free ports."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "hits.tsv"
        self.port, self._process = self._started()
        while self._process.stdout is None or not self._process.stdout.readline():  # another took a port meanwhile
            self.close()
            self.port, self._process = self._started()

    def _started(self) -> tuple[int, subprocess.Popen[str]]:
        port = _free_range()
        command = [sys.executable, str(FAULTS / "server.py"), "--port", str(port), "--log", str(self.log)]
        return port, subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def hits(self) -> list[tuple[float, int, str]]:
        """Every request so far."""
        lines = (line.rstrip("\n").split("\t") for line in self.log.open(encoding="utf-8"))
        return [(float(at), int(offset), path) for at, offset, path in lines]

    def close(self) -> None:
        """Stop answering."""
        self._process.kill()
        self._process.wait()


def main(arguments: list[str]) -> int:
    """Exit status 0 if every line is met, 1 otherwise or where the shared server is not there."""
    if not (FAULTS / "server.py").exists():
        print(f"{FAULTS} is not there: nothing measured", file=sys.stderr)
        return 1
    with (FAULTS / "expected.tsv").open(encoding="utf-8") as file:
        lines = [(row[0], row[1]) for row in csv.reader(file, delimiter="\t")][1:]
    wanted = [(name, words) for name, words in lines if not arguments or name.split()[0] in arguments]
    # What waits for a timeout begins first.
    wanted.sort(key=lambda line: line[0] not in {"/slow-drip", "/slow-headers", "/no-response"})
    missed = 0
    print("fault\tresult\tpeak MB\tseconds\tgot\texpected")
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for (name, words), (ok, got) in zip(wanted, pool.map(lambda line: _run(line[0]), wanted), strict=True):
            missed += not ok
            told = f"{name}\t{'ok' if ok else 'NOT'}\t{got.memory}\t{got.seconds:.0f}\t{_words(got)}\t{words}"
            print(told, flush=True)
    print(f"{len(wanted) - missed} of {len(wanted)} met")
    return int(bool(missed))


def _run(name: str) -> tuple[bool, Outcome]:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        server = FaultServer(folder)
        try:
            got, path = _crawl(name.split()[0], server, folder)
            got.hits = server.hits()
        finally:
            server.close()
        _read(folder / "data" / "galen.db", got)
        most = SIZE_MEMORY if name in SIZE else MOST_MEMORY
        healthy = got.memory < most and got.code in (0, 3) and "Traceback" not in got.log
        try:
            return healthy and bool(CHECKS.get(name.split()[0], one_row)(got, path)), got
        except (KeyError, IndexError):  # the row that was asked for is not there
            return False, got


def _crawl(name: str, server: FaultServer, folder: Path) -> tuple[Outcome, str]:
    port = server.port + (int(name[2:]) if name.startswith("P+") else 0)
    paths = START.get(name, ("/ok",)) if name.startswith("P+") else (name,)
    targets = [f"http://127.0.0.1:{port}{path}" for path in paths]
    if "sitemap" in name:
        (folder / "spiders").mkdir()
        (folder / "spiders" / "fault.py").write_text(SITE.format(port=port, path=name), encoding="utf-8")
        targets = ["fault"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith(("GALEN_", "SCRAPY_"))}
    started = time.monotonic()
    log = folder / "log"
    memory = code = 0
    cpu = 0.0
    for target in targets:
        with log.open("a") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "crawler", "crawl", target, "--quiet",
                 *(["--delay", "0"] if not name.startswith("P+") else [])],
                cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, stdout=output, stderr=output,
            )  # fmt: skip
        status, usage = _wait(process)
        memory, cpu, code = max(memory, usage.ru_maxrss // 1024), cpu + usage.ru_utime + usage.ru_stime, code or status
    return Outcome(code, time.monotonic() - started, memory, cpu, log.read_text(errors="replace")), paths[0]


def _wait(process: subprocess.Popen[bytes]) -> tuple[int, struct_rusage]:
    """Exit code and use of resources of a process, which is killed when it takes too long."""
    deadline = time.monotonic() + LONGEST
    while True:
        pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        if time.monotonic() > deadline:
            process.kill()
        time.sleep(0.05)


def _read(database: Path, got: Outcome) -> None:
    if database.exists():
        connection = connect(database, read_only=True)
        got.pages = [dict(row) for row in connection.execute("SELECT * FROM pages WHERE kind <> 'robots'")]
        got.articles = [dict(row) for row in connection.execute("SELECT * FROM articles")]
        connection.close()


def _words(got: Outcome) -> str:
    states: dict[str, int] = {}
    for page in got.pages:
        words = f"{page['state']} {page['attempts'] or ''} {page['reason'] or ''}".strip()
        states[words] = states.get(words, 0) + 1
    kinds = "; ".join(f"{number}x {words}" if number > 1 else words for words, number in list(states.items())[:4])
    exit_words = f"exit {got.code}, " if got.code else ""
    return f"{exit_words}{len(got.articles)} articles, {len(got.hits)} requests: {kinds}"[:300]


def _free_range() -> int:
    """The first of ten free ports."""
    while True:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port: int = probe.getsockname()[1]
        if port < 65_000 and all(_is_free(port + offset) for offset in range(10)):
            return port


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) != 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
