import json

import pytest

from tests.db.factories import article, doctor, published_folder
from tests.website import invoke


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return published_folder(
        tmp_path_factory.mktemp("data"),
        article("Sleep well", published="2024-05-03", source="Lake Press", people=(doctor("Mira Oduya"),)),
        article("Night\twork [bold]", "Nurses need 作息 too.", published="2022"),
    )


def run(data, *arguments):
    return invoke("search", *arguments, "--data", str(data))


def test_articles_come_one_a_line_with_tabs_between_fields(data):
    result = run(data, "作息")
    assert result.exit_code == 0
    fields = result.stdout.rstrip("\n").split("\t")
    assert fields[:4] == ["2022", "Night work [bold]", "Blue Hill", ""]
    assert fields[4].startswith("https://bluehill.example/")


def test_json_says_how_many_and_marks_matches(data):
    found = json.loads(run(data, "nurses", "sleep", "--json").stdout)
    assert (found["query"], found["total"], found["exact"]) == ("nurses sleep", 2, 0)
    assert found["hits"][0]["exact"] is False
    assert "\x02" in found["hits"][0]["snippet"]


def test_what_was_loosened_is_said_on_stderr(data):
    assert run(data, "nurses", "sleep").stderr == "No articles have all of the words; 2 with some of them follow.\n"


def test_options_narrow_and_page(data):
    assert "Sleep well" in run(data, "--doctor", "mira oduya").stdout
    assert run(data, "--until", "2022").stdout.startswith("2022\t")
    assert run(data, "--limit", "1", "--offset", "1", "--sort", "date").stdout.startswith("2022\t")


def test_a_query_may_start_with_a_minus_after_two_dashes(data):
    result = invoke("search", "--data", str(data), "--", "-nurses")
    assert [line.split("\t")[1] for line in result.stdout.splitlines()] == ["Sleep well"]


def test_a_word_with_a_minus_excludes_as_in_the_search_box(data):
    for words in (["-nurses"], ["-nurses", "--sort", "date"], ["--limit", "5", "-nurses", '-"no such"']):
        assert [line.split("\t")[1] for line in run(data, *words).stdout.splitlines()] == ["Sleep well"]


def test_a_misspelt_option_is_still_one(data):
    assert run(data, "--langauge", "en").exit_code == 2


def test_a_misspelt_name_fails_with_the_nearest_one(data):
    result = run(data, "--source", "Lake Pres")
    assert result.exit_code == 1
    assert result.stderr == "galen: No source is called 'Lake Pres'; did you mean 'Lake Press'?\n"


def test_a_date_that_is_none_is_a_usage_error(data):
    assert run(data, "--since", "soon").exit_code == 2


def test_nothing_published_is_one_line_that_says_what_to_type(tmp_path):
    result = run(tmp_path, "sleep")
    assert result.exit_code == 1
    assert result.stderr == f"galen: Nothing is published in {tmp_path / 'public'} yet. Run: galen publish\n"


def test_another_database_may_be_searched(data):
    assert "Sleep well" in run(data, "sleep", "--database", str(data / "galen.db")).stdout


def test_a_file_that_is_no_database_is_one_line(data, tmp_path):
    for content in (b"", b"words " * 999):
        (tmp_path / "other.db").write_bytes(content)
        result = run(data, "sleep", "--database", str(tmp_path / "other.db"))
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
        assert result.stderr.startswith("galen: ")
