import csv
import hashlib
import io
import json
import os
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from db.export import DEFAULT_COLUMNS, EXCEL_CELL, ExportError, Request, export_file, export_stream
from db.records import Role
from db.search.builder import Filters
from tests.db.factories import LONG, article, doctor, make_database

AWKWARD = 'She said "rest",\nthen; 休息\r\nagain 😴 \u2028 end.'


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    return make_database(
        tmp_path_factory.mktemp("export") / "galen.db",
        article(
            "Sleep well", published="2024-05-03", source="Lake Press",
            people=(doctor("Mira Oduya"), doctor("Ivo Brandt", Role.REVIEWER)),
        ),
        article("Sleep well", published="2023-01", site="Red Dune", source="Lake Press"),
        article('=HYPERLINK("https://bad.example")', AWKWARD, published="2022", summary="-1 is a number"),
        article("Undated", "高血压患者应少吃盐。", language="zh"),
    )  # fmt: skip


def exported(database: Path, **options) -> bytes:
    stream = io.BytesIO()
    export_stream(database, stream, Request(**options))
    return stream.getvalue()


def read_csv(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode(), newline="")))


def titles(database: Path, **options) -> list[str]:
    return [row["title"] for row in read_csv(exported(database, **options))]


def test_rows_come_newest_first_and_undated_last(database):
    assert [row["published"] for row in read_csv(exported(database))] == ["2024-05-03", "2023-01", "2022", ""]


def test_a_doctor_of_two_roles_stands_once_in_a_cell(tmp_path):
    people = (doctor("Eve Moor"), doctor("Bo Dahl", Role.REVIEWER), doctor("Eve Moor", Role.REVIEWER))
    (row,) = read_csv(exported(make_database(tmp_path / "galen.db", article("Rest", people=people))))
    assert (row["doctors"], row["author_doctors"]) == ("Eve Moor; Bo Dahl", "Eve Moor")
    assert row["reviewer_doctors"] == "Bo Dahl; Eve Moor"


def test_the_default_columns_come_in_order_and_doctors_share_a_cell(database):
    rows = read_csv(exported(database))
    assert tuple(rows[0]) == DEFAULT_COLUMNS
    assert (rows[0]["doctors"], rows[0]["author_doctors"], rows[0]["reviewer_doctors"]) == (
        "Mira Oduya; Ivo Brandt",
        "Mira Oduya",
        "Ivo Brandt",
    )


def test_the_plain_profile_is_lossless(database):
    rows = read_csv(exported(database, columns=("title", "body", "summary")))
    assert rows[2] == {"title": '=HYPERLINK("https://bad.example")', "body": AWKWARD, "summary": "-1 is a number"}


def test_json_lines_are_lossless_and_keep_nulls_and_numbers(database):
    lines = exported(database, columns=("id", "title", "body", "source"), format="jsonl").decode().split("\n")
    assert lines.pop() == ""
    assert json.loads(lines[2])["body"] == AWKWARD
    assert json.loads(lines[3]) == {"id": 4, "title": "Undated", "body": "高血压患者应少吃盐。", "source": None}


def test_the_excel_profile_starts_with_a_byte_order_mark_and_guards_formulas(database):
    content = exported(database, columns=("title", "summary", "words"), profile="excel")
    assert content.startswith(b"\xef\xbb\xbftitle,summary,words\r\n")
    formula = read_csv(content[3:])[2]
    assert formula["title"] == '\'=HYPERLINK("https://bad.example")'
    assert formula["summary"] == "'-1 is a number"
    assert formula["words"].isdigit()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
@example("＝1+1")
@example("\r\n=1+1")
def test_any_text_survives_a_round_trip_and_no_excel_cell_starts_a_formula(database, text):
    with closing(sqlite3.connect(database)) as conn, conn:
        conn.execute("UPDATE articles SET body = ? WHERE id = 4", (text,))
    assert read_csv(exported(database, columns=("id", "body")))[3]["body"] == text
    cell = read_csv(exported(database, columns=("id", "body"), profile="excel")[3:])[3]["body"]
    assert cell in (text, f"'{text}")
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＠"))


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"query": "sleep"}, ["Sleep well", "Sleep well"]),
        ({"query": "sleep pressure", "all_words": True}, []),
        ({"query": "hyperlink pressure"}, ['=HYPERLINK("https://bad.example")']),
        ({"filters": Filters(copies=False), "query": "sleep"}, ["Sleep well"]),
        ({"filters": Filters(sites=("Red Dune",))}, ["Sleep well"]),
        ({"filters": Filters(doctors=("Ivo Brandt",))}, ["Sleep well"]),
        ({"filters": Filters(languages=("zh",))}, ["Undated"]),
        ({"filters": Filters(since="2022", until="2022")}, ['=HYPERLINK("https://bad.example")']),
    ],
)
def test_query_and_filters_narrow_an_export(database, options, found):
    assert titles(database, **options) == found


