"""What a copy of the articles has to be told: new, changed, gone, redacted, withdrawn, and nothing lost in between."""

import csv
import io
import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from db.export import ExportError, Request, export_stream
from db.publish import current, publish
from db.redact import redact_person, redact_url
from db.search.builder import Filters
from db.store import Store
from tests.db.factories import LONG, article, make_database, save

BEFORE, SINCE, AFTER = "2026-03-01T08:00:00Z", "2026-03-02", "2026-03-03T08:00:00Z"


def changes(folder: Path, since: str = SINCE, **options: object) -> dict[int, str]:
    """Number of the article -> what is told of it."""
    return {int(row["id"]): row["change"] for row in rows_of(folder, changed_since=since, **options)}


def rows_of(folder: Path, **options: object) -> list[dict[str, str]]:
    stream = io.BytesIO()
    exported = export_stream(current(folder / "public")[1], stream, Request(**options))  # type: ignore[arg-type]
    rows = list(csv.DictReader(io.StringIO(stream.getvalue().decode(), newline="")))
    assert exported.rows == len(rows)
    return rows


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A published snapshot of five articles, all seen before."""
    with closing(Store.open(tmp_path / "galen.db")) as store:
        kept = [article(f"Note {n}", f"{LONG} Number {n}.", source="Lake Press") for n in range(1, 5)]
        save(store, *kept, article("By Eve Moor", f"{LONG} Eve Moor knows."), seen=BEFORE)
    publish(tmp_path / "galen.db", tmp_path / "public")
    return tmp_path


def url_of(store: Store, id_: int) -> str:
    return str(store.connection.execute("SELECT url FROM articles WHERE id = ?", (id_,)).fetchone()[0])


def again(folder: Path) -> None:
    publish(folder / "galen.db", folder / "public")


def test_an_article_that_was_redacted_is_told_by_its_number_alone(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        redact_url(store, url_of(store, 2), by="ana")
    again(folder)
    assert changes(folder) == {2: "redacted"}
    (row,) = rows_of(folder, changed_since=SINCE)
    assert {name for name, value in row.items() if value} == {"change", "id", "last_changed"}


def test_an_article_that_loses_a_name_has_changed(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        redact_person(store, "Eve Moor", by="ana")
    again(folder)
    assert changes(folder) == {5: "changed"}


def test_an_article_that_is_published_no_longer_is_withdrawn_and_comes_back_changed(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        hidden = article("Note 3", f"{LONG} Number 3.", source="Lake Press", url=url_of(store, 3), policy=("noindex",))
        save(store, hidden, seen=AFTER)
    again(folder)
    assert changes(folder) == {3: "withdrawn"}
    with closing(Store.open(folder / "galen.db")) as store:
        save(store, replace(hidden, policy=(), hidden=None), seen="2026-03-05T08:00:00Z")
    again(folder)
    assert changes(folder, "2026-03-04") == {3: "changed"}


def test_an_article_whose_day_has_come_is_withdrawn_on_that_day(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        save(store, article("Short offer", policy=("unavailable_after:2026-03-02",)), seen=BEFORE)
    again(folder)
    assert changes(folder, "2026-03-02T12:00:00Z") == {6: "withdrawn"}
    assert changes(folder, "2026-03-03") == {}


def test_what_was_removed_is_told_whatever_the_query(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        redact_url(store, url_of(store, 1), by="ana")
        save(store, article("Knee pain", "A knee that clicks."), seen=AFTER)
    again(folder)
    assert changes(folder, query="note") == {1: "redacted"}
    assert changes(folder, filters=Filters(sources=("Lake Press",))) == {1: "redacted"}
    assert changes(folder, query="knee", columns=("title",)) == {6: "new", 1: "redacted"}


def test_a_number_that_was_given_again_belongs_to_the_new_article(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        redact_url(store, url_of(store, 5), by="ana")
        assert save(store, article("Knee pain", "A knee that clicks."), seen=AFTER) == [5]
    again(folder)
    assert changes(folder) == {5: "new"}


def test_nothing_that_was_stored_after_the_snapshot_is_lost_to_the_next_export(folder: Path) -> None:
    stream = io.BytesIO()
    since = export_stream(current(folder / "public")[1], stream, Request()).next_since
    assert since == "2026-03-01T07:45:00Z"
    with closing(Store.open(folder / "galen.db")) as store:
        # Stored between publishing and exporting, with a time before that of the export.
        save(store, article("Knee pain", "A knee that clicks."), seen="2026-03-01T08:00:05Z")
    again(folder)
    assert changes(folder, since)[6] == "new"


def test_a_crawl_database_cannot_tell_what_was_removed_and_says_so(tmp_path: Path) -> None:
    source = make_database(tmp_path / "galen.db", article("One"))
    with pytest.raises(ExportError, match="published snapshots only"):
        export_stream(source, io.BytesIO(), Request(changed_since=SINCE))


def test_nothing_of_a_redacted_article_but_its_number_reaches_the_snapshot(folder: Path) -> None:
    with closing(Store.open(folder / "galen.db")) as store:
        address = url_of(store, 2)
        redact_url(store, address, by="ana")
    again(folder)
    with closing(sqlite3.connect(current(folder / "public")[1])) as conn:
        dump = "\n".join(conn.iterdump())
    assert address not in dump
    assert "Number 2" not in dump
