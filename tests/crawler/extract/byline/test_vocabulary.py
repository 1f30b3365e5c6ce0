"""The tables of words: every language says everything, so that a new language is a table and no code."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.byline.vocabulary import vocabulary
from crawler.extract.clean import fold
from crawler.extract.words import any_of, languages, primary, table

LATIN = [language for language in languages() if language != "zh"]


def test_the_languages_are_those_of_the_files() -> None:
    assert languages() == ("de", "en", "es", "fr", "id", "pt", "zh")
    assert [primary(code) for code in ("zh-Hant", "PT_br", "xx", "", None)] == ["zh", "pt", None, None, None]


@pytest.mark.parametrize("language", LATIN)
@pytest.mark.parametrize("section", ["dates", "labels", "words", "people", "experts"])
def test_no_table_lacks_a_key(language: str, section: str) -> None:
    english = set(table("en")[section]) - {"picture_agencies", "order"}
    assert set(table(language)[section]) - {"order"} >= english


@pytest.mark.parametrize("language", LATIN)
def test_months_and_weekdays_are_complete(language: str) -> None:
    assert len(table(language)["dates"]["months"]) == 12
    assert len(table(language)["dates"]["weekdays"]) == 7


@pytest.mark.parametrize("key", ["months", "weekdays"])
def test_no_two_languages_contradict_each_other_on_a_month_or_weekday(key: str) -> None:
    meanings: dict[str, set[int]] = {}
    for language in languages():
        for number, words in enumerate(table(language)["dates"][key]):
            for word in words:
                meanings.setdefault(word, set()).add(number)
    assert {word: numbers for word, numbers in meanings.items() if len(numbers) > 1} == {}


@pytest.mark.parametrize("language", languages())
def test_words_are_written_as_they_are_looked_up(language: str) -> None:
    for labels in table(language)["labels"].values():
        for label in labels:
            assert label == fold(label).strip()


def test_the_longest_title_is_tried_first() -> None:
    title = vocabulary("zh").han.title
    for text in ("副主任医师", "主任医师", "主治医师", "副主任药师", "副教授"):
        match = title.match(text)
        assert match is not None
        assert match[0] == text


@given(st.lists(st.text("ab c.", min_size=1).map(str.strip).filter(bool), min_size=1), st.text("ab c."))
def test_any_of_matches_the_longest_word_and_nothing_else(words: list[str], text: str) -> None:
    words = [" ".join(word.split()) for word in words]
    longest = max((word for word in words if text.startswith(word)), key=len, default=None)
    match = re.compile(any_of(words)).match(text)
    if "  " not in text:
        assert (match[0] if match else None) == longest
