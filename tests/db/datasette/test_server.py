from __future__ import annotations

import csv
import io
import re
import sqlite3
import time
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.datasette.questions import load_questions
from db.datasette.snapshots import POINTER_SECONDS
from db.publish import publish
from db.store import Store
from tests.db.datasette.conftest import serving
from tests.db.factories import article, make_database, save


def rows(client: httpx.Client, path: str, **params: str) -> list[dict[str, Any]]:
    response = client.get(path, params={"_shape": "array", **params})
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()
    return found


def titles(client: httpx.Client, search: str) -> list[str]:
    return [row["title"] for row in rows(client, "/galen/articles.json", _search=search)]


@pytest.mark.parametrize(
    ("search", "found"),
    [
        ("sleeping", ["Sleep <b>well</b>", "Sleep well"]),
        ("作息", ["Night work"]),
        ("高血压", ["高血压饮食"]),
        ("血高", []),
        ("sleep -site:dune", ["Sleep <b>well</b>"]),
        ("doctor:oduya year:2023", ["Sleep well"]),
        ("lang:zh", ["高血压饮食"]),
        ("-sleep after:2023", ["高血压饮食"]),
        ('"need 作息"', ["Night work"]),
    ],
)
def test_the_search_box_reads_the_query_language(client: httpx.Client, search: str, found: list[str]) -> None:
    assert titles(client, search) == found


@pytest.mark.parametrize(
    "search", ["", '"""', "NEAR(", "a AND (", "\x00", "crohn's", "omega-3", "“quoted", "-", "* OR"]
)
def test_no_search_is_an_error(client: httpx.Client, search: str) -> None:
    assert client.get("/galen/articles", params={"_search": search}).status_code == 200


def test_what_a_search_ignores_is_said_on_the_page(client: httpx.Client) -> None:
    page = client.get("/galen/articles", params={"_search": "sleep year:soon"}).text
    assert "year: was ignored" in page


def test_facets_count_sources_by_name(client: httpx.Client) -> None:
    answer = client.get("/galen/articles.json", params={"_search": "sleep"}).json()
    facet = answer["facet_results"]["source_id"]["results"]
    assert [(value["label"], value["count"]) for value in facet] == [("Lake Press", 2)]
    assert set(answer["facet_results"]) == {"source_id", "site_id", "published_year", "language", "canonical"}


def test_a_table_comes_as_csv_with_names(client: httpx.Client) -> None:
    response = client.get("/galen/articles.csv", params={"_search": "作息", "_labels": "on"})
    found = list(csv.DictReader(io.StringIO(response.text)))
    assert [(row["title"], row["site_id_label"], row["body"]) for row in found] == [
        ("Night work", "Blue Hill", "Nurses need 作息 too.")
    ]


def test_the_list_of_articles_is_short_and_escapes_what_pages_wrote(client: httpx.Client) -> None:
    page = client.get("/galen/articles").text
    assert "Sleep &lt;b&gt;well&lt;/b&gt;</a>" in page
    assert '<th title="Full text' not in page
    assert _headings(page) == ["id", "title", "doctors", "source", "site", "published", "language", "words", "copies"]
    assert "Most adults need" not in page
    assert "body" in _headings(client.get("/galen/articles", params={"_col": "body"}).text)
    assert len(_headings(client.get("/galen/articles", params={"_nocol": "body"}).text)) > 30


def _headings(page: str) -> list[str]:
    head = page.split("<thead>")[1].split("</thead>")[0]
    return [re.sub(r"<[^>]*>|&nbsp;|[▼▲]", "", heading).strip() for heading in re.findall(r"(?s)<th.*?</th>", head)]


def test_an_article_shows_its_text_and_names_behind_numbers(client: httpx.Client) -> None:
    page = client.get("/galen/articles/1").text
    assert "<h1>Sleep &lt;b&gt;well&lt;/b&gt;</h1>" in page
    assert '<a href="/galen/sources/1">Lake Press</a>' in page
    assert '<p class="galen-summary">In short</p>' in page


def test_a_withheld_article_says_so_and_links_to_its_page(client: httpx.Client) -> None:
    (kept,) = rows(client, "/galen/articles.json", _search="kept")
    page = client.get(f"/galen/articles/{kept['id']}").text
    assert "asks not to keep its text (noarchive)" in page
    assert "Nobody may keep this" not in page


