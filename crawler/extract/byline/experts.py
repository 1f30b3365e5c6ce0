"""Finds clinicians whom an article quotes: '... says Dr. Jane Roe', '某医院内分泌科主任某某教授表示'.

They are experts, never authors, and only those with a clinical title, a full name and a verb of
speech beside it are believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice

from crawler.extract.byline.draft import Draft, Qualifier
from crawler.extract.byline.folding import fold
from crawler.extract.byline.health import MAX_CHARS, is_clinical, is_other_profession, is_proven, speaks_of_illness
from crawler.extract.byline.names import is_name
from crawler.extract.byline.people_han import is_han
from crawler.extract.byline.qualifiers import chunks, classify
from crawler.extract.byline.vocabulary import Vocabulary, vocabulary
from crawler.extract.byline.vocabulary_han import han_words
from db.records import Origin, Person, Role

_WINDOW = 90
_MAX_EXPERTS = 10
_CLAUSE_END = re.compile(r"[。！？；;\n“”\"]")
_NAME = re.compile(r"(?:[^\W\d_](?:[\w'’-]*|\.)[^\S\n]+){1,5}[^\W\d_][\w'’-]*")
_ASIDE = re.compile(r"\s*,\s*(?P<aside>[^.;:!?\n]{3,120}?)\s*,\s*")
_LEAD = re.compile(
    r"\s+(?:(?:the|der|die|le|la|el|o|a|os|as)\s+)?(?P<title>(?:[^\W\dA-ZÀ-Þ_][\w-]*\s+){0,4})(?=[A-ZÀ-Þ])"
)
_BEHIND = re.compile(r"\s*,\s*(?P<said>(?:[^.;:!?\n\"“”»]|\.(?=\w|,)){2,160})")
_ARTICLE = re.compile(r"\A(?:an?|the|ein|eine|un|une|um|uma|una|le|la|el)\s+(?=\w)", re.IGNORECASE)
_SENTENCE = 260
_NEAR = 3
_WHO = re.compile(r"\s(?:who|whose)\s")
_SENTENCE_END = re.compile(r"(?<=[.!?:;\n“”\"»«])\s+|\n")
_OPENING = re.compile(
    r"\W{0,2}(?P<name>[^\W\d_][\w.'’-]*(?:\s[^\W\d_][\w.'’-]*){1,4}),\s(?P<aside>[^;:!?\n]{3,160}?),"
    r"(?:\s(?:who|der|die|qui|que|quien|yang)\b[^;:!?\n]{3,90},?)?\s*"
)
_ARTICLES = r"(?:(?:the|der|die|le|la|el|o|a|en|de|da|do|del)\s+|l')?"


def find_experts(text: str, language: str | None) -> tuple[Person, ...]:
    """The quoted clinicians in the order of the text (its first 50,000 characters), each once, role expert."""
    text = text[:MAX_CHARS]
    words = vocabulary(language)
    drafts = [*(_han(text) if is_han(text) else _latin(text, words))]
    first = {draft.name: draft for draft in reversed(drafts)}
    ordered = dict.fromkeys(draft.name for draft in drafts)
    return tuple(_person(first[name]) for name in ordered)


def sure_experts(text: str, language: str | None) -> tuple[Person, ...]:
    """Those of `find_experts` who are clinicians beyond doubt, at most ten.

    A hospital, a department, a degree or a title of medicine says so. 'Dr.', 'Professor' and 'head of' are titles of
    others, too: they count only in a text that speaks of illness, where nothing beside them tells another profession.
    """
    experts = find_experts(text, language)
    if not experts:
        return ()
    about_illness = speaks_of_illness(text)

    def is_sure(one: Person) -> bool:
        if is_proven(one, language) or is_clinical(one.hospital or ""):
            return True
        return about_illness and not is_other_profession(text, one)

    return tuple(islice(filter(is_sure, experts), _MAX_EXPERTS))


def _person(draft: Draft) -> Person:
    person = draft.person(Role.EXPERT, medical=False)
    return Person(
        name=person.name,
        kind=person.kind,
        role=Role.EXPERT,
        clinical_title=person.clinical_title,
        credentials=person.credentials,
        department=person.department,
        hospital=person.hospital,
        raw=person.raw,
        origin=Origin.TEXT,
    )


@cache
def _han_quotation() -> re.Pattern[str]:
    han = han_words()
    title = han.title_source
    return re.compile(
        rf"(?P<hospital>{han.hospital_source})?(?P<department>{han.department_source})?"
        rf"(?P<before>(?:[、,，]?{title})*)(?P<name>{han.name_source})(?P<behind>(?:[、,，]?{title})*)"
        r"(?:在[^，。,]{0,20}时|[也还曾则])?[,，]?\Z"
    )


def _han(text: str) -> Iterator[Draft]:
    """Reads backwards from each verb of speech, within its clause."""
    words = vocabulary("zh")
    folded = fold(text)
    for verb in words.han.speech.finditer(folded):
        clause = _CLAUSE_END.split(text[max(0, verb.start() - _WINDOW) : verb.start()])[-1]
        match = _han_quotation().search(fold(clause))
        if match is None or not (match["before"] or match["behind"]) or match["name"] in words.not_names:
            continue
        draft = Draft(name=clause[slice(*match.span("name"))], raw=clause[match.start() :])
        for part in ("before", "behind"):
            for title in words.han.title.finditer(match[part]):
                written = clause[match.start(part) + title.start() : match.start(part) + title.end()]
                draft.apply(Qualifier("title", written, health=True))
        draft.department = clause[slice(*match.span("department"))] if match["department"] else None
        draft.hospital = _own_name(clause[slice(*match.span("hospital"))], words) if match["hospital"] else None
        yield draft


def _own_name(hospital: str, words: Vocabulary) -> str | None:
    """Without what leads up to it: 'XX医院' for '记者从XX医院'."""
    start = max((match.end() for match in words.han.not_in_hospitals.finditer(fold(hospital))), default=0)
    return hospital[start:] if words.han.hospital.fullmatch(fold(hospital), start) else None


def _latin(text: str, words: Vocabulary) -> Iterator[Draft]:
    folded = fold(text)
    for title in words.prefixes.finditer(folded):
        if folded[max(0, title.start() - 1) : title.start()].isalnum():
            continue
        name = _full_name(text, title.end(), words)
        if name is None:
            continue
        end = title.end() + len(name)
        aside = _ASIDE.match(text, end)
        spoken = words.speech_after.match(folded, aside.end() if aside else end + 1)
        introduced = _introduced(text[max(0, title.start() - 60) : title.start()], words)
        if not spoken and introduced is None:
            continue
        draft = Draft(name=name, raw=text[title.start() : end])
        draft.apply(Qualifier("title", title[0].strip(), health=True))
        draft.titles[0] = text[title.start() : title.end()].strip()
        for qualifier in (*(introduced or ()), *_said_behind(text, end, words)):
            draft.apply(qualifier)
        yield draft
    yield from _with_degree(text, folded, words)
    yield from _name_first(text, folded, words)


def _name_first(text: str, folded: str, words: Vocabulary) -> Iterator[Draft]:
    """'Ann Roe, a cardiologist at Sunrise Hospital, said ...': the name opens the sentence, the verb closes the aside.

    A title that only clinicians have or a degree of medicine must stand between the commas.
    """
    for verb in words.speech_after.finditer(folded):
        sentence = _SENTENCE_END.split(text[max(0, verb.start() - _SENTENCE) : verb.start()])[-1]
        match = _OPENING.fullmatch(sentence)
        if match is None or not is_name(match["name"], words, labelled=False, titled=True):
            continue
        said: list[Qualifier] = []
        for chunk in chunks(_WHO.split(match["aside"])[0]):
            found = classify(_ARTICLE.sub("", chunk), words)
            if not found:
                break
            said += found
        if any(one.health and (one.kind == "credential" or is_clinical(one.value)) for one in said):
            draft = Draft(name=match["name"], raw=match["name"])
            for qualifier in said:
                draft.apply(qualifier)
            yield draft


def _with_degree(text: str, folded: str, words: Vocabulary) -> Iterator[Draft]:
    """'... explains Ann Roe, MD, an endocrinologist at ...': the degree or title stands behind the name."""
    for verb in words.speech_before.finditer(folded):
        lead = _LEAD.match(text, verb.end())
        start = lead.end() if lead else verb.end() + 1
        if not text[start : start + 1].isupper() or words.prefixes.match(folded, start):
            continue
        if (name := _full_name(text, start, words)) is None:
            continue
        end = start + len(name)
        before = classify(_without_lead_in(lead["title"], words), words) if lead and lead["title"] else []
        said = [*before, *(_said_behind(text, end, words) if text[end : end + 1] == "," else [])]
        if any(one.health and one.kind in ("credential", "title") for one in said):
            draft = Draft(name=name, raw=text[start:end])
            for qualifier in said:
                draft.apply(qualifier)
            yield draft


def _without_lead_in(title: str, words: Vocabulary) -> str:
    """'registered dietitian' of 'by registered dietitian'."""
    lead_in = words.lead_ins.match(fold(title))
    return title[lead_in.end() if lead_in else 0 :].strip()


def _introduced(before: str, words: Vocabulary) -> list[Qualifier] | None:
    """What stands between a verb of speech and a title; None where no verb does: 'sagt Oberärztin Dr. ...'.

    Nothing, an article, or another title and where its owner works.
    """
    folded = fold(before)
    found = re.search(rf"(?:{words.speech_before.pattern})\s+{_ARTICLES}(?P<title>(?:[\w-]+,?\s+){{0,7}})\Z", folded)
    if found is None:
        return None
    start, end = found.span("title")
    lead = words.lead_ins.match(folded, start, end)
    between = before[lead.end() if lead else start : end].strip(" ,").split()
    for length in range(len(between), 0, -1):
        known = classify(" ".join(between[:length]), words)
        if any(one.kind == "title" for one in known):
            place = classify(" ".join(between[length:]), words) if length < len(between) else []
            return [*known, *place] if place or len(between) <= _NEAR else None
    return None if between else []


def _said_behind(text: str, end: int, words: Vocabulary) -> list[Qualifier]:
    """What stands between commas behind a name, up to the first that says nothing known."""
    behind = _BEHIND.match(text, end)
    said: list[Qualifier] = []
    for chunk in chunks(behind["said"]) if behind else ():
        found = classify(_ARTICLE.sub("", chunk), words)
        if not found:
            break
        said += found
    return said


def _full_name(text: str, start: int, words: Vocabulary) -> str | None:
    """The longest full name that begins here: two words at least, a surname alone says too little."""
    match = _NAME.match(text, start)
    tokens = match[0].split(" ") if match else []
    for length in range(len(tokens), 1, -1):
        name = " ".join(tokens[:length])
        place = words.hospitals.search(fold(name)) or not words.departments.isdisjoint(fold(name).split())
        if not place and is_name(name, words, labelled=True, titled=True):
            return name
    return None