def test_a_misspelt_name_is_an_error_that_names_the_nearest_and_no_empty_file(database, tmp_path):
    with pytest.raises(ExportError, match="No source is called 'Lake Pres'; did you mean 'Lake Press'"):
        export_file(database, tmp_path / "out.csv", Request(filters=Filters(sources=("Lake Pres",))))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        (Request(columns=("title", "diagnosis")), "There is no column 'diagnosis'. Columns are: id, title"),
        (Request(columns=()), "Columns are"),
        (Request(query="after:soon"), "after: was ignored"),
        (Request(filters=Filters(since="soon")), "'soon' is no date"),
    ],
)
def test_what_cannot_be_obeyed_is_refused(database, tmp_path, request_, message):
    with pytest.raises(ExportError) as caught:
        export_file(database, tmp_path / "out.csv", request_)
    assert message in str(caught.value)


def test_a_file_comes_with_a_description_of_what_it_holds(database, tmp_path):
    target = tmp_path / "out.csv"
    request = Request(query="sleep", filters=Filters(sites=("Red Dune",)), columns=("id", "title"))
    done = export_file(database, target, request)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "out.csv.meta.json"]
    described = json.loads((tmp_path / "out.csv.meta.json").read_text())
    assert described.pop("made_at").endswith("Z")
    assert described == {
        "snapshot": "galen.db",
        "query": "sleep",
        "filters": {"sites": ["Red Dune"], "copies": True},
        "all_words": False,
        "broaden": False,
        "changed_since": None,
        "next_changed_since": "2026-03-01T07:45:00Z",
        "notes": [],
        "columns": ["id", "title"],
        "format": "csv",
        "profile": "plain",
        "rows": 1,
        "bytes": target.stat().st_size,
        "sha256": hashlib.sha256(target.read_bytes()).hexdigest(),
    }
    assert done.rows == 1
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


@pytest.mark.parametrize("damage", ["not a database", "empty", "missing"])
def test_an_error_leaves_nothing_behind_and_the_former_file_in_place(tmp_path, damage):
    source = tmp_path / "galen.db"
    if damage != "missing":
        source.write_text("some words " * 1000 if damage == "not a database" else "")
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "out.csv").write_text("former")
    with pytest.raises(ExportError):
        export_file(source, folder / "out.csv", Request())
    assert [path.name for path in folder.iterdir()] == ["out.csv"]
    assert (folder / "out.csv").read_text() == "former"


class _Meddling(io.BytesIO):
    """A target during whose first write somebody else writes to the database."""

    def __init__(self, database: Path) -> None:
        super().__init__()
        self.database = database

    def write(self, chunk) -> int:
        if not self.getvalue():
            with closing(sqlite3.connect(self.database)) as conn, conn:
                conn.execute("DELETE FROM search_text")
                conn.execute("DELETE FROM articles")
        return super().write(chunk)


def test_what_is_written_meanwhile_does_not_touch_an_export(tmp_path):
    source = make_database(tmp_path / "galen.db", article("One", "A first text."), article("Two", "A second text."))
    stream = _Meddling(source)
    assert export_stream(source, stream, Request()).rows == 2
    assert [row["title"] for row in read_csv(stream.getvalue())] == ["One", "Two"]
    assert exported(source, columns=("id",)) == b"id\r\n"


def test_an_article_lost_between_counting_and_reading_fails_the_export(tmp_path):
    source = make_database(tmp_path / "galen.db", article("One", "A first text."), article("Two", "A second text."))
    with closing(sqlite3.connect(source)) as conn, conn:
        conn.execute("PRAGMA foreign_keys = OFF")
        conn.execute("UPDATE articles SET site_id = 99 WHERE id = 2")
    with pytest.raises(ExportError, match="2 articles match but 1 could be read"):
        export_file(source, tmp_path / "out.csv", Request())
    assert list(tmp_path.glob("*out*")) == []


def test_a_folder_or_a_missing_folder_as_target_is_one_clear_line(database, tmp_path):
    with pytest.raises(ExportError, match="no regular file"):
        export_file(database, tmp_path, Request())
    with pytest.raises(ExportError, match="cannot be written: No such file or directory"):
        export_file(database, tmp_path / "nowhere" / "out.csv", Request())


def test_cells_that_excel_would_cut_are_warned_of(tmp_path):
    source = make_database(tmp_path / "galen.db", article("Long", LONG * 300))
    request = Request(columns=("body",), profile="excel")
    done = export_stream(source, io.BytesIO(), request)
    assert done.warnings == (
        f"Excel cuts cells at {EXCEL_CELL:,} characters; the longest here has {len(LONG) * 300:,}.",
    )
    assert export_stream(source, io.BytesIO(), replace(request, profile="plain")).warnings == ()
