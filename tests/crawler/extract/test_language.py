"""Language from words, and untranslated runs (crawler/extract/language.py)."""

from __future__ import annotations

import pytest

from crawler.extract.language import language_of, untranslated

SAMPLES = {
    "en": "Drink enough water every day and sleep at regular hours, because the body needs both to recover.",
    "de": "Trinken Sie jeden Tag genug Wasser und schlafen Sie regelmäßig, denn der Körper braucht beides.",
    "fr": "Buvez assez d'eau chaque jour et dormez à heures régulières, car le corps a besoin des deux pour récupérer.",
    "es": "Beba suficiente agua todos los días y duerma a horas regulares, porque el cuerpo necesita ambas cosas.",
    "id": "Minumlah cukup air setiap hari dan tidurlah secara teratur, karena tubuh membutuhkan keduanya untuk pulih.",
    "zh": "每天要喝足够的水，按时睡觉，因为身体需要这两样来恢复。",
    "ja": "毎日十分な水を飲み、規則正しく眠ってください。体の回復にはその両方が必要です。",
    "ko": "매일 물을 충분히 마시고 규칙적으로 주무세요. 몸이 회복하려면 둘 다 필요합니다.",
    "ru": "Пейте достаточно воды каждый день и спите в одно и то же время, организму нужно и то и другое.",
    "el": "Πίνετε αρκετό νερό κάθε μέρα και κοιμηθείτε τακτικά, γιατί το σώμα χρειάζεται και τα δύο.",
}


@pytest.mark.parametrize(("code", "text"), SAMPLES.items(), ids=SAMPLES)
def test_the_language_is_read_from_the_words(code: str, text: str) -> None:
    assert language_of(text) == code


@pytest.mark.parametrize("text", ["", "CT 12", "123 456 789", "——"])
def test_too_little_text_has_no_language(text: str) -> None:
    assert language_of(text) is None


def test_latin_words_in_a_chinese_text_do_not_make_it_english() -> None:
    assert language_of("医生建议做CT和MRI检查，同时检测HPV，必要时服用ibuprofen，注意休息，多喝水。") == "zh"


ENGLISH = " Keep a quiet evening and sleep well, because the body recovers at night."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maintain regular步行 (walking) every day.", ["步行"]),
        ("Maintain 步行 and 饮食 habits.", ["步行", "饮食"]),
        ("Eat привет soup often.", ["привет"]),
        ("Ask Lin Yuqing (林雨晴) about it.", []),
        ("The book 《黄帝内经》 is old.", []),
        ("He said “你好” to us.", []),
        ("The (regular步行) habit.", ["步行"]),
        ("β-carotene and α-waves and μg.", []),
        ("Nothing foreign at all.", []),
    ],
)
def test_runs_of_another_script_are_found_unless_they_are_glosses(text: str, expected: list[str]) -> None:
    assert [fragment.text for fragment in untranslated(text + ENGLISH)] == expected


def test_a_fragment_shows_thirty_characters_on_both_sides() -> None:
    (fragment,) = untranslated("Maintain a calm and\n regular步行 (walking) habit on most days of the week." + ENGLISH)

    assert fragment.context == "Maintain a calm and regular步行 (walking) habit on most days"


def test_latin_words_in_another_script_are_no_fragments() -> None:
    assert untranslated(SAMPLES["zh"] * 3 + "CT HPV") == ()
