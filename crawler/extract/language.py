"""The language of an article, from its words, and what was left in another script."""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from crawler.extract.language_model import LanguageModel, load_model
from db.records import Fragment

# languages told apart by letters and words; scripts of one language only are decided without the model
_LATIN = frozenset(
    """en de fr es pt it nl sv da no nn fi is pl cs sk sl hr hu ro tr id ms vi sq lt lv et ca eu gl ga cy af sw
tl mt az uz""".split()
)
_CYRILLIC = frozenset({"ru", "uk", "be", "bg", "sr", "mk", "kk", "ky", "mn"})
_ARABIC = frozenset({"ar", "fa", "ur", "ps", "ug"})
_DEVANAGARI = frozenset({"hi", "mr", "ne"})
_SAMPLE = 600
# every fourth word of a language's prose, and in no other language more than a few; languages whose relatives share
# such words (Portuguese and Galician, Indonesian and Malay) are left to the model
_FREQUENT = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to is are that with for this was which have from not can by their may",
        "de": "der die das und ist nicht ein eine den dem von zu mit sich auf für im bei auch oder einen wird sind",
        "fr": "les des et est une dans pour pas sur au par sont avec qui ce il ne du le la plus aux ou cette être",
        "es": "el los las y con una por para su más lo pero sus ha este cuando muy sin sobre entre también es se del",
    }.items()
}
_FREQUENT_SHARE = 0.15
_FREQUENT_WORDS = 5
_RIVAL = 2
"""So many times as often as those of the next language."""
_SCRIPT_SAMPLE = 4000
_MIN_LETTERS = 20

_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())

# (name, characters of the script)
_SCRIPTS = (
    ("kana", "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"),
    ("hangul", "\u1100-\u11ff\u3131-\u318e\uac00-\ud7a3"),
    ("han", "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002ffff"),
    ("cyrillic", "\u0400-\u052f"),
    ("arabic", "\u0600-\u06ff\u0750-\u077f"),
    ("devanagari", "\u0900-\u097f"),
    ("thai", "\u0e01-\u0e5b"),
    ("hebrew", "\u0590-\u05ff"),
    ("greek", "\u0370-\u03ff\u1f00-\u1fff"),
    ("latin", "A-Za-z\u00c0-\u024f\u1e00-\u1eff"),
)
_COUNTED = [(name, re.compile(f"[{chars}]")) for name, chars in _SCRIPTS]
_ONE_LANGUAGE = {"thai": "th", "hebrew": "he", "greek": "el"}
_SEVERAL = {"cyrillic": _CYRILLIC, "arabic": _ARABIC, "devanagari": _DEVANAGARI, "latin": _LATIN}

# Greek is left out: single letters of it are the normal names of hormones, rays and proteins
_FOREIGN = "".join(chars for name, chars in _SCRIPTS if name not in ("latin", "greek"))
_RUN = re.compile(f"[{_FOREIGN}](?:[{_FOREIGN}0-9·、，。：；！？“”《》\\s]*[{_FOREIGN}])?")
_CONTEXT = 30
_MAX_FRAGMENTS = 50
_OPEN, _CLOSE = '(（[【「『《〈“‘"', ')）]】」』》〉”’"'
_GLOSS_LIMIT = 40


def main_script(text: str) -> str | None:
    """The script that most letters of a text are in ('latin', 'han', 'kana', ...), None where there are too few."""
    sample = _sample(text, _SCRIPT_SAMPLE)
    plain = sample.encode("ascii", "ignore")
    letters, others = len(plain.translate(None, _NO_LETTERS)), len(sample) - len(plain)
    # even if all others were Han: most pages are decided here, at a tenth of the price
    if letters >= _MIN_LETTERS and letters > 3 * others:
        return "latin"
    counts = {name: len(pattern.findall(sample)) for name, pattern in _COUNTED}
    # one Han character says as much as several letters
    weighted = {name: count * (3 if name in ("han", "kana", "hangul") else 1) for name, count in counts.items()}
    best = max(weighted, key=lambda name: weighted[name])
    return best if weighted[best] >= _MIN_LETTERS else None


def language_of(text: str) -> str | None:
    """ISO 639-1 code of a text's language, None where there are too few letters to tell."""
    script = main_script(text)
    if script is None:
        return None
    if script in ("han", "kana"):
        sample = _sample(text, _SCRIPT_SAMPLE)
        kana, han = (len(_COUNTED[place][1].findall(sample)) for place in (0, 2))
        return "ja" if kana > 0.1 * han else "zh"
    if script == "hangul":
        return "ko"
    if script in _ONE_LANGUAGE:
        return _ONE_LANGUAGE[script]
    sample = _sample(text, _SAMPLE)
    code = _by_frequent_words(sample) if script == "latin" else None
    code = code or _model().best(sample, _SEVERAL[script])
    return {"nn": "no"}.get(code or "", code)


def _by_frequent_words(text: str) -> str | None:
    """The language of a text in Latin script where its most frequent words leave no doubt."""
    spoken = text.lower().split()
    known = {language: [word for word in spoken if word in words] for language, words in _FREQUENT.items()}
    first, second = sorted(known, key=lambda language: len(known[language]), reverse=True)[:2]
    enough = len(known[first]) >= _FREQUENT_SHARE * len(spoken) and len(set(known[first])) >= _FREQUENT_WORDS
    return first if enough and len(known[first]) >= _RIVAL * len(known[second]) else None


def _sample(text: str, size: int) -> str:
    """The start and the middle of a text: openings are often names and numbers."""
    if len(text) <= size:
        return text
    middle = len(text) // 2
    return text[: size // 2] + " " + text[middle : middle + size // 2]


@cache
def _model() -> LanguageModel:
    """The model, loaded when first needed: most crawls of one site never need it."""
    return load_model(frozenset().union(*_SEVERAL.values()))


def untranslated(text: str) -> tuple[Fragment, ...]:
    """Runs of another script in a text whose main script is Latin, in reading order, at most 50.

    Not counted: a gloss in brackets or quotation marks, as after a name ('Gao Jun (高军)'). The reverse, Latin words in
    a text of another script, is normal (CT, HPV, names of drugs) and never counted.
    """
    if text.isascii() or main_script(text) != "latin":
        return ()
    found = []
    for match in _RUN.finditer(text):
        if _is_gloss(text, match.start(), match.end()):
            continue
        context = text[max(0, match.start() - _CONTEXT) : match.end() + _CONTEXT]
        found.append(Fragment(text=match[0], context=" ".join(context.split())))
        if len(found) == _MAX_FRAGMENTS:
            break
    return tuple(found)


def _is_gloss(text: str, start: int, end: int) -> bool:
    """Whether a run stands in brackets or quotation marks that hold hardly anything else."""
    before = text[max(0, start - _GLOSS_LIMIT) : start]
    after = text[end : end + _GLOSS_LIMIT]
    opened = max((before.rfind(mark) for mark in _OPEN), default=-1)
    closed = min((position for mark in _CLOSE if (position := after.find(mark)) >= 0), default=-1)
    if opened < 0 or closed < 0:
        return False
    inside = before[opened + 1 :] + after[:closed]
    if "\n" in inside or any(mark in before[opened + 1 :] for mark in _CLOSE if mark not in "\"'’”"):
        return False
    # what is glossed stands before the bracket and is Latin; letters glued on mean a half-translated word
    glued = before[opened + 1 :][-1:].isalpha() and unicodedata.name(before[-1:], "").startswith("LATIN")
    return not glued