@pytest.mark.parametrize(("page", "sheet"), [("/", "desk.css"), ("/galen", "galen.css")])
def test_the_style_sheet_is_served(client: httpx.Client, page: str, sheet: str) -> None:
    path = next(part.split('"')[0] for part in client.get(page).text.split('href="') if sheet in part)
    assert client.get(path).status_code == 200


def test_the_file_cannot_be_downloaded_and_nothing_else_is_served(client: httpx.Client) -> None:
    assert client.get("/galen.db").status_code == 403
    assert [database["name"] for database in client.get("/-/databases.json").json()] == ["galen"]


def test_datasette_serves_every_saved_question(client: httpx.Client) -> None:
    queries = client.get("/galen.json").json()["queries"]
    assert [query["name"] for query in queries] == list(load_questions())
    for query in queries:
        params = {item.name: "" for item in load_questions()[query["name"]].inputs}
        answer = client.get(f"/galen/{query['name']}.json", params={"_shape": "array", **params})
        assert answer.status_code == 200, (query["name"], answer.text)


def test_every_column_of_the_snapshot_is_described(data: Path, client: httpx.Client) -> None:
    described = client.get("/-/metadata.json").json()["databases"]["galen"]["tables"]
    with closing(sqlite3.connect(data / "public" / "galen-1.db")) as conn:
        tables = conn.execute(
            "SELECT name FROM sqlite_master"
            " WHERE type = 'table' AND name NOT LIKE 'search%' AND name NOT LIKE 'sqlite%'"
        ).fetchall()
        for (table,) in tables:
            columns = [row[1] for row in conn.execute(f"PRAGMA table_info({table})")]
            assert list(described[table]["columns"]) == columns, table


def test_a_new_snapshot_is_served_without_a_restart(tmp_path: Path) -> None:
    make_database(tmp_path / "galen.db", article("First", "Some words."))
    publish(tmp_path / "galen.db", tmp_path / "public")
    with serving(tmp_path) as client:
        assert [row["title"] for row in rows(client, "/galen/articles.json")] == ["First"]
        store = Store.open(tmp_path / "galen.db")
        save(store, article("Second", "Other words.", published="2025"))
        store.close()
        publish(tmp_path / "galen.db", tmp_path / "public")
        time.sleep(POINTER_SECONDS)
        for _ in range(8):
            assert [row["title"] for row in rows(client, "/galen/articles.json")] == ["Second", "First"]


@pytest.mark.parametrize("path", ["/nothing", "/galen/nothing", "/elsewhere/table"])
def test_an_unknown_address_is_a_page_of_ours_that_says_so(client: httpx.Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 404
    assert "<h1>Not found</h1>" in response.text
    assert 'aria-label="Pages"' in response.text
    assert "Database not found" not in response.text


def test_sql_that_is_refused_is_shown_again_to_be_mended(client: httpx.Client) -> None:
    answer = client.get("/galen", params={"sql": "delete from <articles>"})
    assert answer.status_code == 400
    assert "Statement must be a SELECT" in answer.text
    assert re.search(r"<textarea[^>]*>delete from &lt;articles&gt;</textarea>", answer.text)


def test_refused_sql_is_an_error_in_json_for_programs(client: httpx.Client) -> None:
    answer = client.get("/galen.json", params={"sql": "delete from articles"})
    assert (answer.status_code, answer.json()["ok"]) == (400, False)


@pytest.mark.parametrize("path", ["/galen", "/galen/articles", "/galen?sql=select+1", "/galen/sites/1"])
def test_pages_of_datasette_have_the_same_way_around_as_ours(client: httpx.Client, path: str) -> None:
    ours = re.search(r'<nav aria-label="Pages">(.*?)</nav>', client.get("/search").text, re.DOTALL)
    theirs = re.search(r'<nav aria-label="Pages">(.*?)</nav>', client.get(path).text, re.DOTALL)
    assert ours is not None
    assert theirs is not None
    assert re.findall(r'href="(.*?)"', ours[1]) == re.findall(r'href="(.*?)"', theirs[1])
    assert re.findall(r'aria-current="page">(\w+)', theirs[1]) == ["Tables"]
