import fcntl
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections import namedtuple
from contextlib import closing
from pathlib import Path

import pytest

from db.publish import NothingPublishedError, PublishError, current, publish
from db.records import Tag
from db.search.engine import search
from db.store import Store
from tests.db.factories import LONG, article, doctor, make_database, reject, save


@pytest.fixture
def source(tmp_path):
    return make_database(
        tmp_path / "galen.db",
        article("Sleep well", published="2024-05-03", source="Lake Press", people=(doctor("Mira Oduya"),)),
        article("Night work", "Nurses sleep by day. 作息", published="2022", tags=(Tag(tag="sleep"),)),
    )


@pytest.fixture
def public(tmp_path):
    return tmp_path / "public"


def read(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{path.as_uri()}?immutable=1", uri=True)


def rows(path: Path, sql: str) -> list[tuple]:
    with closing(read(path)) as conn:
        return conn.execute(sql).fetchall()


def add(source: Path, *articles) -> None:
    store = Store.open(source)
    save(store, *articles)
    store.close()


def test_a_snapshot_holds_what_analysts_need_and_is_found_by_its_pointer(source, public):
    published = publish(source, public)
    snapshot, path = current(public)
    assert published.new
    assert (snapshot, path) == (published.snapshot, public / "galen-1.db")
    assert snapshot.rows == 2
    assert rows(path, "SELECT title, doctors, published_year, copies, canonical FROM articles") == [
        ("Sleep well", "Mira Oduya", 2024, 1, 1),
        ("Night work", None, 2022, 1, 1),
    ]
    assert rows(path, "SELECT site, source, doctors FROM articles_flat WHERE id = 1") == [
        ("Blue Hill", "Lake Press", "Mira Oduya")
    ]
    assert rows(path, "SELECT domains FROM sites") == [("bluehill.example",)]


def test_the_snapshot_can_be_searched(source, public):
    path = publish(source, public).path
    with closing(read(path)) as conn:
        assert [hit.title for hit in search(conn, "作息").hits] == ["Night work"]
        assert search(conn, "doctor:oduya").total == 1


def test_the_snapshot_is_readable_from_a_folder_that_nobody_may_write(source, public):
    path = publish(source, public).path
    assert path.stat().st_mode & 0o222 == 0
    assert rows(path, "PRAGMA journal_mode") != [("wal",)]
    assert [found.name for found in public.iterdir() if found.name.endswith(("-wal", "-shm", "-journal"))] == []


def test_nothing_of_the_frontier_gets_out(source, public):
    path = publish(source, public).path
    names = {name for (name,) in rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert "pages" not in names
    assert [row[1] for row in rows(path, "PRAGMA table_info(fetched_pages)")] == [
        "id", "site_id", "kind", "state", "reason", "status", "article_id", "fetched_at", "url",
    ]  # fmt: skip
    assert "key" not in [row[1] for row in rows(path, "PRAGMA table_info(doctors)")]


def test_rejected_pages_are_published_with_their_reason(source, public):
    store = Store.open(source)
    reject(store, "https://bluehill.example/about", "no article: too short")
    store.close()
    path = publish(source, public).path
    assert rows(path, "SELECT url, reason FROM fetched_pages WHERE state = 'rejected'") == [
        ("https://bluehill.example/about", "no article: too short")
    ]


def test_an_article_that_refuses_indexing_leaves_no_trace(tmp_path, public):
    hidden = article("Hidden", policy=("noai", "noindex"), people=(doctor("Ivo Brandt"),), source="Secret Press",
                     tags=(Tag(tag="hush"),))  # fmt: skip
    source = make_database(tmp_path / "galen.db", hidden, article("Open", LONG + " More.", policy=("noai",)))
    path = publish(source, public).path
    assert rows(path, "SELECT title FROM articles") == [("Open",)]
    for table in ("doctors", "article_doctors", "sources", "tags"):
        assert rows(path, f"SELECT count(*) FROM {table}") == [(0,)], table
    assert rows(path, f"SELECT count(*) FROM fetched_pages WHERE url = '{hidden.url}'") == [(0,)]
    raw = path.read_bytes()
    assert b"Ivo Brandt" not in raw
    assert b"Hidden" not in raw


@pytest.mark.parametrize("signal_name", ["noarchive", "tdm-reservation"])
def test_a_withheld_text_gives_metadata_and_link_only(tmp_path, public, signal_name):
    first = article("Kept back", "An uncommon sentence about quokkas.", summary="Marsupials", policy=(signal_name,))
    source = make_database(tmp_path / "galen.db", first)
    changed = article("Kept back", "Another about wombats.", url=first.url, policy=(signal_name,))
    add(source, changed)
    path = publish(source, public).path
    assert rows(path, "SELECT title, url, summary, body, withheld FROM articles") == [
        ("Kept back", first.url, None, None, signal_name)
    ]
    assert rows(path, "SELECT count(*) FROM revisions") == [(0,)]
    assert not any(word in path.read_bytes() for word in (b"quokka", b"wombat", b"Marsupials"))
    with closing(read(path)) as conn:
        assert (search(conn, "kept").total, search(conn, "wombats").total) == (1, 0)


def test_a_cluster_whose_canonical_article_is_hidden_gets_another(tmp_path, public):
    source = make_database(
        tmp_path / "galen.db",
        article("First", published="2020", policy=("noindex",)),
        article("Third", published="2023", site="Red Dune"),
        article("Second", published="2021"),
    )
    path = publish(source, public).path
    assert rows(path, "SELECT title, copies, canonical FROM articles ORDER BY published") == [
        ("Second", 2, 1),
        ("Third", 2, 0),
    ]
    assert rows(path, "SELECT title FROM articles_unique") == [("Second",)]
    assert rows(path, "SELECT size, sites FROM clusters") == [(2, 2)]


def test_nothing_changed_means_nothing_built_or_published(source, public):
    first = publish(source, public)
    touched = public.stat().st_mtime_ns
    second = publish(source, public)
    assert (second.new, second.path) == (False, first.path)
    assert public.stat().st_mtime_ns == touched


def test_a_checkpoint_alone_publishes_nothing_new_either(source, public):
    first = publish(source, public)
    os.utime(source)
    second = publish(source, public)
    assert (second.new, second.path) == (False, first.path)
    assert second.snapshot.source != first.snapshot.source


def test_any_change_publishes_again_even_by_hand(source, public):
    publish(source, public)
    with closing(sqlite3.connect(source)) as conn, conn:
        conn.execute("UPDATE doctors SET name = 'Mira A. Oduya'")
    second = publish(source, public)
    assert second.new
    assert rows(second.path, "SELECT name FROM doctors") == [("Mira A. Oduya",)]


def test_writers_may_go_on_while_a_snapshot_is_made(source, public):
    store = Store.open(source)
    with store.atomic():
        save(store, article("Not yet committed", "Some other words here."))
        assert publish(source, public).snapshot.rows == 2
    store.close()
    assert publish(source, public).snapshot.rows == 3


def test_the_last_two_snapshots_are_kept(source, public):
    for number in range(3):
        publish(source, public)
        add(source, article(f"Number {number}", f"Text number {number}."))
    publish(source, public)
    assert sorted(path.name for path in public.glob("galen-*.db")) == ["galen-3.db", "galen-4.db"]


def test_two_publishers_do_not_race(source, public):
    public.mkdir()
    with (public / ".publish.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PublishError, match="Another process is publishing"):
            publish(source, public)


def test_a_full_disk_is_said_before_anything_is_written(source, public, monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 10**6))
    with pytest.raises(PublishError, match=r"Not enough space .* 1 MB are free"):
        publish(source, public)
    assert [path.name for path in public.iterdir()] == [".publish.lock"]


@pytest.mark.parametrize("content", [None, b"", b"not a database at all, only some words" * 100])
def test_a_source_that_is_no_crawl_database_is_refused_and_nothing_left(tmp_path, public, content):
    source = tmp_path / "galen.db"
    if content is not None:
        source.write_bytes(content)
    with pytest.raises(PublishError, match=r"galen crawl|could not be published"):
        publish(source, public)
    assert list(tmp_path.glob("public/*galen*")) == []


def test_a_contradiction_in_the_crawl_database_is_not_published(source, public):
    with closing(sqlite3.connect(source)) as conn, conn:
        conn.execute("INSERT INTO runs(site_id, started, pid, version) VALUES (99, 'x', 1, '1')")
    with pytest.raises(PublishError, match="of runs names a row of sites"):
        publish(source, public)


def test_a_lost_or_cut_snapshot_is_published_anew(source, public):
    publish(source, public).path.unlink()
    with pytest.raises(NothingPublishedError, match="gone or incomplete"):
        current(public)
    assert publish(source, public).path.name == "galen-1.db"


def test_a_pointer_cannot_lead_out_of_its_folder(source, public):
    shutil.copy(publish(source, public).path, public.parent / "other.db")
    pointer = public / "current.json"
    pointer.write_text(json.dumps(json.loads(pointer.read_text()) | {"file": "../other.db"}))
    with pytest.raises(NothingPublishedError):
        current(public)


KILLED = """
import os, signal, sys
from pathlib import Path
from db.publish import publish

left = int(sys.argv[3])

def kill_at_line(frame, event, argument):
    global left
    if "publish" not in frame.f_code.co_filename:
        return None
    if event == "line":
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
    return kill_at_line

sys.settrace(kill_at_line)
publish(Path(sys.argv[1]), Path(sys.argv[2]))
sys.settrace(None)
print(left)
"""


def run_killed(source: Path, public: Path, line: int) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", KILLED, str(source), str(public), str(line)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2])


def test_a_publish_killed_at_any_line_leaves_a_whole_snapshot_in_force(source, public):
    publish(source, public)
    add(source, article("Third", "Something new."))
    endless = 10**6
    whole = run_killed(source, shutil.copytree(public, public.with_name("other")), endless)
    lines = endless - int(whole.stdout)
    # Sparsely while the file is made, closely while it is swapped in.
    swapping = 24
    for line in (*range(1, lines - swapping, max(1, lines // 8)), *range(lines - swapping, lines + 1, 2)):
        folder = shutil.copytree(public, public.with_name(f"killed-{line}"))
        assert run_killed(source, folder, line).returncode == -signal.SIGKILL
        snapshot, path = current(folder)
        assert rows(path, "PRAGMA integrity_check") == [("ok",)]
        assert rows(path, "SELECT count(*) FROM articles") == [(snapshot.rows,)]
        after = publish(source, folder)
        assert after.snapshot.rows == 3
        assert list(folder.glob(".*tmp*")) == []


def test_an_article_whose_time_is_over_is_not_published(tmp_path, public):
    source = make_database(
        tmp_path / "galen.db",
        article("Over", policy=("noai", "unavailable_after:2020-02-02")),
        article("Still there", LONG + " Else.", policy=("unavailable_after:2999-01-01",)),
    )
    assert rows(publish(source, public).path, "SELECT title FROM articles") == [("Still there",)]


def test_a_day_that_comes_takes_an_article_back_although_nothing_was_written(tmp_path, public, monkeypatch):
    source = make_database(
        tmp_path / "galen.db",
        article("Over soon", policy=("unavailable_after:2026-03-05",)),
        article("Still there", LONG + " Else."),
    )
    monkeypatch.setattr("db.publish.snapshot.utc_now", lambda: "2026-03-04T23:59:00Z")
    assert publish(source, public).snapshot.rows == 2
    monkeypatch.setattr("db.publish.snapshot.utc_now", lambda: "2026-03-05T00:01:00Z")
    second = publish(source, public)
    assert (second.new, second.snapshot.rows) == (True, 1)
    monkeypatch.setattr("db.publish.snapshot.utc_now", lambda: "2026-03-06T00:01:00Z")
    assert not publish(source, public).new
