"""The words of bylines for one language, compiled: its own table, English and Chinese.

English words stand in pages of all languages and Chinese ones cannot be mistaken for others, so both
are always known. Where the language is unknown every table is used, except for the one-word labels
('von', 'par', 'por') that are ordinary words elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from crawler.extract.byline.folding import fold
from crawler.extract.byline.vocabulary_han import HanWords, han_words
from crawler.extract.words import any_of, languages, primary, table

_LETTER = r"[^\W\d_]"
_NUMBER = r"\d[\d.,]*\s?(?:k|m|万|萬)?\+?"

ROLE_KINDS = frozenset(
    {"author", "byline", "medical_reviewer", "reviewer", "author_reviewer", "expert", "answerer", "doctor", "name"}
)
"""Labels whose value is people."""
DATE_KINDS = frozenset({"published", "modified", "reviewed", "next_review", "other_date"})
"""Labels whose value is a date."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Compiled tables; every pattern and set is over folded text (`crawler.extract.byline.folding.fold`)."""

    labels: re.Pattern[str]
    """Latin labels need a word boundary, Chinese ones none."""
    kinds: Mapping[str, str]
    """Label that stands without a colon -> its kind."""
    colon_kinds: Mapping[str, str]
    """Label before a colon -> its kind."""
    headings: re.Pattern[str]
    noise: re.Pattern[str]
    """Read counts, reading times, buttons, a bare time of day: whole pieces that say nothing."""
    answers: re.Pattern[str]
    """'replied' and the like behind the name of whom a question was put to."""
    buttons: frozenset[str]
    """Words of the page's controls that may stick to the end of a value."""
    links: re.Pattern[str]
    """Only words that may stand between a name and its date."""
    lead_ins: re.Pattern[str]
    conjunction: re.Pattern[str]
    at: re.Pattern[str]
    """Between a title and a hospital."""
    non_sources: frozenset[str]
    credits: re.Pattern[str]
    """Picture agencies, or a press agency behind a slash ('Jane Roe/dpa')."""
    placeholders: frozenset[str]
    organisations: frozenset[str]
    compounds: tuple[str, ...]
    """Organisations that end a longer word ('Gesundheitsredaktion')."""
    jobs: frozenset[str]
    agencies: frozenset[str]
    not_names: frozenset[str]
    topics: frozenset[str]
    imprints: tuple[str, ...]
    clinicians: re.Pattern[str]
    """Words in a label that say that its value is a clinician ('审核医生')."""
    prefixes: re.Pattern[str]
    """Clinical titles before a name; matched at its start."""
    address: frozenset[str]
    """Prefixes written out ('docteur') that open a name even where no label says so."""
    honorifics: re.Pattern[str]
    titles: frozenset[str]
    title_endings: tuple[str, ...]
    title_beginnings: re.Pattern[str]
    degrees: Mapping[str, bool]
    """Degree without dots, spaces and case -> whether it is one of health."""
    departments: frozenset[str]
    department_beginnings: re.Pattern[str]
    hospitals: re.Pattern[str]
    licences: re.Pattern[str]
    speech_after: re.Pattern[str]
    """Verbs of speech that follow the name of an expert."""
    speech_before: re.Pattern[str]
    han: HanWords


def vocabulary(language: str | None) -> Vocabulary:
    """The vocabulary for an ISO 639-1 code, with or without a region; for None the one of all languages."""
    return _vocabulary(primary(language))


