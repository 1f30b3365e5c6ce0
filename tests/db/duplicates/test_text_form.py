from __future__ import annotations

import pytest

from db.duplicates.text_form import MIN_SENTENCE, read_text, text_hash, word_count


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ｆｅｖｅｒ　１２", "fever 12"),
        ("Fever, chills - and more!", "FEVER chills and more"),
        ("醫療資料與臟器", "医疗资料与脏器"),
        ("羣眾喫鹽", "群众吃盐"),
        ("line one\nline two", "line one line two"),
        ("Introduction\nDrink water.", "Drink water."),
        ("导语：\n多喝水。", "多喝水。"),
        ("Drink. The detailed analysis is as follows: Sleep.", "Drink. Sleep."),
        ("多喝水，具体分析如下：早睡。", "多喝水，早睡。"),
    ],
)
def test_what_a_reader_calls_the_same_words_has_the_same_hash(one: str, other: str) -> None:
    assert text_hash(one) == text_hash(other)


def test_a_label_inside_a_sentence_is_content() -> None:
    assert text_hash("The introduction of salt") != text_hash("The of salt")


def test_the_script_is_known() -> None:
    assert read_text("為什麼醫師建議減少鹽的攝取").traditional
    assert not read_text("为什么医生建议少吃盐").traditional
    assert not read_text("Why doctors advise to eat less salt").traditional


def test_the_longest_sentences_come_first_and_short_ones_not_at_all() -> None:
    long = " ".join(["word"] * MIN_SENTENCE)
    longer = f"{long} more"

    assert read_text(f"Short one. {long}. {longer}! Menu").sentences == (longer, long)


def test_words_are_counted_with_a_character_as_a_word() -> None:
    assert word_count("Take 作息 seriously") == 4
