"""What analysts are told of copies: the view in the published snapshot."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from db.duplicates import corrections
from db.records import Article
from db.store import Store
from tests.db.duplicates.texts import edited, essay, organ_en
from tests.db.factories import SEEN, article, doctor, publish_in, save

COLUMNS = "title, canonical, site, source, doctors, published, date_differs, doctor_differs"


def copies(folder: Path, *articles: Article) -> list[dict[str, Any]]:
    """Rows of the view after publishing these articles."""
    store = Store.open(folder / "galen.db")
    save(store, *articles)
    return published(folder, store)


def published(folder: Path, store: Store) -> list[dict[str, Any]]:
    publish_in(folder, store)
    with closing(Database(next((folder / "public").glob("galen-*.db"))).conn) as connection:
        cursor = connection.execute("SELECT * FROM duplicate_copies ORDER BY cluster_id, title")
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]


def shown(rows: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in COLUMNS.split(", ")) for row in rows]


def test_every_copy_keeps_its_site_source_doctors_and_date_and_what_differs_is_marked(tmp_path: Path) -> None:
    ivo, mira = doctor("Ivo Kern"), doctor("Mira Oduya")
    rows = copies(
        tmp_path,
        article("original", essay(1), published="2026-01-01", source="Blue Hill Daily", people=(ivo,)),
        article("same", edited(essay(1), 0.01, 1), published="2026-01-01", people=(ivo,), site="Far Shore"),
        article("later", edited(essay(1), 0.02, 2), published="2026-02-01", people=(ivo,), source="Blue Hill Daily"),
        article("other doctor", edited(essay(1), 0.03, 3), published="2026-01-01", people=(mira,), site="Far Shore"),
        article("two doctors", edited(essay(1), 0.04, 4), published="2026-01-01", people=(mira, ivo)),
        article("nothing said", edited(essay(1), 0.05, 5), site="Third Bank"),
        article("alone", essay(2), published="2026-01-01"),
    )

    assert shown(rows) == [
        ("later", 0, "Blue Hill", "Blue Hill Daily", "Ivo Kern", "2026-02-01", 1, 0),
        ("nothing said", 0, "Third Bank", None, None, None, 1, 1),
        ("original", 1, "Blue Hill", "Blue Hill Daily", "Ivo Kern", "2026-01-01", 0, 0),
        ("other doctor", 0, "Far Shore", None, "Mira Oduya", "2026-01-01", 0, 1),
        ("same", 0, "Far Shore", None, "Ivo Kern", "2026-01-01", 0, 0),
        ("two doctors", 0, "Blue Hill", None, "Mira Oduya; Ivo Kern", "2026-01-01", 0, 1),
    ]
    assert len({row["cluster_id"] for row in rows}) == 1
    assert all(row["url"].startswith("https://") for row in rows)


def test_the_reason_is_the_one_that_ties_a_copy_to_the_original(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "galen.db")
    ids = save(
        store,
        article("a original", essay(1), published="2026-01-01"),
        article("b near", edited(essay(1), 0.03, 1)),
        article("c same words", essay(1).upper()),
        article("d beginning", essay(1)[:900]),
        article("e by hand", essay(2)),
    )
    with store.atomic():
        corrections.merge(store.connection, (ids[0], ids[4]), "the reprint", SEEN)
    reasons = [row["reason"] for row in published(tmp_path, store)]

    assert reasons[2] == "exact: the same words in the same order"
    assert reasons[3].startswith("contains: one holds ")
    assert reasons[1].startswith("near: ")
    assert reasons[1].endswith("of all phrases are shared")
    assert reasons[4] == "manual: joined by hand: the reprint"


@pytest.mark.parametrize("hidden", [0, 1])
def test_a_copy_that_is_not_published_is_not_shown_and_the_others_are_compared_with_a_shown_one(
    tmp_path: Path, hidden: int
) -> None:
    first = article("first", essay(1), published="2026-01-01", people=(doctor("Ivo Kern"),))
    second = article("second", edited(essay(1), 0.02, 1), published="2026-02-01")
    third = article("third", edited(essay(1), 0.02, 2), published="2026-02-01")
    store = Store.open(tmp_path / "galen.db")
    ids = save(store, first, second, third)
    with store.atomic():
        store.connection.execute("UPDATE articles SET hidden = 'by the site' WHERE id = ?", (ids[hidden],))
    rows = published(tmp_path, store)

    assert [(row["title"], row["canonical"], row["date_differs"], row["doctor_differs"]) for row in rows] == (
        [("second", 1, 0, 0), ("third", 0, 0, 0)] if hidden == 0 else [("first", 1, 0, 0), ("third", 0, 1, 1)]
    )


def test_articles_of_a_template_are_not_shown_as_copies(tmp_path: Path) -> None:
    assert copies(tmp_path, article(*organ_en("liver", "hepatic")), article(*organ_en("kidney", "renal"))) == []