@cache
def _vocabulary(language: str | None) -> Vocabulary:
    codes = tuple(dict.fromkeys((language, "en", "zh"))) if language else languages()
    tables = tuple(table(code) for code in codes if code)
    kinds, colon_kinds = _kinds(tables, weak=table(language or "en")["labels"]["byline"])
    latin = any_of(label for label in colon_kinds if not _is_han(label))
    han = any_of(label for label in colon_kinds if _is_han(label))

    def words(section: str, key: str) -> list[str]:
        return [fold(word) for found in tables for word in found[section].get(key, ())]

    return Vocabulary(
        labels=re.compile(rf"(?<!{_LETTER})(?:{latin})(?!{_LETTER})|{han}"),
        kinds=kinds,
        colon_kinds=colon_kinds,
        headings=_whole(words("words", "headings")),
        noise=re.compile("|".join(_noise(words("words", "noise")))),
        answers=_whole(words("words", "answers")),
        buttons=frozenset(words("words", "buttons")),
        links=re.compile(rf"(?:{any_of(words('words', 'links'))}|[^\w]|\s)*"),
        lead_ins=re.compile(rf"(?:(?:{any_of(words('words', 'lead_ins'))})(?!\w)[\s:]*)+"),
        conjunction=re.compile(rf"\s*[;；]\s*|,?\s+(?:{any_of(words('words', 'conjunctions'))})\s+"),
        at=re.compile(rf"\s+(?:{any_of(words('people', 'at'))})\s+(?:(?:the|der|la|el)\s+|l')?"),
        non_sources=frozenset(words("words", "non_sources")),
        credits=re.compile(
            rf"{any_of(words('words', 'picture_agencies'))}|/\s?(?:{any_of(words('words', 'agencies'))})(?!\w)"
        ),
        placeholders=frozenset(words("words", "placeholders")),
        organisations=frozenset(words("words", "organisations")),
        compounds=tuple(word for word in words("words", "organisations") if len(word) >= 7),
        jobs=frozenset(words("words", "jobs")),
        agencies=frozenset(words("words", "agencies")),
        not_names=frozenset(words("words", "not_names")),
        topics=frozenset(words("words", "topics")),
        imprints=tuple(words("words", "imprints")),
        clinicians=re.compile(any_of(words("people", "clinicians"))),
        prefixes=re.compile(rf"(?:{any_of(_prefixes(codes))})(?![^\W_])\.?\s*"),
        address=frozenset(words("people", "address")),
        honorifics=re.compile(rf"(?:{any_of(words('people', 'honorifics'))})(?![^\W_])\.?\s*"),
        titles=frozenset(words("people", "titles")),
        title_endings=tuple(words("people", "title_endings")),
        title_beginnings=re.compile(rf"(?:{any_of(words('people', 'title_beginnings'))})(?!\w)"),
        degrees=_degrees(tables),
        departments=frozenset(words("people", "departments")),
        department_beginnings=re.compile(rf"(?:{any_of(words('people', 'department_beginnings'))})(?!\w)"),
        hospitals=_whole(words("people", "hospitals")),
        licences=re.compile("|".join(f"(?:{word})" for found in tables for word in found["people"]["licences"])),
        speech_after=_whole(words("experts", "after")),
        speech_before=_whole(words("experts", "before")),
        han=han_words(),
    )


def _prefixes(codes: tuple[str | None, ...]) -> list[str]:
    """The titles before a name; abbreviations ('Dr. med.', 'Dra.') are known in every language."""
    return [
        fold(prefix)
        for language in languages()
        for prefix in table(language)["people"]["prefixes"]
        if language in codes or "." in prefix
    ]


def _is_han(label: str) -> bool:
    return any("\u3400" <= char <= "\u9fff" for char in label)


def _whole(words: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{any_of(words)})(?!\w)")


def _kinds(tables: tuple[Mapping[str, Any], ...], weak: list[str]) -> tuple[dict[str, str], dict[str, str]]:
    """Kinds of labels without and with a colon; earlier tables win, and a label without a colon may have one."""
    kinds: dict[str, str] = {}
    strict: dict[str, str] = {}
    for found in tables:
        for kind, labels in found["labels"].items():
            for label in map(fold, labels if kind != "byline" else ()):
                (strict if label.endswith(":") else kinds).setdefault(label.removesuffix(":"), kind)
    kinds |= {fold(label): "byline" for label in weak}
    return kinds, kinds | strict


def _noise(templates: list[str]) -> Iterator[str]:
    yield r"\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\.?)?(?:\s?(?:uhr|[a-z]{2,4}t))?"
    for template in sorted(set(templates), key=len, reverse=True):
        yield re.escape(template).replace(r"\{n\}", _NUMBER).replace(r"\ ", r"\s*")


def _degrees(tables: tuple[Mapping[str, Any], ...]) -> dict[str, bool]:
    degrees: dict[str, bool] = {}
    for found in tables:
        for kind, clinical in (("academic_degrees", False), ("physician_degrees", True), ("clinical_degrees", True)):
            degrees |= {degree_key(degree): clinical for degree in found["people"][kind]}
    return degrees


def degree_key(degree: str) -> str:
    """A degree as it is looked up: 'M.D.' and 'Ph D' like 'md' and 'phd'."""
    return re.sub(r"[.\s'-]", "", fold(degree))
