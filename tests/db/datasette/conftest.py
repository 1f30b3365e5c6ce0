from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from db.publish import publish
from db.records import Evidence, Fragment, Origin, Role, Tag
from db.store import Store
from tests.db.factories import article, doctor, reject, save

ROOT = Path(__file__).parents[3]
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
