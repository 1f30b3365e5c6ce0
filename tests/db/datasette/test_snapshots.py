"""Publishing while people read: twenty swaps under load."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from db.datasette.snapshots import POINTER_SECONDS
from db.publish import publish
from db.store import Store
from tests.db.datasette.conftest import serving_process
from tests.db.factories import article, publish_in, save

SWAPS = 20
READERS = 4


def _all_of_one_kind(folder: Path, number: int) -> None:
    """A next snapshot in which everything says its number: titles, sites and sources."""
    with closing(sqlite3.connect(folder / "galen.db")) as conn, conn:
        conn.execute(
            "UPDATE articles SET title = ?, last_changed = ?", (f"Edition {number}", f"2026-03-01T08:{number:02}:00Z")
        )
        conn.execute("UPDATE sites SET name = ?", (f"Site {number}",))
        conn.execute("UPDATE sources SET name = ?", (f"Source {number}",))
    assert publish(folder / "galen.db", folder / "public").new


def _editions(page: str) -> set[str]:
    return set(re.findall(r"(?:Edition|Site|Source) (\d+)", page))


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs /proc to count descriptors")
def test_twenty_swaps_under_load_fail_no_request_mix_no_page_and_leak_no_descriptor(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "galen.db")
    save(store, *(article(f"Note {n}", f"Text number {n} of sleep.", source="Lake Press") for n in range(30)))
    publish_in(tmp_path, store)
    _all_of_one_kind(tmp_path, 0)
    failures: list[str] = []
    answers: Counter[str] = Counter()
    stop = threading.Event()

    def read(base: httpx.URL, paths: list[str]) -> None:
        with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
            while not stop.is_set():
                for path in paths:
                    response = client.get(path)
                    editions = _editions(response.text)
                    if response.status_code != 200 or len(editions) > 1:
                        failures.append(f"{path}: {response.status_code} {sorted(editions)}")
                    answers.update(editions)

    with serving_process(tmp_path) as (client, pid):
        descriptors = Path(f"/proc/{pid}/fd")
        paths = [
            "/search?q=sleep&copies=1",
            "/article/3",
            "/search.csv?copies=1&columns=title,site,source",
            "/galen/articles?_size=30&_facet=source_id",
            "/sources",
        ]
        for path in paths:
            assert client.get(path).status_code == 200
        before = len(list(descriptors.iterdir()))
        readers = [threading.Thread(target=read, args=(client.base_url, paths[n:] + paths[:n])) for n in range(READERS)]
        for reader in readers:
            reader.start()
        for number in range(1, SWAPS + 1):
            _all_of_one_kind(tmp_path, number)
            # Waiting for the new edition to be seen is waiting for the swap.
            _await_edition(client, number)
        stop.set()
        for reader in readers:
            reader.join(timeout=60)
        after = len(list(descriptors.iterdir()))
        deleted = [
            link
            for link in map(_target, descriptors.iterdir())
            if "galen-" in link and f"galen-{SWAPS + 2}.db" not in link
        ]
    assert failures == []
    assert sum(answers.values()) > SWAPS * READERS
    assert len(answers) >= SWAPS // 2
    assert deleted == []
    assert after <= before + 2 * READERS


def _target(link: Path) -> str:
    try:
        return str(link.readlink())
    except OSError:
        return ""


def _await_edition(client: httpx.Client, number: int) -> None:
    for _ in range(200):
        if f"Edition {number}<" in client.get("/article/3").text:
            return
        threading.Event().wait(POINTER_SECONDS / 20)
    raise AssertionError(f"edition {number} was never served")
