from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.website import Website, article_page, galen, rows

SITE = """
from crawler.article_spider import ArticleSpider
from crawler.site import Links, Site

class Mine(ArticleSpider):
    "My own site."
    name = "mine"
    site = Site(name="Mine", domains=("{netloc}",), scheme="http", discover=(Links("/"),), article="^/a",
                expect=("title", "published"))
"""
SENTENCE = "published in 0% of the articles; the site declares that it expects it"


@pytest.fixture
def undated(tmp_path: Path, website: Website) -> Path:
    """A site that expects dates and whose pages have none."""
    (tmp_path / "spiders").mkdir()
    (tmp_path / "spiders" / "mine.py").write_text(SITE.format(netloc=website.netloc))
    website.pages = {"/": b'<a href="/a1">x</a>', "/a1": article_page("One")}
    return tmp_path


class Hook:
    """A web service on loopback that keeps what it is sent."""

    def __init__(self, status: int = 200) -> None:
        received: list[dict[str, object]] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                received.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                self.send_response(status)
                self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/other")
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - the name that http.server asks for

            def log_message(self, *_: object) -> None:
                pass

        self.received = received
        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/hook"
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def __enter__(self) -> Hook:
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def test_a_failed_check_is_exit_code_3_and_one_line(undated: Path) -> None:
    process = galen(undated, "crawl", "mine", "--delay", "0", "--quiet")

    assert process.returncode == 3
    assert process.stderr == f"galen: checks failed: Mine (run 1): {SENTENCE}. See: galen report 1\n"
    (run,) = rows(undated / "data" / "galen.db", "SELECT reason, checks FROM runs")
    assert run["reason"] == "finished"
    assert json.loads(run["checks"]) == [SENTENCE]


def test_a_run_that_passes_says_so_in_its_row(undated: Path, website: Website) -> None:
    website.pages["/a1"] = article_page("One", byline="<p>Published: 3 May 2025</p>")
    process = galen(undated, "crawl", "mine", "--delay", "0", "--quiet")

    assert process.returncode == 0, process.stderr
    assert rows(undated / "data" / "galen.db", "SELECT checks FROM runs") == [{"checks": "[]"}]


def test_a_webhook_gets_the_findings(undated: Path) -> None:
    with Hook() as hook:
        process = galen(
            undated, "crawl", "mine", "--delay", "0", GALEN_ALERT_WEBHOOK=hook.url, GALEN_ALERT_HOSTS="127.0.0.1"
        )

    assert process.returncode == 3
    assert [sent["sites"] for sent in hook.received] == [[{"site": "Mine", "run": 1, "failed_checks": [SENTENCE]}]]


def test_a_webhook_to_a_host_that_is_not_named_is_not_sent(undated: Path) -> None:
    with Hook() as hook:
        process = galen(
            undated,
            "crawl",
            "mine",
            "--delay",
            "0",
            GALEN_ALERT_WEBHOOK=hook.url,
            GALEN_ALERT_HOSTS="hooks.example.org",
        )

    assert process.returncode == 3
    assert hook.received == []
    assert "127.0.0.1 is not named in alert_hosts, so nothing was sent" in process.stderr


def test_a_webhook_that_is_redirected_is_not_followed(undated: Path) -> None:
    with Hook(status=302) as hook:
        process = galen(
            undated, "crawl", "mine", "--delay", "0", GALEN_ALERT_WEBHOOK=hook.url, GALEN_ALERT_HOSTS="127.0.0.1"
        )

    assert process.returncode == 3
    assert len(hook.received) == 1
    assert "127.0.0.1 answered 302" in process.stderr


def test_a_command_gets_the_findings_on_standard_input(undated: Path) -> None:
    process = galen(undated, "crawl", "mine", "--delay", "0", GALEN_ALERT_COMMAND="tee alert.json")

    assert process.returncode == 3
    assert json.loads((undated / "alert.json").read_text())["text"] == f"1 site failed checks: Mine (run 1): {SENTENCE}"


def test_a_command_that_fails_is_told_and_changes_no_exit_code(undated: Path) -> None:
    process = galen(undated, "crawl", "mine", "--delay", "0", GALEN_ALERT_COMMAND="/no/such/program")

    assert process.returncode == 3
    assert "alert_command '/no/such/program'" in process.stderr
    assert "Traceback" not in process.stderr
