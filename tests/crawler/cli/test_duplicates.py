from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from tests.db.duplicates.texts import edited, organ_en
from tests.db.factories import LONG, article, doctor, make_database
from tests.website import invoke

LIVER = article(*organ_en("liver", "hepatic"), published="2026-01-01", people=(doctor("Ivo Kern"),))
KIDNEY = article(*organ_en("kidney", "renal"), published="2026-01-02")
COPY = article(LIVER.title, edited(LIVER.body, 0.04, 1), published="2026-02-01", site="Far Shore", source="Lake Press")
SLEEP = article("Sleep")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_database(tmp_path / "galen.db", LIVER, KIDNEY, COPY, SLEEP, replace(SLEEP, body=f"{LONG} Yes."))
    return tmp_path


def run(data: Path, *arguments: str) -> Result:
    return invoke(*arguments, "--data", str(data))


def test_list_shows_clusters_and_whether_copies_differ(data: Path) -> None:
    assert run(data, "duplicates", "list").stdout.splitlines() == [
        f"1\t2 copies\t2 sites\t{LIVER.title}\tdates and doctors differ"
    ]
    assert json.loads(run(data, "duplicates", "list", "--differing", "--json").stdout)[0]["size"] == 2


def test_show_lists_copies_with_reasons_and_what_is_no_copy(data: Path) -> None:
    lines = run(data, "duplicates", "show", LIVER.url).stdout.splitlines()

    assert lines[0].startswith("1 original\t2026-01-01\tBlue Hill\t-\tIvo Kern\t")
    assert lines[3].startswith("3\t2026-02-01\tFar Shore\tLake Press\t-\t")
    assert lines[4].endswith("other date; other doctor")
    assert lines[6].startswith("2\tnot same\tliver -> kidney, 2 times\t")
    shown = json.loads(run(data, "duplicates", "show", "1", "--json").stdout)
    assert [row["article_id"] for row in shown["copies"]] == [1, 3]
    assert run(data, "duplicates", "show", "4").stdout.startswith("article 4 has no copies")


def test_merge_and_split_are_kept(data: Path) -> None:
    assert run(data, "duplicates", "merge", "2", "4", "--note", "one leaflet").exit_code == 0
    assert "joined by hand: one leaflet" in run(data, "duplicates", "show", "4").stdout
    assert run(data, "duplicates", "split", COPY.url, "--from", "1").stdout == "article 3 is kept apart from 1\n"
    assert "1\tnot same\ttaken apart by hand" in run(data, "duplicates", "show", "3").stdout


def test_capped_says_that_nothing_was_left_out(data: Path) -> None:
    assert run(data, "duplicates", "capped").stdout == "0 full buckets, 0 entries left out\n"


def test_diff_prints_words_that_went_and_came(data: Path) -> None:
    result = run(data, "diff", SLEEP.url)

    assert result.stdout.splitlines()[0].startswith("article 4, version 1 (until ")
    assert "pharmacy{+. Yes+}." in result.stdout
    assert json.loads(run(data, "diff", "4", "--json").stdout)["fields"][0]["field"] == "body"
    assert (
        run(data, "diff", "1").stdout == "article 1 has one version: its text has not changed since it was first seen\n"
    )


def test_reindex_has_nothing_to_do_in_a_new_database(data: Path) -> None:
    assert run(data, "reindex").stdout == "0 articles signed again, 0 pairs compared again, 4 articles in the index\n"
    assert run(data, "reindex", "--all").stdout.startswith("4 articles signed again, ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("duplicates", "show", "99"), "there is no article '99'"),
        (("duplicates", "merge", "1", "1"), "two different articles"),
        (("duplicates", "split", "4"), "no copies to be taken apart from"),
        (("diff", "https://nowhere.example/x"), "there is no article"),
        (("diff", "4", "--to", "9"), "there is no version 9; there are: 1, 2"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(data: Path, arguments: tuple[str, ...], message: str) -> None:
    result = run(data, *arguments)

    assert result.exit_code == 1
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("arguments", [("duplicates", "list"), ("diff", "1"), ("reindex",)])
def test_without_a_database_the_way_in_is_named(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    result = run(tmp_path, *arguments)

    assert (result.exit_code, "galen crawl" in result.stderr) == (1, True)
