"""The language model in little memory (crawler/extract/language_model.py), beside the library whose model it is."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from crawler.extract.language_model import LanguageModel, load_model

LANGUAGES = frozenset("de nl sv da pt gl id ms tr pl cs ru uk bg ar fa hi mr".split())

SENTENCES = {
    "nl": "Drink elke dag genoeg water en slaap op vaste tijden, want het lichaam heeft beide nodig.",
    "sv": "Drick tillräckligt med vatten varje dag och sov på bestämda tider, för kroppen behöver båda.",
    "pt": "Beba água suficiente todos os dias e durma a horas certas, porque o corpo precisa das duas coisas.",
    "id": "Minumlah cukup air setiap hari dan tidurlah secara teratur, karena tubuh membutuhkan keduanya.",
    "pl": "Pij codziennie dość wody i śpij o stałych porach, bo ciało potrzebuje jednego i drugiego.",
    "uk": "Пийте щодня достатньо води і спіть в один і той самий час, бо тіло потребує обох речей.",
    "fa": "هر روز آب کافی بنوشید و سر ساعت بخوابید، زیرا بدن به هر دو نیاز دارد.",
    "hi": "हर दिन पर्याप्त पानी पिएँ और समय पर सोएँ, क्योंकि शरीर को दोनों की आवश्यकता होती है।",
}


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    return load_model(LANGUAGES)


@pytest.fixture(scope="module")
def library() -> LanguageIdentifier:
    return LanguageIdentifier.from_model_file(MODEL_FILE)


@pytest.mark.parametrize(("code", "text"), SENTENCES.items(), ids=SENTENCES)
def test_the_likeliest_language_is_found(model: LanguageModel, code: str, text: str) -> None:
    assert model.best(text, LANGUAGES) == code


@settings(deadline=None, max_examples=200)
@given(text=st.text(st.sampled_from(" aeinrstdoulmgcåäöéãçğıżśйиетоўاینहैक的\n.,1"), max_size=300))
def test_the_answer_is_the_librarys(model: LanguageModel, library: LanguageIdentifier, text: str) -> None:
    ranked = library.rank(text)
    expected = next(code for code, _ in ranked if code in LANGUAGES)
    tied = [code for code, score in ranked if code in LANGUAGES and score == dict(ranked)[expected]]

    assert model.best(text, LANGUAGES) in (tied if len(tied) == 1 else [*tied, None])


def test_only_the_languages_asked_for_are_answered(model: LanguageModel) -> None:
    assert model.best(SENTENCES["nl"], {"ru", "uk"}) in ("ru", "uk")
    assert model.best(SENTENCES["nl"], {"xx"}) is None


@pytest.mark.parametrize("text", ["", "\ud800", "\x00"])
def test_a_text_without_any_known_sequence_has_no_language(model: LanguageModel, text: str) -> None:
    assert model.best(text, LANGUAGES) is None


GROWTH = """
import crawler.extract.language as language

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS"))

before = resident()
language._model()
print(resident() - before)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_the_model_takes_less_than_thirty_megabytes() -> None:
    grown = subprocess.run([sys.executable, "-c", GROWTH], capture_output=True, text=True, check=True, timeout=60)

    assert int(grown.stdout) < 30_000
