from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from http.client import HTTPConnection, IncompleteRead
from pathlib import Path

import httpx
import pytest

from db.redact import redact_url
from db.store import Store
from tests.db.datasette.conftest import serving
from tests.db.factories import article, doctor, publish_in, save


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a snapshot that lost a row after it was published: exports count three articles and read two."""
    folder = tmp_path_factory.mktemp("broken")
    store = Store.open(folder / "galen.db")
    save(store, *(article(f"Note {n}", f"Text number {n} of three.", published=f"202{n}") for n in range(2)))
    save(store, article("Lost", "Its site is gone.", published="2020", site="Red Dune"))
    publish_in(folder, store)
    snapshot = folder / "public" / "galen-1.db"
    snapshot.chmod(0o644)
    with closing(sqlite3.connect(snapshot)) as conn, conn:
        conn.execute("DELETE FROM sites WHERE name = 'Red Dune'")
    with serving(folder) as client:
        yield client


def test_a_download_is_all_rows_and_says_beforehand_how_many(client: httpx.Client) -> None:
    response = client.get("/search.csv", params={"copies": "1", "size": "1"})
    rows = list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"), newline="")))
    assert response.headers["x-galen-rows"] == "5"
    assert response.headers["content-disposition"].startswith('attachment; filename="galen-')
    assert len(rows) == 5
    assert rows[0]["title"] == "高血压饮食"


def test_csv_is_for_excel_unless_asked_otherwise(client: httpx.Client) -> None:
    assert client.get("/search.csv").content.startswith(b"\xef\xbb\xbfid,title,")
    assert client.get("/search.csv", params={"profile": "plain"}).content.startswith(b"id,title,")


def test_several_doctors_share_a_cell(client: httpx.Client) -> None:
    response = client.get("/search.csv", params={"columns": "id,doctors", "doctor": "Ivo Brandt", "copies": "1"})
    assert response.text == "\ufeffid,doctors\r\n1,Mira Oduya; Ivo Brandt\r\n"


def test_full_text_columns_and_changes_may_be_asked_for(client: httpx.Client) -> None:
    response = client.get("/search.jsonl", params={"q": "作息", "columns": "title", "body": "1"})
    assert response.json() == {"title": "Night work", "body": "Nurses need 作息 too."}
    told = client.get("/search.csv", params={"changed_since": "2026-01-01", "columns": "title", "profile": "plain"})
    assert told.text.splitlines()[1].startswith("new,")
    assert client.get("/search.csv", params={"changed_since": "2027-01-01"}).headers["x-galen-rows"] == "0"


def test_what_was_redacted_is_among_the_changes(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "galen.db")
    save(store, article("Sleep well", url="https://bluehill.example/a"), article("Night work"))
    redact_url(store, "https://bluehill.example/a", by="ana")
    publish_in(tmp_path, store)
    with serving(tmp_path) as client:
        told = client.get("/search.jsonl", params={"changed_since": "2026-03-02", "columns": "title", "q": "night"})
    assert told.headers["x-galen-rows"] == "1"
    assert told.headers["x-galen-next-since"].endswith("Z")
    assert told.json() == {"change": "redacted", "id": 1, "title": None}


def test_sqlite_comes_as_a_file(client: httpx.Client, tmp_path: Path) -> None:
    (tmp_path / "got.db").write_bytes(client.get("/search.db", params={"copies": "1"}).content)
    with closing(sqlite3.connect(tmp_path / "got.db")) as conn:
        assert conn.execute("SELECT count(*) FROM articles").fetchone() == (5,)
        assert conn.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.parametrize("params", [{"columns": "mood"}, {"changed_since": "soon"}])
def test_what_cannot_be_exported_is_one_line_before_the_first_byte(
    client: httpx.Client, params: dict[str, str]
) -> None:
    response = client.get("/search.csv", params=params)
    assert response.status_code == 400
    assert response.text.count("\n") == 1


def test_asking_for_the_headers_only_gives_them(client: httpx.Client) -> None:
    response = client.head("/search.csv", params={"copies": "1"})
    assert (response.headers["x-galen-rows"], response.content) == ("5", b"")


@pytest.mark.parametrize("path", ["/search.csv", "/search.jsonl"])
def test_an_error_after_the_first_byte_breaks_the_connection(broken: httpx.Client, path: str) -> None:
    # By a client that knows nothing of ours: a download tool has only the broken chunks to go by.
    with closing(HTTPConnection(broken.base_url.host, broken.base_url.port, timeout=30)) as connection:
        connection.request("GET", path)
        response = connection.getresponse()
        assert response.status == 200
        with pytest.raises(IncompleteRead) as cut:
            response.read()
    assert b"Note" in cut.value.partial


def test_the_server_goes_on_after_a_broken_download(broken: httpx.Client) -> None:
    for _ in range(8):
        with pytest.raises(Exception, match="peer closed connection"):
            broken.get("/search.csv")
    assert broken.get("/search.json?q=text").json()["total"] == 2


def test_a_file_that_cannot_be_made_is_an_error_before_the_first_byte(broken: httpx.Client) -> None:
    assert broken.get("/search.db").status_code == 400


def test_who_hangs_up_leaves_nothing_running(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "galen.db")
    save(store, *(article(f"Note {n}", f"{n} " * 4_000, people=(doctor("Mira Oduya"),)) for n in range(300)))
    publish_in(tmp_path, store)
    with serving(tmp_path) as client:
        for _ in range(6):
            with client.stream("GET", "/search.jsonl", params={"body": "1", "copies": "1"}) as response:
                next(response.iter_bytes())
        # Four exports may run at once: a seventh one comes through only if the others were given up.
        assert len(client.get("/search.jsonl", params={"copies": "1"}).text.splitlines()) == 300
