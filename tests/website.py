"""A website on loopback, and ways to run Galen against it as a user would."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from crawler.cli import main

ROOT = Path(__file__).parents[1]
Answer = tuple[int, dict[str, str], bytes]

TEXT = (
    "Most adults need between seven and nine hours of rest every night. Going to bed at the same hour every evening "
    "does more for that than any tablet sold over the counter. A dark and quiet room helps as well."
)


def article_page(title: str, *, byline: str = "", links: str = "", text: str = TEXT) -> bytes:
    """An article in plain markup."""
    return (
        f"<!doctype html><html><head><meta charset=utf-8><title>{title}</title></head><body><h1>{title}</h1>{byline}"
        f"<p>{text}</p><p>{title} is what this page is about, and it says so in a second paragraph of some length.</p>"
        f"{links}</body></html>"
    ).encode()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_GET(self) -> None:
        site = self.server.website
        with site.lock:
            site.hits.append((self.path, time.monotonic()))
            site.requests.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        page = site.answer(self.path)
        if callable(page):
            page = page(site.count(self.path))
        status, headers, body = (200, {}, page) if isinstance(page, bytes) else page
        self.send_response(status)
        for name, value in {"Content-Type": "text/html", "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.path += f" {body.decode()}"
        self.do_GET()

    def log_message(self, *_: object) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    website: Website

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # a killed crawler hangs up
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Website:
    """Answers each path from `pages` (bytes, an answer, or a function of the hit's number), else 404."""

    def __init__(self) -> None:
        self.pages: dict[str, bytes | Answer | Callable[[int], Answer]] = {}
        self.hits: list[tuple[str, float]] = []
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.website = self
        self.port = self._server.server_address[1]
        self.netloc = f"127.0.0.1:{self.port}"
        self.url = f"http://{self.netloc}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def answer(self, path: str) -> bytes | Answer | Callable[[int], Answer]:
        """What is at a path."""
        return self.pages.get(path, (404, {}, b"not found"))

    def count(self, path: str) -> int:
        """How often a path was asked for."""
        with self.lock:
            return sum(hit == path for hit, _ in self.hits)

    def paths(self) -> list[str]:
        """Every path asked for, in order."""
        with self.lock:
            return [path for path, _ in self.hits]

    def asked(self) -> list[str]:
        """Every path asked for, in order, without the files that rule a crawl."""
        return [path for path in self.paths() if path not in {"/robots.txt", "/.well-known/tdmrep.json"}]

    @property
    def agents(self) -> set[str | None]:
        """Every User-Agent that asked."""
        with self.lock:
            return {headers.get("user-agent") for _, headers in self.requests}

    def close(self) -> None:
        """Stop answering."""
        self._server.shutdown()
        self._server.server_close()


def galen(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `galen` with its working folder in `folder`."""
    return subprocess.run(
        galen_command(*arguments), cwd=folder, env=galen_environment(**environment), capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip


def invoke(*arguments: str) -> Result:
    """Run `galen` within this process: quicker, for commands that start no crawl."""
    return CliRunner().invoke(main, list(arguments))


def start_galen(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """Start `galen` and go on."""
    return subprocess.Popen(
        galen_command(*arguments), cwd=folder, env=galen_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip


def heed_interrupt() -> None:
    """For `preexec_fn`: a shell starts background jobs deaf to SIGINT, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def galen_command(*arguments: str) -> list[str]:
    """The command line of `galen`, by the Python that runs the tests."""
    return [sys.executable, "-m", "crawler", *arguments]


def galen_environment(**extra: str) -> dict[str, str]:
    """The environment without what the user may have set for Galen."""
    # Without its compiled modules Galen takes twice as long to start, and tests start it a hundred times.
    dropped = ("GALEN_", "SCRAPY_", "PYTHONDONTWRITEBYTECODE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(dropped)}
    return {**kept, "PYTHONPATH": str(ROOT), **extra}


def everything(folder: Path) -> bytes:
    """The bytes of every file in the data folder, in lower case; of gzip files what is in them as well."""
    found = []
    for path in sorted((folder / "data").rglob("*")):
        if path.is_file():
            content = path.read_bytes()
            found.append(content)
            if path.name.endswith((".gz", ".open")):
                found.append(gzip.decompress(content))
    return b"\n".join(found).lower()


def rows(database: Path, sql: str, *values: Any) -> list[dict[str, Any]]:
    """Rows of the crawl database."""
    from db.connection import connect

    connection = connect(database, read_only=True)
    try:
        return [dict(row) for row in connection.execute(sql, values)]
    finally:
        connection.close()


def json_output(process: subprocess.CompletedProcess[str]) -> Any:
    """Standard output of a command that ended well, as JSON."""
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)
