from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from db.publish import publish
from db.records import Evidence, Fragment, Origin, Role, Tag
from db.store import Store
from tests.db.factories import article, doctor, reject, save

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Dialog, Page

ROOT = Path(__file__).parents[3]
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVE = "from crawler.cli.serve import command; command()"


@contextmanager
def serving(data: Path) -> Iterator[httpx.Client]:
    """A real Datasette on a free port, started as users start it; yields a client of it."""
    with serving_process(data) as (client, _):
        yield client


@contextmanager
def serving_process(data: Path) -> Iterator[tuple[httpx.Client, int]]:
    """The same, with the number of the server's process."""
    command = [sys.executable, "-c", SERVE, "--port", "0", "--data", str(data)]
    # A file: Datasette prints a page for each error it meets, and a full pipe would stop it.
    with (
        tempfile.TemporaryFile("w+") as told,
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=told, text=True) as process,
    ):
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            if "http://127.0.0.1:" not in line:
                told.seek(0)
                raise AssertionError(told.read())
            with httpx.Client(base_url=line.split()[3], timeout=30, trust_env=False) as client:
                yield client, process.pid
        finally:
            process.kill()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with a crawl database and one snapshot of it; the name needs quoting in a URI."""
    folder = tmp_path_factory.mktemp("data #1 100%?")
    store = Store.open(folder / "galen.db")
    save(
        store,
        article(
            "Sleep <b>well</b>", published="2024-05-03", source="Lake Press", summary="In short",
            people=(doctor("Mira Oduya"), doctor("Ivo Brandt", Role.REVIEWER)), tags=(Tag(tag="sleep"),),
            evidence=(Evidence(field="published", value="2024-05-03", origin=Origin.META, chosen=True),),
        ),
        article("Sleep well", published="2023-01", site="Red Dune", source="Lake Press",
                people=(doctor("Mira Oduya"),)),
        article("Night work", "Nurses need 作息 too.", published="2022",
                fragments=(Fragment(text="作息", context="need 作息"),)),
        article("高血压饮食", "高血压患者应少吃盐。", language="zh", published="2025-02-01", site="Red Dune"),
        article("Kept back", "Nobody may keep this.", policy=("noarchive",)),
    )  # fmt: skip
    run = store.start_run(1, "0.1.0")
    reject(store, "https://bluehill.example/about", "no article: too short")
    store.finish_run(run, "finished")
    store.close()
    publish(folder / "galen.db", folder / "public")
    return folder


@pytest.fixture(scope="module")
def client(data: Path) -> Iterator[httpx.Client]:
    with serving(data) as client:
        yield client


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of the demo's database."""
    folder = tmp_path_factory.mktemp("questions") / "demo"
    command = [sys.executable, "-c", "from crawler.cli import main; main()", "demo", "--quiet", "--data", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120, capture_output=True)
    with serving(folder) as client:
        yield client


def asked(client: httpx.Client, name: str, **given: str) -> list[dict[str, Any]]:
    """The rows with which a saved question is answered."""
    response = client.get(f"/questions/{name}.json", params=given)
    assert response.status_code == 200, response.text
    rows: list[dict[str, Any]] = response.json()
    return rows


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; skips where it or Playwright is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed: pip install playwright"
    )
    program = os.environ.get("GALEN_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if program is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium, or name one in GALEN_CHROMIUM")
    with playwright.sync_playwright() as started:
        chromium = started.chromium.launch(executable_path=program, args=CHROMIUM_FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a new context that fails the test for anything the browser complains of."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened = context.new_page()
    complaints: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        complaints.append(f"dialog {dialog.message}")
        dialog.dismiss()

    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("dialog", dismissed)
    yield opened
    context.close()
    assert [text for text in complaints if "404" not in text] == []
