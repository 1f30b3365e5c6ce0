"""Clinicians quoted in the text of an article."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.byline import find_experts, sure_experts
from crawler.extract.words import languages
from db.records import Origin, PersonKind, Role


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "zh",
            "临江市人民医院内分泌科主任邵明远教授表示,要少吃糖。",
            ("邵明远", "主任, 教授", "内分泌科", "临江市人民医院"),
        ),
        ("zh", "记者从临江市中医院皮肤科主任医师邵明远介绍", ("邵明远", "主任医师", "皮肤科", "临江市中医院")),
        ("zh", "该院皮肤科专家、医学博士邵明远提醒大家", ("邵明远", "专家, 医学博士", "皮肤科", None)),
        ("zh", "邵明远主任医师在接受采访时指出", ("邵明远", "主任医师", None, None)),
        ("en", "“Drink water,” says Dr. Jane Farrow, a pharmacist.", ("Jane Farrow", "Dr., pharmacist", None, None)),
        (
            "en",
            "Dr. Jane Farrow, Cardiologist at Lakeside Hospital, said that it helps.",
            ("Jane Farrow", "Dr., Cardiologist", None, "Lakeside Hospital"),
        ),
        ("fr", "« Il faut dormir », précise le Dr Claire Fontaine.", ("Claire Fontaine", "Dr", None, None)),
        ("de", "„Das hilft“, sagt Prof. Dr. med. Uwe Brandt.", ("Uwe Brandt", "Prof. Dr. med.", None, None)),
        ("es", "Según la Dra. Marta Solís, conviene dormir.", ("Marta Solís", "Dra.", None, None)),
    ],
)
def test_a_quoted_clinician_is_an_expert(
    language: str, text: str, expected: tuple[str, str, str | None, str | None]
) -> None:
    (person,) = find_experts(text, language)
    assert (person.name, person.clinical_title, person.department, person.hospital) == expected
    assert (person.kind, person.role, person.origin) == (PersonKind.CLINICIAN, Role.EXPERT, Origin.TEXT)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Dr. Smith recommends a glass of water, and Dr. Smith says so often."),
        ("en", "Ask Dr. Jane Farrow about it."),
        ("en", "Jane Farrow, a patient, says that it helped."),
        ("zh", "专家建议每天散步。"),
        ("zh", "高血压专家表示,要少吃盐。"),
        ("zh", "王女士说,孩子发烧了。"),
        ("zh", "医生说没有关系"),
    ],
)
def test_surnames_patients_and_unnamed_experts_are_none(language: str, text: str) -> None:
    assert find_experts(text, language) == ()


def test_an_expert_quoted_twice_is_told_once() -> None:
    text = "Dr. Jane Farrow says so. “Yes,” added Dr. Jane Farrow. “No,” said Dr. Omar Haddad."
    assert [person.name for person in find_experts(text, "en")] == ["Jane Farrow", "Omar Haddad"]


@given(st.text(), st.sampled_from([None, *languages()]))
def test_any_text_gives_experts_with_names(text: str, language: str | None) -> None:
    for quoted in (text, f"says Dr. {text}", f"{text}主任医师表示"):
        assert all(person.name.strip() for person in find_experts(quoted, language))


def test_a_doctor_of_laws_is_no_expert_and_a_doctor_of_patients_is() -> None:
    law = "The court must hear the case again, said Dr. Jane Farrow of the legal centre, before the treaty is signed."
    health = (
        "Most patients recover without treatment, said Dr. Jane Farrow, but symptoms of an infection that last longer "
        "than a week need a diagnosis."
    )
    placed = (
        "The court must hear it, said Dr. Jane Farrow, Cardiologist at Lakeside Hospital, who was asked as a witness."
    )

    assert sure_experts(law, "en") == ()
    assert [person.name for person in sure_experts(health, "en")] == ["Jane Farrow"]
    assert [person.hospital for person in sure_experts(placed, "en")] == ["Lakeside Hospital"]


def test_a_word_that_leads_up_to_a_title_is_no_part_of_it() -> None:
    (expert,) = find_experts("Vitamins are rarely needed, as explained by registered dietitian Oona Brandt.", "en")
    assert expert.clinical_title == "registered dietitian"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Das neue Netz ist schneller, sagt Oskar Brandt, Leiter der IT-Abteilung der Schule, und spart Strom.", "de"),
        ("Das Urteil überrascht nicht, sagt Professor Oskar Brandt von der Universität Lindau zum Streit.", "de"),
        ("The court will hear it, said Jane Farrow, law professor at Lakeside University, on Monday.", "en"),
    ],
)
def test_heads_of_other_departments_and_professors_of_other_subjects_are_no_experts(text: str, language: str) -> None:
    assert sure_experts(text, language) == ()


def test_a_village_director_is_no_expert_and_a_chief_physician_is() -> None:
    assert sure_experts("村主任邵明远表示,道路已经修好。", "zh") == ()
    assert [p.name for p in sure_experts("皮肤科主任医师邵明远表示,要少吃糖。", "zh")] == ["邵明远"]


def test_a_name_does_not_run_into_the_next_sentence() -> None:
    text = (
        "Nach der Behandlung geht es Patienten besser, sagt Dr. Uwe Brandt. Der Arzt kennt die Krankheit und Therapie."
    )

    assert [person.name for person in sure_experts(text, "de")] == ["Uwe Brandt"]


@pytest.mark.parametrize(
    ("language", "text", "expected"),
    [
        (
            "en",
            "“Walk,” explains Ann Roe, MD, an endocrinologist at Harbour Hospital.",
            ("Ann Roe", "Harbour Hospital"),
        ),
        ("de", "„Das hilft“, erklärt Oberärztin Dr. med. Anna Schmitt von der Neonatologie.", ("Anna Schmitt", None)),
        ("pt", "explica a odontopediatra Ana Prado, que visita a escola", ("Ana Prado", None)),
        (
            "fr",
            "« Dormez », résume le Dr Luc Morel, neurologue au CHU de Matinville.",
            ("Luc Morel", "CHU de Matinville"),
        ),
    ],
)
def test_a_title_or_degree_beside_the_name_tells_the_expert(
    language: str, text: str, expected: tuple[str, str | None]
) -> None:
    (person,) = find_experts(text, language)
    assert (person.name, person.hospital) == expected


def test_a_hospital_behind_a_title_is_no_person() -> None:
    assert find_experts("kata dokter spesialis anak RSUD Tirta", "id") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ann Roe, a cardiologist at Lake Hospital who saw it, said it helps.", [("Ann Roe", "Lake Hospital")]),
        ("Ann Roe, consultant surgeon at Lake Infirmary, who led it, told us: no.", [("Ann Roe", "Lake Infirmary")]),
        ("Ann Roe, the director of the museum, said it helps.", []),
        ("Ann Roe, whose mother was ill, said it helps.", []),
        ("Lake Hospital, a clinic in Bonn, said nothing.", []),
    ],
)
def test_a_name_before_a_clinical_title_and_a_verb_is_an_expert(text: str, expected: list[tuple[str, str]]) -> None:
    assert [(person.name, person.hospital) for person in find_experts(text, "en")] == expected
