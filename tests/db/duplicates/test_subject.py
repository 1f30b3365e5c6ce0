"""The guard for articles of one template whose subjects mention each other."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from db.store import Store
from tests.db.factories import article, save

ENGLISH = (
    "A low {x} value means that the amount measured in the sample lies below the range found in most adults. "
    "It is a finding and no illness, and a single result should be read together with the others. Less often the "
    "sample stood too long before it reached the laboratory. {own} For this reason a value that does not fit is "
    "usually measured a second time before anything else is done, and the doctor asks about food and medicines first."
)
CHINESE = (
    "化验单上{x}偏低，说明血液中的含量低于大多数健康成年人的范围。这只是一个检查结果，并不等于生病，单独一次的数值"
    "需要和其他项目一起看。{own}少数情况下，标本放置时间过长也会影响结果，因此与症状不符的数值通常会复查一次，"
    "医生会先询问饮食、用药和以往的疾病，再决定是否需要进一步检查。"
)


def same(tmp_path: Path, *pair: tuple[str, str]) -> bool:
    """Whether two articles (title, body) end in one cluster."""
    store = Store.open(tmp_path / "galen.db")
    save(store, *(article(title, body) for title, body in pair))
    joined = store.db.table("clusters").count == 1
    store.close()
    return joined


def leaflet_en(strength: str) -> tuple[str, str]:
    return (
        f"Tramalen {strength} mg: how to take it",
        f"Swallow the tablet of {strength} mg at noon. {ENGLISH.format(x='b', own='')}",
    )


def leaflet_zh(strength: str) -> tuple[str, str]:
    return f"特拉马片{strength}毫克怎么吃", f"每天中午服用{strength}毫克一片。{CHINESE.format(x='血钠', own='')}"


@pytest.mark.parametrize("leaflet", [leaflet_en, leaflet_zh])
def test_two_strengths_of_one_medicine_are_two_articles(
    tmp_path: Path, leaflet: Callable[[str], tuple[str, str]]
) -> None:
    assert not same(tmp_path, leaflet("5"), leaflet("10"))


@pytest.mark.parametrize("leaflet", [leaflet_en, leaflet_zh])
def test_another_number_in_the_title_alone_is_a_copy(tmp_path: Path, leaflet: Callable[[str], tuple[str, str]]) -> None:
    assert same(tmp_path, leaflet("5"), (leaflet("10")[0], leaflet("5")[1]))


@pytest.mark.parametrize("leaflet", [leaflet_en, leaflet_zh])
def test_another_number_in_the_text_alone_is_a_copy(tmp_path: Path, leaflet: Callable[[str], tuple[str, str]]) -> None:
    assert same(tmp_path, leaflet("5"), (leaflet("5")[0], leaflet("10")[1]))


def test_chinese_numerals_tell_weeks_apart(tmp_path: Path) -> None:
    weeks = [(f"怀孕第{n}周注意什么", f"怀孕第{n}周了。{CHINESE.format(x='血钠', own='')}") for n in "七八"]
    assert not same(tmp_path, *weeks)


def test_templates_that_mention_each_others_subject_stay_apart_in_english(tmp_path: Path) -> None:
    assert not same(
        tmp_path,
        ("What does a low sodium value mean?", ENGLISH.format(x="sodium", own="Often potassium falls along with it.")),
        ("What does a low potassium value mean?", ENGLISH.format(x="potassium", own="The heart feels that soonest.")),
    )


def test_templates_that_mention_each_others_subject_stay_apart_in_chinese(tmp_path: Path) -> None:
    assert not same(
        tmp_path,
        ("血钠偏低是什么意思", CHINESE.format(x="血钠", own="常常伴有血钾下降。")),
        ("血钾偏低是什么意思", CHINESE.format(x="血钾", own="心脏对此最为敏感。")),
    )


@pytest.mark.parametrize("text", [ENGLISH.format(x="sodium", own="Often potassium falls along with it.")])
def test_a_copy_under_another_words_title_is_still_a_copy_in_english(tmp_path: Path, text: str) -> None:
    copy = text.replace("Less often the sample", "Rarely the sample") + " Sodium is part of common salt."
    assert same(
        tmp_path,
        ("What does a low sodium value mean?", text + " Sodium is part of common salt."),
        ("What does a low natrium value mean?", copy),
    )


def test_a_copy_under_another_words_title_is_still_a_copy_in_chinese(tmp_path: Path) -> None:
    text = CHINESE.format(x="血钠", own="常常伴有血钾下降。")
    assert same(
        tmp_path, ("血钠偏低是什么意思", text), ("钠离子偏低是什么意思", text.replace("少数情况下", "有些时候"))
    )
