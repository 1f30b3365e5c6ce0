"""Who is no clinician in spite of a 'Dr.' (crawler/extract/byline/health.py)."""

from __future__ import annotations

import pytest

from crawler.extract.byline import sure_experts, without_other_doctors
from db.records import Person, PersonKind, Role

LAW = "The court must hear the case again before the treaty is signed, and the ministry has four weeks to answer. " * 16
KNEE = (
    "The knee swells because blood runs into it, and no doctor can say on the telephone how long that will last. " * 16
)


def doctor(**said: str) -> Person:
    return Person(name="Jane Farrow", kind=PersonKind.CLINICIAN, role=Role.AUTHOR, **said)  # type: ignore[arg-type]


def kind(person: Person, text: str, language: str | None = "en") -> PersonKind:
    (found,) = without_other_doctors([person], text, language)
    return found.kind


def test_a_mere_doctor_over_a_text_without_any_word_of_health_is_no_clinician() -> None:
    assert kind(doctor(clinical_title="Dr."), LAW) is PersonKind.PERSON
    assert kind(doctor(clinical_title="Prof. Dr."), LAW) is PersonKind.PERSON


def test_a_mere_doctor_over_a_text_about_health_is_a_clinician() -> None:
    assert kind(doctor(clinical_title="Dr."), KNEE) is PersonKind.CLINICIAN


@pytest.mark.parametrize(
    "said",
    [
        {"clinical_title": "Dr.", "credentials": "MD"},
        {"clinical_title": "Dr.", "hospital": "Lakeside Hospital"},
        {"clinical_title": "Dr.", "department": "Cardiology"},
        {"clinical_title": "Dr. med."},
        {"clinical_title": "主任医师"},
    ],
)
def test_who_is_more_than_a_doctor_stays_a_clinician(said: dict[str, str]) -> None:
    assert kind(doctor(**said), LAW) is PersonKind.CLINICIAN


def test_a_short_text_or_one_in_an_unknown_language_decides_nothing() -> None:
    assert kind(doctor(clinical_title="Dr."), LAW[:300]) is PersonKind.CLINICIAN
    assert kind(doctor(clinical_title="Dr."), LAW, "fi") is PersonKind.CLINICIAN
    assert kind(doctor(clinical_title="Dr."), LAW, None) is PersonKind.CLINICIAN


ILLNESS = "Most patients recover without treatment, but symptoms of an infection that last longer need a diagnosis.\n"


@pytest.mark.parametrize(
    ("beside", "expected"),
    [
        ("The wound heals, said Dr. Jane Farrow, who has seen a hundred of them.", ["Jane Farrow"]),
        ("The wound heals, said Dr. Jane Farrow, surgeon and lecturer in the town.", ["Jane Farrow"]),
        ("The gene is known, said Dr. Jane Farrow, group leader at an institute of the town.", []),
        ("The law is good, said Dr. Jane Farrow, a lawyer.", []),
        ("State Commissioner, says Dr. Jane Farrow, is a busy office.", []),
    ],
)
def test_what_stands_beside_a_quoted_doctor_counts(beside: str, expected: list[str]) -> None:
    assert [person.name for person in sure_experts(ILLNESS + beside + "\n" + ILLNESS, "en")] == expected
