"""The demo's rows compared with what a reader would write down (`crawler.demo.truth`)."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.demo.expected import Expected
from crawler.demo.truth import truth, whole_body
from tests.website import galen, json_output, rows

ARTICLES = [page for page in truth() if page.verdict == "article" and page.same_page_as is None]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("demo")
    process = galen(folder, "demo", "--data", "data")
    assert process.returncode == 0, process.stderr
    return folder / "data", process


@pytest.fixture(scope="module")
def database(demo: tuple[Path, Any]) -> Path:
    return demo[0] / "galen.db"


@pytest.fixture(scope="module")
def stored(database: Path) -> dict[tuple[str, str], dict[str, Any]]:
    """(spider, path) -> article row with its doctors."""
    found = {}
    for row in rows(
        database,
        """
        SELECT articles.*, sites.spider, sites.name AS site, sources.name AS source
        FROM articles JOIN sites ON sites.id = site_id LEFT JOIN sources ON sources.id = source_id
        """,
    ):
        row["doctors"] = rows(
            database,
            """
            SELECT name, role, clinical_title, credentials, department, hospital
            FROM article_doctors JOIN doctors ON doctors.id = doctor_id WHERE article_id = ? ORDER BY position
            """,
            row["id"],
        )
        found[row["spider"], "/" + row["url"].split("/", 3)[3]] = row
    return found


def test_every_article_is_there_once_and_nothing_else(stored: dict[tuple[str, str], Any]) -> None:
    assert set(stored) == {page.key for page in ARTICLES}


@pytest.mark.parametrize("page", ARTICLES, ids=lambda page: f"{page.spider}{page.path}")
def test_an_article_is_stored_as_a_reader_would_write_it_down(
    page: Expected, stored: dict[tuple[str, str], dict[str, Any]]
) -> None:
    row = stored[page.key]

    assert row["title"] == page.title
    assert row["source"] == (page.source or row["site"])
    assert {doctor["name"]: doctor["role"] for doctor in row["doctors"]} == {d.name: d.role for d in page.doctors}
    assert tuple(row["authors"].split("; ") if row["authors"] else ()) == page.authors
    dates = ("published", "modified", "reviewed", "next_review")
    assert {name: row[name] for name in dates} == {name: getattr(page, name) for name in dates}
    assert row["language"] == page.language
    assert row["summary"] == page.summary
    assert row["body"].splitlines() == list(whole_body(page))
    fragments = {fragment["text"] for fragment in json.loads(row["fragments"] or "[]")}
    assert fragments == set(page.fragments)


def test_a_doctors_title_degrees_department_and_hospital_are_told_apart(
    stored: dict[tuple[str, str], dict[str, Any]], database: Path
) -> None:
    """A doctor's row holds what all pages say, so it is compared with every page that names the doctor."""
    wrong = []
    for page in ARTICLES:
        for expected in page.doctors:
            (found,) = (doctor for doctor in stored[page.key]["doctors"] if doctor["name"] == expected.name)
            for field in ("clinical_title", "credentials", "department", "hospital"):
                value = getattr(expected, field)
                if value is not None and found[field] != value:
                    wrong.append((page.key, expected.name, field, value, found[field]))
    assert not wrong


def test_copies_share_a_cluster_and_the_template_family_stays_apart(
    stored: dict[tuple[str, str], dict[str, Any]],
) -> None:
    copies = [page for page in ARTICLES if page.copy_kind is not None]
    for page in copies:
        assert page.copy_of is not None
        assert stored[page.key]["cluster_id"] is not None, page.key
        assert stored[page.key]["cluster_id"] == stored[page.copy_of]["cluster_id"], page.key
    clustered = {key for key, row in stored.items() if row["cluster_id"] is not None}
    assert clustered == {page.key for page in copies} | {page.copy_of for page in copies}


def test_every_rejected_page_says_why(database: Path) -> None:
    found = rows(
        database, "SELECT spider, url, reason FROM pages JOIN sites ON sites.id = site_id WHERE state = 'rejected'"
    )
    reasons = {(row["spider"], "/" + row["url"].split("/", 3)[3]): row["reason"] for row in found}
    # The login page is where another page redirects to: it has no row of its own.
    asked = [page for page in truth() if page.verdict == "rejected" and not page.path.startswith("/login")]
    expected = {page.key: page.reason for page in asked}

    assert {key: reason.replace("robots.txt disallows it", "robots") for key, reason in reasons.items()} == expected


def test_no_page_is_left_over_and_none_failed(database: Path) -> None:
    states = rows(database, "SELECT state, count(*) AS n FROM pages WHERE state NOT IN ('done', 'rejected') GROUP BY 1")

    assert states == []


def test_the_csv_has_every_article_and_the_summary_says_so(demo: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    folder, process = demo
    with (folder / "articles.csv").open(newline="", encoding="utf-8") as file:
        exported = list(csv.DictReader(file))

    assert len(exported) == len(ARTICLES)
    assert f"Exported {len(ARTICLES)} rows" in process.stdout
    assert "serve --data" in process.stdout
    assert "Traceback" not in process.stderr


def test_reading_the_demos_pages_again_changes_nothing(
    demo: tuple[Path, subprocess.CompletedProcess[str]], database: Path
) -> None:
    def held() -> list[list[dict[str, Any]]]:
        tables = ("articles", "revisions", "article_doctors", "article_parts", "duplicate_edges", "evidence", "tags")
        return [rows(database, f"SELECT * FROM {table} ORDER BY 1, 2, 3") for table in tables]

    before = held()
    sites = json_output(galen(demo[0].parent, "reprocess", "--data", "data", "--json"))

    assert sum(site["pages"] for site in sites) >= len(ARTICLES)
    assert {(site["changed"], site["new"], site["failed"]) for site in sites} == {(0, 0, 0)}
    assert rows(database, "SELECT count(*) AS n FROM revisions") == [{"n": 0}]
    assert held() == before


def test_a_second_demo_replaces_the_first_and_a_folder_of_ones_own_is_left_alone(
    demo: tuple[Path, subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    process = galen(tmp_path, "demo", "--data", ".")

    assert process.returncode == 1
    assert "was not made by a demo" in process.stderr
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_demo_sites_are_hidden_from_scrapy_list(tmp_path: Path) -> None:
    from tests.website import galen_environment

    listed = subprocess.run(
        [sys.executable, "-m", "scrapy", "list"], cwd=tmp_path, capture_output=True, text=True, check=True,
        env=galen_environment(SCRAPY_SETTINGS_MODULE="crawler.settings"),
    )  # fmt: skip

    assert listed.stdout.split() == ["cnys_en", "site"]
