import csv
import gzip
import hashlib
import io
import json

import pytest

from db.export import DEFAULT_COLUMNS
from tests.db.factories import article, doctor, published_folder
from tests.website import invoke


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return published_folder(
        tmp_path_factory.mktemp("data"),
        article("=Sleep well", published="2024-05-03", source="Lake Press", people=(doctor("Mira Oduya"),)),
        article("Night work", "Nurses need 作息 too.", published="2022"),
    )


def run(data, *arguments):
    return invoke("export", *arguments, "--data", str(data))


def test_standard_output_gets_plain_csv_of_the_published_articles(data):
    rows = list(csv.DictReader(io.StringIO(run(data).stdout_bytes.decode(), newline="")))
    assert [row["title"] for row in rows] == ["=Sleep well", "Night work"]
    assert tuple(rows[0]) == DEFAULT_COLUMNS


def test_a_file_is_made_for_excel_and_described(data, tmp_path):
    target = tmp_path / "articles.csv"
    result = run(data, "--output", str(target), "--json")
    assert json.loads(result.stdout)["rows"] == 2
    content = target.read_text(encoding="utf-8")
    assert content.startswith("\ufeffid,title,")
    assert "'=Sleep well" in content
    assert json.loads((tmp_path / "articles.csv.meta.json").read_text())["snapshot"] == "galen-1.db"


def test_options_choose_rows_columns_and_format(data):
    lines = run(
        data, "--format", "jsonl", "--columns", "title, doctors", "--with-body", "-q", "作息"
    ).stdout.splitlines()
    assert [json.loads(line) for line in lines] == [
        {"title": "Night work", "doctors": None, "body": "Nurses need 作息 too."}
    ]
    assert run(data, "--source", "lake press", "--columns", "title").stdout == "title\n=Sleep well\n"
    assert run(data, "--until", "2022", "--no-copies", "--columns", "title").stdout == "title\nNight work\n"


@pytest.mark.parametrize(
    "arguments", [("--columns", "title,mood"), ("--columns", ","), ("--format", "xls"), ("--since", "x"), ("--json",)]
)
def test_what_the_command_does_not_know_is_a_usage_error(data, arguments):
    result = run(data, *arguments)
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("arguments", [("--doctor", "Mira Odya"), ("-q", "year:soon"), ("--output", "/dev/null")])
def test_a_failure_is_one_line_and_leaves_no_file(data, tmp_path, arguments):
    target = ("--output", str(tmp_path / "out.csv")) if "--output" not in arguments else ()
    result = run(data, *target, *arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert result.stderr.startswith("galen: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["out.csv.gz", "out.jsonl.gz", "out.db", "out.jsonl"])
def test_the_ending_of_the_file_chooses_format_and_compression(data, tmp_path, name):
    target = tmp_path / name
    assert run(data, "--output", str(target), "--columns", "id,title").exit_code == 0
    described = json.loads((tmp_path / f"{name}.meta.json").read_text())
    assert described["sha256"] == hashlib.sha256(target.read_bytes()).hexdigest()
    content = gzip.decompress(target.read_bytes()) if name.endswith(".gz") else target.read_bytes()
    start = {"out.csv.gz": b"\xef\xbb\xbfid,title", "out.db": b"SQLite format 3"}.get(name, b'{"id": 1')
    assert content.startswith(start)


def test_the_same_rows_give_the_same_compressed_bytes(data, tmp_path):
    for name in ("a.csv.gz", "b.csv.gz"):
        assert run(data, "--output", str(tmp_path / name)).exit_code == 0
    assert (tmp_path / "a.csv.gz").read_bytes() == (tmp_path / "b.csv.gz").read_bytes()


def test_changes_since_a_time_are_told_apart(data):
    lines = run(data, "--changed-since", "2026-01-01", "--columns", "title").stdout.splitlines()
    assert lines == ["change,id,title", "new,1,=Sleep well", "new,2,Night work"]
    assert run(data, "--changed-since", "2026-03-01T08:00:01Z", "--columns", "title").stdout == "change,id,title\n"
    assert run(data, "--changed-since", "yesterday").exit_code == 2


def test_what_was_redacted_is_among_the_changes(tmp_path):
    url = "https://bluehill.example/a"
    published_folder(tmp_path, article("Sleep well", url=url), article("Night work"))
    assert invoke("redact", "--url", url, "--yes", "--data", str(tmp_path)).exit_code == 0
    assert invoke("publish", "--data", str(tmp_path)).exit_code == 0
    told = run(tmp_path, "--changed-since", "2026-03-02", "--columns", "id,title").stdout
    assert told == "change,id,title\nredacted,1,\n"


def test_what_a_search_loosens_an_export_loosens_too_and_says_so(data):
    result = run(data, "-q", "nurses sleep", "--columns", "title")
    assert len(result.stdout.splitlines()) == 3
    assert "No articles have all of the words; 2 with some of them follow." in result.stderr
    assert run(data, "-q", "nurses sleep", "--columns", "title", "--all-words").stdout == "title\n"


@pytest.mark.parametrize("arguments", [("--format", "sqlite"), ("--format", "parquet"), ("--output", "x.db.gz")])
def test_a_file_that_cannot_be_streamed_needs_a_plain_name(data, tmp_path, arguments):
    given = [str(tmp_path / part) if part.endswith(".gz") else part for part in arguments]
    result = run(data, *given)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert list(tmp_path.iterdir()) == []


def test_parquet_keeps_numbers_and_nulls(data, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    assert run(data, "--output", str(tmp_path / "out.parquet"), "--columns", "id,title,doctors").exit_code == 0
    assert parquet.read_table(tmp_path / "out.parquet").to_pylist() == [
        {"id": 1, "title": "=Sleep well", "doctors": "Mira Oduya"},
        {"id": 2, "title": "Night work", "doctors": None},
    ]
