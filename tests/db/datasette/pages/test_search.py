from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import httpx
import pytest

from db.search.query import MAX_CHARACTERS
from tests.db.datasette.conftest import ROOT

ATOM = "{http://www.w3.org/2005/Atom}"


def found(client: httpx.Client, **params: object) -> dict[str, Any]:
    response = client.get("/search.json", params=params)
    assert response.status_code == 200, response.text
    answer: dict[str, Any] = response.json()
    return answer


def titles(client: httpx.Client, **params: object) -> list[str]:
    return [hit["title"] for hit in found(client, **params)["hits"]]


def test_a_page_of_hits_marks_the_match_and_escapes_what_websites_wrote(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "作息"}).text
    assert "Nurses need <mark>作息</mark> too." in page
    assert "Sleep &lt;b&gt;well&lt;/b&gt;" in client.get("/search", params={"q": "sleep", "copies": "1"}).text


def test_each_text_is_shown_once_unless_copies_are_asked_for(client: httpx.Client) -> None:
    assert found(client, q="title:sleep")["total"] == 1
    assert found(client, q="title:sleep", copies="1")["total"] == 2
    assert "2 copies" in client.get("/search", params={"q": "title:sleep"}).text


def test_filters_narrow_and_are_counted(client: httpx.Client) -> None:
    assert titles(client, doctor="Ivo Brandt", copies="1") == ["Sleep <b>well</b>"]
    assert titles(client, lang="zh") == ["高血压饮食"]
    assert titles(client, year="2022") == ["Night work"]
    assert titles(client, since="2025-01", until="2025") == ["高血压饮食"]
    counts = found(client, copies="1")["counts"]
    assert {"value": "Lake Press", "articles": 2} in counts["source"]
    assert {"value": "Mira Oduya", "articles": 2} in counts["doctor"]
    assert {"value": "2024", "articles": 1} in counts["year"]
    assert {"value": "zh", "articles": 1} in counts["language"]


def test_what_cannot_be_obeyed_is_said_and_left_out(client: httpx.Client) -> None:
    answer = found(client, q="sleep", since="soon", source="Lake Pres")
    assert any("since was left out" in note for note in answer["notes"])
    assert any("did you mean 'Lake Press'?" in note for note in answer["notes"])


def test_the_same_query_gives_the_same_articles_in_the_same_order_everywhere(client: httpx.Client, data: Path) -> None:
    for params in (
        {"q": "sleep nurses"},
        {"q": "sleep nurses", "sort": "date"},
        {"q": "sleep -work"},
        {"q": ""},
        {"lang": "en"},
        {"q": "sleep", "copies": "1"},
    ):
        ids = [hit["id"] for hit in found(client, **params)["hits"]]
        rows = csv.DictReader(io.StringIO(client.get("/search.csv", params=params).text.lstrip("\ufeff"), newline=""))
        assert [int(row["id"]) for row in rows] == ids
        lines = client.get("/search.jsonl", params=params).text.splitlines()
        assert [json.loads(line)["id"] for line in lines] == ids
        feed = ET.fromstring(client.get("/search.atom", params=params).text)
        assert {int(e.findtext(f"{ATOM}id").rpartition("/")[2]) for e in feed.iter(f"{ATOM}entry")} == set(ids)
        words = [params["q"]] if params.get("q") else []
        options = ["--copies"] if params.get("copies") else []
        options += ["--language", params["lang"]] if params.get("lang") else []
        options += ["--sort", params["sort"]] if params.get("sort") else []
        program = "from crawler.cli import main; main()"
        command = [sys.executable, "-c", program, "search", "--json", "--data", str(data), *options, "--", *words]
        printed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
        assert [hit["id"] for hit in json.loads(printed.stdout)["hits"]] == ids


BAD = [
    "",
    '"',
    '"""',
    "\x00",
    "NEAR(",
    "a AND (",
    "((((",
    "word " * 1_000,
    "😴 sleep",
    "ｓｌｅｅｐ",
    "“sleep well”",
    "-",
    "* OR *",
    "'; DROP TABLE articles; --",
    "\u202e",
    "title:",
    "year:99999",
    "{" * 50,
    "%",
    "高" * 3_000,
]


@pytest.mark.parametrize("text", BAD)
@pytest.mark.parametrize("path", ["/search", "/search.json", "/search.atom", "/search.csv"])
def test_no_input_is_an_error(client: httpx.Client, path: str, text: str) -> None:
    assert client.get(path, params={"q": text}).status_code == 200


def test_full_width_letters_and_curly_quotes_are_read(client: httpx.Client) -> None:
    assert titles(client, q="ｓｌｅｅｐ") == titles(client, q="sleep")
    assert titles(client, q="“need 作息”") == ["Night work"]


def test_an_address_of_32_kilobytes_is_answered_with_an_explanation(client: httpx.Client) -> None:
    response = client.get("/search?q=" + "sleep+" * 5_400)
    assert len(response.url.raw_path) > 32_000
    assert response.status_code == 200
    assert f"Only the first {MAX_CHARACTERS:,} characters were read." in response.text
    assert "Only the first 32 words were searched for." in response.text


def test_longer_queries_go_by_post(client: httpx.Client) -> None:
    response = client.post("/search", data={"q": "作息 " * 100_000})
    assert response.status_code == 200
    assert "Night work" in response.text
    assert client.post("/search.json", data={"q": "作息"}).json()["total"] == 1


@pytest.mark.parametrize(
    "params",
    [
        {"page": "0"},
        {"page": "-1"},
        {"page": "9" * 40},
        {"size": "x"},
        {"year": "soon"},
        {"source": ["a"] * 400},
        {"q": ["a", "b"]},
        {"since": "2024-13"},
    ],
)
def test_no_parameter_is_an_error(client: httpx.Client, params: dict[str, str]) -> None:
    assert client.get("/search", params=params).status_code == 200


def test_paging_reaches_every_article_once(client: httpx.Client) -> None:
    first = found(client, size="2")
    assert (first["pages"], first["total"]) == (2, 4)
    second = client.get(first["next"]).json()
    assert second["next"] is None
    assert len({hit["id"] for hit in first["hits"] + second["hits"]}) == 4


def test_a_search_may_be_broadened_and_says_by_what(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "sleep", "broaden": "1"}).text
    assert "roaden" in page


def test_the_page_links_its_exports_feed_table_and_sql(client: httpx.Client) -> None:
    page = client.get("/search", params={"q": "sleep", "lang": "en"}).text
    for path in (
        "/search.csv?",
        "/search.jsonl?",
        "/search.atom?",
        "/search.json?",
        "/galen/articles?",
        "/galen/best_matches?",
    ):
        assert path in page
    assert 'type="application/atom+xml"' in page


def test_the_feed_is_whole_atom(client: httpx.Client) -> None:
    response = client.get("/search.atom", params={"q": "sleep"})
    assert response.headers["content-type"].startswith("application/atom+xml")
    feed = ET.fromstring(response.text)
    assert feed.findtext(f"{ATOM}updated").endswith("Z")
    for entry in feed.iter(f"{ATOM}entry"):
        for name in ("id", "title", "updated", "author", "summary"):
            assert entry.find(f"{ATOM}{name}") is not None
