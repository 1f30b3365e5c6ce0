"""Ways of writing one name in one place are one doctor (db/doctor_key.py, db/people.py)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.doctor_key import name_key, natural_key
from db.people import rekey_doctors
from db.records import PersonKind, Role
from db.store import Store
from tests.db.factories import article, doctor, save


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store.open(tmp_path / "galen.db")
    yield opened
    opened.close()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Mia Torp", "MIA TORP"),
        ("Mia K. Torp", "Mia Torp"),
        ("Zhu Dan Hua", "Zhu Danhua"),
        ("José Peña", "Jose Pena"),
        ("Anne-Marie O’Neil", "Anne Marie O'Neil"),
        ("邓 荣", "邓荣"),
        ("Ｍia Torp", "Mia Torp"),
    ],
)
def test_ways_of_writing_one_name_are_one(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Gao Jun", "Jun Gao"),
        ("Mia Torp", "Mia Torp Jr"),
        ("Mia Torp", "M. Torp"),
        ("邓荣", "邓蓉"),
        ("がん太", "かん太"),
    ],
)
def test_other_names_stay_others(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


def test_a_hospital_is_the_same_with_article_grade_and_punctuation() -> None:
    def key(hospital: str) -> str:
        return natural_key("Mia Torp", hospital, "Blue Hill")

    assert key("The Lakeside Hospital, Inc.") == key("Lakeside hospital")
    assert key("湖州第一医院（三级甲等）") == key("湖州第一医院")
    assert key("Lakeside Hospital") != key("Hillside Hospital")


def test_variants_on_one_site_are_one_row_and_those_on_two_sites_are_two(store: Store) -> None:
    save(
        store,
        article("A", people=(doctor("MIA TORP"),)),
        article("B", people=(doctor("Mia K. Torp", Role.REVIEWER),)),
        article("C", people=(doctor("Mia Torp"),), site="Red Hill"),
    )

    rows = list(
        store.db.query("SELECT name, count(*) AS n FROM article_doctors JOIN doctors ON id = doctor_id GROUP BY id")
    )
    assert rows == [{"name": "Mia K. Torp", "n": 2}, {"name": "Mia Torp", "n": 1}]


def test_doctors_of_a_former_version_join_without_losing_an_article(store: Store) -> None:
    save(store, article("A", people=(doctor("Mia Torp"),)), article("B", people=(doctor("Nora Falk"),)))
    connection = store.connection
    connection.execute("UPDATE doctors SET key = 'mia torp|site:blue hill' WHERE name = 'Mia Torp'")
    connection.execute(
        "UPDATE doctors SET key = 'mia k. torp|site:blue hill', name = 'Mia K. Torp' WHERE name = 'Nora Falk'"
    )

    rekey_doctors(connection)

    rows = list(
        store.db.query("SELECT key, count(*) AS n FROM article_doctors JOIN doctors ON id = doctor_id GROUP BY id")
    )
    assert rows == [{"key": "miatorp|site:blue hill", "n": 2}]


def test_journalists_never_become_doctors_whatever_their_degree(store: Store) -> None:
    reporter = doctor("Ada Berg")
    save(store, article("A", people=(type(reporter)(name="Ada Berg", kind=PersonKind.PERSON, credentials="MA"),)))

    assert store.db.table("doctors").count == 0


def test_a_correction_goes_on_naming_the_same_doctor(store: Store) -> None:
    save(store, article("A", people=(doctor("Mia K. Torp"),)))
    connection = store.connection
    connection.execute(
        """
        INSERT INTO corrections (kind, doctor_key, value, made_by, made_at)
        VALUES ('merge', 'mia k. torp|site:blue hill|split:7', ?, 'me', 'now')
        """,
        ('{"name": "Mia Torp", "key": "mia torp|hospital:the lakeside hospital"}',),
    )

    rekey_doctors(connection)

    (row,) = store.db.query("SELECT doctor_key, value FROM corrections")
    assert row["doctor_key"] == "miatorp|site:blue hill|split:7"
    assert '"key": "miatorp|hospital:lakesidehospital"' in row["value"]
