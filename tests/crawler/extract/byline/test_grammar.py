"""What the byline grammar promises beside the single readings."""

from __future__ import annotations

from dataclasses import fields
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.byline import read_byline
from crawler.extract.byline.record import Byline
from crawler.extract.clean import clean_text
from crawler.extract.words import languages
from crawler.site import DateOrder
from db.records import Origin, PartialDate, PersonKind, Role
from tests.hang import ends

FETCHED = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


def read(*lines: str, language: str | None = "en", date_order: DateOrder | None = None) -> Byline:
    return read_byline(lines, language=language, date_order=date_order, fetched_at=FETCHED)


def test_nothing_in_gives_nothing_out() -> None:
    assert read() == Byline()
    assert read("", "   ", "\u200b") == Byline()


def test_lines_are_told_apart_into_byline_and_other_text() -> None:
    found = read(
        "What is a gallstone?",
        "Dec 03, 2025 Source: Sunrise Health",
        "Dr. Gao Wenli",
        "It is a small stone in the bile.",
    )
    assert found.used == {1, 2}
    assert found.raw == "Dec 03, 2025 Source: Sunrise Health\nDr. Gao Wenli"


def test_text_glued_behind_a_heading_keeps_its_line_out_of_the_used_ones() -> None:
    found = read("Dec 03, 2025 Source: Sunrise Health Dr. Gao Wenli Introduction A gallstone is a small stone." * 3)
    assert found.people[0].name == "Gao Wenli"
    assert found.used == frozenset()


def test_every_field_has_its_evidence() -> None:
    found = read("Dec 03, 2025 Source: Sunrise Health", "Reviewed by Jane Farrow, MD on 4 May 2022")
    told = {(one.field, one.value, one.detail) for one in found.evidence}
    assert told == {
        ("source", "Sunrise Health", "Source"),
        ("published", "2025-12-03", "text"),
        ("reviewed", "2022-05-04", "Reviewed by"),
        ("doctor", "Jane Farrow", "reviewer"),
    }
    assert {one.origin for one in found.evidence} == {Origin.BYLINE}


def test_a_source_that_is_none_is_kept_as_written_and_not_chosen() -> None:
    found = read("Source: Network")
    assert (found.source, found.source_raw) == (None, "Network")
    assert [(one.value, one.chosen) for one in found.evidence] == [("Network", False)]


def test_ambiguous_dates_follow_the_site_and_are_else_left_alone() -> None:
    assert read("Page last reviewed: 03/04/2024", date_order="DMY").reviewed == PartialDate(
        value="2024-04-03", raw="03/04/2024", origin=Origin.BYLINE
    )
    assert read("Page last reviewed: 03/04/2024").reviewed is None


def test_only_the_next_review_may_lie_ahead() -> None:
    found = read("Published: 2030-01-01 | Next review due: 2030-01-01")
    assert found.published is None
    assert found.next_review is not None
    assert found.next_review.value == "2030-01-01"


def test_a_labelled_date_wins_over_a_bare_one() -> None:
    found = read("May 5, 2021", "Published: May 4, 2021")
    assert found.published is not None
    assert found.published.value == "2021-05-04"


def test_a_doctor_keeps_the_line_it_was_read_from() -> None:
    (person,) = read("Reviewed by Dr. Jane Farrow, Cardiologist").people
    assert (person.kind, person.role, person.origin) == (PersonKind.CLINICIAN, Role.REVIEWER, Origin.BYLINE)
    assert person.raw == "Dr. Jane Farrow, Cardiologist"


def test_a_one_word_label_of_another_language_is_no_label() -> None:
    assert read("Von Tramp").people == ()
    assert read("Von Jana Tramp", language="de").people[0].name == "Jana Tramp"


def test_unknown_languages_are_read_with_all_tables() -> None:
    for language in (None, "xx", "fi"):
        assert read("Medizinisch geprüft von Dr. Jana Köhler", language=language).people[0].name == "Jana Köhler"
    assert read("來源：晨光", language="zh-Hant").source == "晨光"


@pytest.mark.parametrize(
    "unit", ["Reviewed by ", "Dr. A, ", "作者：", "科主任", "1.", "(", "Jane Roe, MD and ", "2020-01-01 ", "医院", "a "]
)
def test_repetition_is_read_to_its_end(unit: str) -> None:
    with ends():
        read(*[unit * 2000] * 5, *[(unit * 300)[:299]] * 20)


LATIN_PARTS = (
    "Source: |Dr. |By |Written by |MD|, |Jane Roe|(|)| / | and |von |Prof.|Reviewed on |- |.|;|\n| on May 5, 2019"
)
HAN_PARTS = (
    "来源：|作者|副主任医师|王小明|临江市医院|内科|2020-01-01|——|审核|：|3天前|《|·|\u3000|İ|ß|\u202e|Introduction| "
)
PARTS = st.sampled_from([*LATIN_PARTS.split("|"), *HAN_PARTS.split("|")])
ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()), max_size=200)


@given(st.lists(ANY_TEXT | st.lists(PARTS).map("".join), max_size=6), st.sampled_from([None, *languages()]))
def test_any_lines_give_a_byline_of_clean_texts(lines: list[str], language: str | None) -> None:
    found = read_byline(lines, language=language, date_order=None, fetched_at=FETCHED)
    assert found.used <= set(range(len(lines)))
    texts = [found.source, found.source_raw, found.department, found.hospital, found.raw, *found.editors]
    for record in (*found.people, *found.evidence):
        texts += [getattr(record, one.name) for one in fields(record) if one.name not in {"kind", "role", "chosen"}]
    for text in texts:
        assert text is None or text == clean_text(text)
    for person in found.people:
        assert person.name


def test_an_article_in_capitals_is_part_of_a_houses_name_and_in_news_is_none() -> None:
    french = read_byline(["Par Le Phare et AFP"], language="fr", date_order=None, fetched_at=FETCHED)
    placed = read_byline(["By HBN, in News, Portugal"], language="en", date_order=None, fetched_at=FETCHED)

    assert [person.name for person in french.people] == ["Le Phare et AFP"]
    assert [person.name for person in placed.people] == ["HBN"]


def test_two_labelled_days_on_a_line_stand_beside_who_reviewed() -> None:
    line = "Publicado em 2 de maio de 2022 • Revisado em 8 de julho de 2022 por Marta Sá, nutricionista clínica"

    found = read_byline([line], language="pt", date_order=None, fetched_at=FETCHED)

    assert found.published is not None
    assert found.published.value == "2022-05-02"
    assert found.reviewed is not None
    assert found.reviewed.value == "2022-07-08"
    assert [(person.name, person.role) for person in found.people] == [("Marta Sá", Role.REVIEWER)]
