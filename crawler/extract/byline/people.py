"""Reads people in Latin script: titles, name, degrees and all that follows the name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import chain, takewhile

from crawler.extract.byline.draft import Draft, Qualifier
from crawler.extract.byline.folding import fold
from crawler.extract.byline.names import (
    capitalised,
    is_name,
    is_organisation,
    is_placeholder,
    without_staff_number,
    written_name,
)
from crawler.extract.byline.qualifiers import chunks, classify, is_degree
from crawler.extract.byline.vocabulary import Vocabulary

_EDGES = " \t,;:|*–—-"
_ARTICLE = re.compile(r"(?:The|Le|La|L'|Les|Der|Die|Das|El|Los|Il|O|A)\s+(?=[A-ZÀ-Þ])")
# what follows a label that no table knows says nothing of the person before it: 'Ann Roe. Approval: Dr. ...'
_UNKNOWN_LABEL = re.compile(r"(?<!\w)[^\W\d_]+(?:\s[^\W\d_]+){0,2}\s?:\s(?!\d).*", re.DOTALL)


def read_people(text: str, words: Vocabulary, *, labelled: bool) -> tuple[list[Draft], str]:
    """The people in the value of a role label, and what was left over.

    Without a label (`labelled` false) only what begins with a clinical title or carries a degree is a
    person. A placeholder gives nobody and leaves nothing over.
    """
    folded = fold(text)
    lead = words.lead_ins.match(folded)
    named = _UNKNOWN_LABEL.sub("", text[lead.end() if lead and labelled else 0 :])
    bare = without_buttons(named.strip(_EDGES), words)
    if is_placeholder(without_staff_number(bare), words):
        return [], ""
    drafts: list[Draft] = []
    rest: list[str] = []
    parts = [*_people_parts(bare, words)]
    for part in parts:
        found, left = _read_part(part, words, labelled=labelled, listed=len(parts) > 1)
        drafts += found
        if left:
            rest.append(left)
    if lead and labelled and len(drafts) == 1 and drafts[0].organisation and _ARTICLE.match(text):
        # 'Le Figaro et AFP': an article in capitals is part of a house's name
        drafts[0].name = f"{text[: lead.end()].strip()} {drafts[0].name}"
    return drafts, " ".join(rest)


def without_buttons(text: str, words: Vocabulary) -> str:
    """The text without 'Print' and 'Share' at its end."""
    tokens = text.split()
    while len(tokens) > 1 and fold(tokens[-1]) in words.buttons:
        tokens.pop()
    return " ".join(tokens)


def read_qualifiers(text: str, words: Vocabulary) -> tuple[list[Qualifier], str]:
    """What a text without a name says about the person before or after it, and what was left over."""
    known: list[Qualifier] = []
    rest: list[str] = []
    for chunk in chunks(text):
        found = classify(chunk, words)
        known += found
        if not found:
            rest.append(chunk)
    return known, " ".join(rest)


def starts_with_title(text: str, words: Vocabulary) -> bool:
    """Whether the text begins with an abbreviated clinical title ('Dr.', 'Prof. Dr. med.') and a capital."""
    match = _clinical_prefix(fold(text), 0, words)
    if match is None or not text[match.end() : match.end() + 1].isupper():
        return False
    written = match[0].strip()
    return "." in written or len(written) <= 4 or written in words.address


def _clinical_prefix(folded: str, position: int, words: Vocabulary) -> re.Match[str] | None:
    """The clinical title that begins there; 'Dr.' of 'Dr. jur.' is none."""
    match, other = words.prefixes.match(folded, position), words.honorifics.match(folded, position)
    return None if match and other and other.end() > match.end() else match


def has_title_behind_name(text: str, words: Vocabulary) -> bool:
    """'Gao Wenli Chief Physician': a title of several words behind two others."""
    tokens = fold(text).split()
    titled = (" ".join(tokens[start:]) in words.titles for start in range(2, len(tokens) - 1))
    return fold(text) not in words.titles and any(titled)


def _people_parts(text: str, words: Vocabulary) -> Iterator[str]:
    """Cuts at 'and' and ';' where another person follows, not inside 'Obstetrics and Gynecology'."""
    start = 0
    for joint in words.conjunction.finditer(fold(text)):
        left, right = text[start : joint.start()], text[joint.end() :]
        if joint.start() < start or not left.strip():
            continue
        if ";" in joint[0] or _is_joint(left, right, words):
            yield left
            start = joint.end()
    yield text[start:]


def _is_joint(left: str, right: str, words: Vocabulary) -> bool:
    if words.prefixes.match(fold(right)):
        return True
    last = [*chunks(left)][-1:]
    known = {found.kind for chunk in last for found in classify(chunk, words)}
    if known & {"department", "hospital", "title"} or left.count("(") > left.count(")"):
        return False
    head = _without_job(next(chunks(words.conjunction.split(right, maxsplit=1)[0]), ""), words)
    names = [token for token in head.split() if token[:1].isupper()]
    return len(names) >= 2 and len(left.split()) >= 2 and is_name(_without_degrees(head, words), words, labelled=True)


def _without_degrees(text: str, words: Vocabulary) -> str:
    tokens = text.split()
    while len(tokens) > 2 and is_degree(tokens[-1].strip(","), words):
        tokens.pop()
    return " ".join(tokens)


def _read_part(text: str, words: Vocabulary, *, labelled: bool, listed: bool) -> tuple[list[Draft], str]:
    parts = list(chunks(text))
    if not parts:
        return [], ""
    drafts: list[Draft] = []
    for index, chunk in enumerate(parts):
        follows = index + 1 < len(parts) and any(
            found.kind in {"credential", "title"} for found in classify(parts[index + 1], words)
        )
        found = classify(chunk, words) if drafts else []
        # 'Dokter Umum', 'Docteur Généraliste': a title that begins like an address
        titled = starts_with_title(chunk, words) and fold(chunk) not in words.titles
        if drafts and found and not titled:
            for qualifier in found:
                drafts[-1].apply(qualifier)
            continue
        # 'Ann Roe, Ben Doe and Cy Poe': between names that carry nothing a comma parts people.
        bare = bool(drafts) and (drafts[-1].organisation or (listed and not drafts[-1].credentials))
        another = titled or ((follows or bare) and len(chunk.split()) > 1) if drafts else True
        if another:
            draft, left = read_person(chunk, words, labelled=labelled, degree_follows=follows)
            if draft is not None and not (left and not labelled):
                draft.raw = text if len(parts) == 1 or not drafts else chunk
                drafts.append(draft)
                if left:
                    return drafts, _without_predicate(", ".join([left, *parts[index + 1 :]]), draft, words)
                continue
        if not drafts or chunk[0].islower() or len(chunk.split()) > 5:
            return drafts, ", ".join(parts[index:])
    return drafts, ""


_COPULA = re.compile(
    r"(?:is|ist|est|es|é|adalah|works as|arbeitet als)\s+"
    r"(?:(?:an?|the|ein|eine|un|une|uma?|le|la|el|o|seorang)\s+)?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"\.\s")


def _without_predicate(text: str, draft: Draft, words: Vocabulary) -> str:
    """What is left over; '' where the person takes it: 'is a consultant urologist at Ridge Hospital'."""
    copula = _COPULA.match(text)
    said = [classify(chunk, words) for chunk in chunks(_SENTENCE.split(text[copula.end() :])[0])] if copula else []
    if not said or not said[0]:
        return text
    for qualifier in chain.from_iterable(takewhile(bool, said)):
        draft.apply(qualifier)
    return ""


def read_person(chunk: str, words: Vocabulary, *, labelled: bool, degree_follows: bool) -> tuple[Draft | None, str]:
    """One person out of titles, name and degrees without commas between; what follows the name is left over."""
    unnamed = not (words.prefixes.match(fold(chunk)) or has_title_behind_name(chunk, words))
    if unnamed and any(known.kind in {"title", "department"} for known in classify(chunk, words)):
        return None, ""  # 'Reviewed by Cardiologist': nobody is named
    draft = Draft(name="", raw=chunk)
    text = _take_prefixes(chunk, draft, words)
    text = _take_tail(_without_job(text, words), draft, words)
    text = without_staff_number(text.strip(_EDGES))
    if not text or words.prefixes.fullmatch(fold(text)) or (is_placeholder(text, words) and not draft.health):
        return None, ""
    if is_organisation(text, words) and not draft.health and not degree_follows:
        if text[0].islower() and words.links.fullmatch(fold(text.split()[0])):
            return None, chunk  # 'in News': where it stands, no house
        if not labelled or not capitalised(" ".join(_without_organisation_words(text, words))):
            return None, chunk
        draft.name, draft.organisation = text, True
        return draft, ""
    abbreviated = bool(draft.titles) and len(draft.titles[0]) <= 4
    lower = labelled and (abbreviated or degree_follows) and text.islower()
    titled = (draft.health or degree_follows) and not lower
    if is_name(text, words, labelled=labelled or bool(draft.titles), titled=titled, lower=lower):
        if not labelled and not titled:
            return None, chunk
        draft.name = written_name(text).title() if lower else written_name(text)
        return draft, ""
    return _name_and_rest(text, draft, words) if labelled else (None, chunk)


def _without_organisation_words(text: str, words: Vocabulary) -> list[str]:
    return [token for token in text.split() if fold(token) not in words.organisations]


def _name_and_rest(text: str, draft: Draft, words: Vocabulary) -> tuple[Draft | None, str]:
    """'Jane Roe for Sunrise Health': the longest name at the start, if a small word ends it."""
    tokens = text.split()
    for length in range(min(6, len(tokens) - 1), 1, -1):
        name = " ".join(tokens[:length])
        ends = tokens[length][0].islower() and not is_organisation(name, words)
        if ends and is_name(name, words, labelled=True):
            draft.name = written_name(name)
            return draft, " ".join(tokens[length:])
    return None, text


def _without_job(text: str, words: Vocabulary) -> str:
    """'Jane Roe' for 'HealthWire Reporter Jane Roe'."""
    tokens = text.split()
    for position in range(min(4, len(tokens) - 2)):
        if fold(tokens[position]) in words.jobs:
            return " ".join(tokens[position + 1 :])
    return text


def _take_prefixes(text: str, draft: Draft, words: Vocabulary) -> str:
    position, folded = 0, fold(text)
    while True:
        match = _clinical_prefix(folded, position, words)
        if match and match.end() < len(text):
            draft.apply(Qualifier("title", text[match.start() : match.end()].strip(), health=True))
        else:
            match = words.honorifics.match(folded, position)
        if not match or match.end() >= len(text):
            return text[position:]
        position = match.end()


def _take_tail(text: str, draft: Draft, words: Vocabulary) -> str:
    """Takes degrees, titles and departments off the end of 'Gao Wenli MD' or 'Gao Wenli Chief Physician'."""
    tokens = text.split()
    floor = 1 if draft.health else 2
    tail: list[Qualifier] = []
    while len(tokens) > floor and is_degree(tokens[-1].strip(",."), words):
        tail.append(Qualifier("credential", tokens[-1], words.degrees[_key(tokens[-1])]))
        tokens.pop()
    for qualifier in reversed(tail):
        draft.apply(qualifier)
    for start in range(2, len(tokens)):
        if tokens[start][0].isupper() and (found := _glued(tokens[start:], words)):
            for qualifier in found:
                draft.apply(qualifier)
            return " ".join(tokens[:start])
    return " ".join(tokens)


def _glued(tokens: list[str], words: Vocabulary) -> list[Qualifier]:
    """'Chief Physician Sunrise Hospital': a title or a department, and at most one thing more."""
    for end in range(len(tokens), 0, -1):
        head = " ".join(tokens[:end])
        kind = "title" if fold(head) in words.titles else "department" if fold(head) in words.departments else None
        if kind:
            tail = classify(" ".join(tokens[end:]), words) if end < len(tokens) else []
            return [Qualifier(kind, head, health=True), *tail] if tail or end == len(tokens) else []
    return []


def _key(token: str) -> str:
    return re.sub(r"[.\s'-]", "", fold(token.strip(",.")))
