"""Bylines of invented publishers and doctors in the forms that health sites write them: tables in cases/."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.extract.byline import Byline, read_byline
from db.records import PersonKind

FETCHED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
CASES = Path(__file__).with_name("cases")


def told(found: Byline) -> dict[str, object]:
    """What a byline says, short enough for a table; unknown is left out.

    'doctors', 'people' and 'organisations' are 'role: name | title | credentials | department | hospital'
    without the empty parts; source_raw stands only where it differs from the source.
    """
    facts: dict[str, object] = {
        "source": found.source,
        "source_raw": found.source_raw if found.source_raw != found.source else None,
        "editors": list(found.editors),
        "department": found.department,
        "hospital": found.hospital,
    }
    for key, kind in (
        ("doctors", PersonKind.CLINICIAN),
        ("people", PersonKind.PERSON),
        ("organisations", PersonKind.ORGANISATION),
    ):
        facts[key] = [
            f"{one.role}: "
            + " | ".join(filter(None, (one.name, one.clinical_title, one.credentials, one.department, one.hospital)))
            for one in found.people
            if one.kind is kind
        ]
    for key in ("published", "modified", "reviewed", "next_review"):
        date = getattr(found, key)
        facts[key] = date.value if date else None
    return {key: value for key, value in facts.items() if value}


def cases(file: str, language: str | None = None) -> list[tuple[str | None, str, dict[str, object]]]:
    rows = tomllib.loads((CASES / file).read_text(encoding="utf-8"))["case"]
    told_cases = []
    for row in rows:
        stated = row.pop("language", language)
        told_cases.append((None if stated == "unknown" else stated, row.pop("text"), row))
    return told_cases


def sentences() -> list[tuple[str, str]]:
    table = tomllib.loads((CASES / "nothing.toml").read_text(encoding="utf-8"))
    return [(language, text) for language, texts in table.items() for text in texts]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [*cases("en.toml", "en"), *cases("zh.toml", "zh"), *cases("others.toml"), *cases("forms.toml")],
)
def test_a_byline_is_read(language: str | None, text: str, expected: dict[str, object]) -> None:
    found = read_byline(text.split("\n"), language=language, date_order=None, fetched_at=FETCHED)
    assert told(found) == expected


@pytest.mark.parametrize(("language", "text"), sentences())
def test_sentences_headings_and_lists_are_no_byline(language: str, text: str) -> None:
    found = read_byline([text], language=language, date_order=None, fetched_at=FETCHED)
    assert {key: value for key, value in told(found).items() if key not in {"department", "hospital"}} == {}


@pytest.mark.parametrize(("language", "text"), [case for case in sentences() if len(case[1]) > 30])
def test_a_sentence_of_the_body_is_not_taken_for_a_line_of_the_byline(language: str, text: str) -> None:
    found = read_byline(["Dec 03, 2025", text], language=language, date_order=None, fetched_at=FETCHED)
    assert found.used == {0}
    assert found.raw == "Dec 03, 2025"
