"""People who sign where no header stands: in a box or a sentence below the text, and over an answer.

The lines of a header are read by themselves (content.py). Here the place says less, so that a label in so many words
("About the author", "Texte relu par", "本文作者"), the name of somebody who is known already, or a question above is
asked for. Boxes of other articles and of the site's team stand there, too: the first line that leads to another article
ends the reading.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import chain, islice, pairwise

from lxml import html

from crawler.extract.byline import Byline, is_proven, is_role_label, opens_with_role, read_byline
from crawler.extract.clean import title_key
from crawler.extract.content import Content
from crawler.extract.flow import MARK, Line, read_lines
from crawler.extract.form import is_prose
from crawler.extract.phrases import is_end
from crawler.extract.reading import Reading
from crawler.extract.stated_people import is_plain_name
from db.records import Person, PersonKind, Role

_BELOW = 40
"""Lines from the last of the body on that are looked at."""
_LAST = 6
"""Lines of the body's end that may be signatures."""
_BOX = 3
"""Lines of a box that are read, after its label."""
_MAX_LINE = 400
_LINK_TITLE = 25
_MAX_ANSWERERS = 10
_ANSWERER_LINE = 100
_WORD = re.compile(r"\w")
_COPULA = re.compile(
    r",?\s+(?:is|ist|est|es|é|adalah|works as|arbeitet als)\s+"
    r"(?:(?:an?|the|ein|eine|un|une|uma?|le|la|el|o|a|seorang)\s+)?",
    re.IGNORECASE,
)
_STATEMENT = re.compile(r"(?<=[a-zà-ÿ)]{3})\.\s+(?=[A-ZÀ-Þ])|。")
_MORE = re.compile(r"\s+(?:in|with|who|and|und|et|y|e|dan|based|whose|mit|en|em|di|yang|où|der|die|qui|que)\s")
_QUESTION = re.compile(r"[?？]\s*$|(?:吗|嗎|呢|怎么办|怎麼辦|怎么回事|怎麼回事|什么|如何)\s*$")
_BOX_NAME = re.compile(
    r"(?:author|writer|contributor|autor)[\w-]{0,8}[-_]{1,2}(?:bio|box|card|info|about)", re.IGNORECASE
)
_BOX_WORDS = ("author-bio", "author-box", "author-card", "author-info", "author_bio", "author_box", "author_info")
_MAX_BOXES = 5


def add_signed(reading: Reading, byline: Byline, content: Content, fetched_at: datetime) -> tuple[Byline, Content]:
    """The byline with who signs below the text or over an answer, and the body without these lines."""
    reader = _Reader(reading, fetched_at)
    body = content.body.split("\n")
    read: set[str] = set()
    for texts in _answers(reading):
        told = reader.read(texts)
        people = tuple(replace(one, role=Role.ANSWERER) if one.role is Role.UNSPECIFIED else one for one in told.people)
        joined = _joined(byline, replace(told, people=people))
        if joined is not byline:
            byline = joined
            read.update(texts)
    for texts in (*_labelled(reading, body), *_labelled_boxes(reading)):
        joined = _joined(byline, reader.read(texts))
        if joined is not byline:
            # a biography in sentences is cut only where it is a clinician's: of others, bodies end in such
            if joined.people[-1].kind is PersonKind.CLINICIAN or not any(map(is_prose, texts)):
                read.update(texts)
            byline = joined
        elif len(texts) > 1 and not any(map(is_prose, texts)):
            read.update(texts)
    byline = _with_boxes(reading, body, byline, reader)
    kept = [line for line in body if line not in read]
    return byline, replace(content, body="\n".join(kept)) if len(kept) < len(body) and kept else content


class _Reader:
    """The byline grammar, with what it needs to know of the page."""

    def __init__(self, reading: Reading, fetched_at: datetime) -> None:
        self.language = reading.language
        self._order = reading.site.date_order
        self._fetched_at = fetched_at

    def read(self, texts: Sequence[str]) -> Byline:
        """What lines say; a biography's first sentence is read as name and title where they say nothing as they are.

        Somebody who only calls himself professor or doctor is no clinician here, unless they review.
        """
        found = self._read(texts)
        if not any(map(self._is_clinician, found.people)):
            told = self._read([_as_name_and_title(text) for text in texts])
            found = told if told.people else found
        people = (
            one if one.role is Role.REVIEWER or self._is_clinician(one) else _as_person(one) for one in found.people
        )
        return replace(found, people=tuple(people))

    def _is_clinician(self, one: Person) -> bool:
        return one.kind is PersonKind.CLINICIAN and is_proven(one, self.language)

    def _read(self, texts: Sequence[str]) -> Byline:
        return read_byline(texts, language=self.language, date_order=self._order, fetched_at=self._fetched_at)


def _as_person(one: Person) -> Person:
    return replace(one, kind=PersonKind.PERSON) if one.kind is PersonKind.CLINICIAN else one


def _as_name_and_title(text: str) -> str:
    """'Ann Roe, DC, chiropractor' for 'Ann Roe, DC is a chiropractor in private practice. She ...'."""
    sentence = _STATEMENT.split(text)[0]
    copula = _COPULA.search(sentence)
    if copula is None:
        return sentence
    return f"{sentence[: copula.start()]}, {_MORE.split(sentence[copula.end() :])[0]}"


def _joined(byline: Byline, found: Byline) -> Byline:
    """A byline with what a signature adds: itself where that is nothing.

    Somebody else is an author only where nobody is, a reviewer only where no reviewer is.
    """
    people = list(byline.people)
    for person in found.people:
        place = next((n for n, one in enumerate(people) if title_key(one.name) == title_key(person.name)), None)
        if place is not None:
            people[place] = _completed(people[place], person)
        elif _is_signature(person) and not any(_is_rival(one, person) for one in byline.people):
            people.append(person)
    if tuple(people) == byline.people:
        return byline
    return replace(
        byline,
        people=tuple(people),
        reviewed=byline.reviewed or found.reviewed,
        modified=byline.modified or found.modified,
        raw="\n".join(filter(None, (byline.raw, found.raw))) or None,
        evidence=(*byline.evidence, *found.evidence),
    )


def _is_signature(person: Person) -> bool:
    """Whether a label says what somebody did, and title, degree or the form of the name that it is somebody."""
    if person.role in (Role.UNSPECIFIED, Role.EXPERT) or person.kind is PersonKind.ORGANISATION:
        return False
    return person.kind is PersonKind.CLINICIAN or is_plain_name(person.name)


def _is_rival(known: Person, person: Person) -> bool:
    """Whether somebody who is known already has done what a signature claims."""
    if known.kind is PersonKind.ORGANISATION:
        return False
    if person.role is Role.AUTHOR:
        return known.role is not Role.REVIEWER
    return known.role is person.role and person.role is not Role.ANSWERER


def _completed(known: Person, told: Person) -> Person:
    """A person of the byline with the title and the degrees that a box tells."""
    if told.kind is not PersonKind.CLINICIAN:
        return known
    return replace(
        known,
        kind=PersonKind.CLINICIAN,
        clinical_title=known.clinical_title or told.clinical_title,
        credentials=known.credentials or told.credentials,
        department=known.department or told.department,
        hospital=known.hospital or told.hospital,
    )


def _labelled(reading: Reading, body: Sequence[str]) -> Iterator[list[str]]:
    """Lines with a role's label at the end of the body and below it, each with the lines of its box."""
    lines = _below(reading.lines, body)
    for number, line in enumerate(lines):
        if line.tag == MARK:
            continue
        if is_role_label(line.text, reading.language):
            yield [line.text, *(one.text for one in _box(lines[number + 1 :], reading.language))]
        elif len(line.text) <= _MAX_LINE and opens_with_role(line.text, reading.language):
            yield [line.text]
        elif _leads_elsewhere(line):
            return


def _labelled_boxes(reading: Reading) -> Iterator[list[str]]:
    """Lines of author boxes, which are cut as furniture before anything else is read, that begin with a label."""
    for lines in _author_boxes(reading):
        if len(lines) > 1 and is_role_label(lines[0], reading.language):
            yield lines[: _BOX + 1]


def _below(lines: Sequence[Line], body: Sequence[str]) -> Sequence[Line]:
    """The last lines of a body and those below it; none where it does not stand on the page line by line."""
    ends = {text for text in body[-_LAST:] if len(text) > 1}
    places = [number for number, line in enumerate(lines) if line.text in ends]
    if not places:
        return ()
    last = places[-1]
    start = min(number for number in places if last - number < _LAST)
    return lines[start : start + _BELOW]


def _box(lines: Sequence[Line], language: str | None) -> Iterator[Line]:
    """The first lines below a label, up to the next label or other articles."""
    for line in islice(lines, _BOX):
        if line.tag == MARK or _leads_elsewhere(line) or is_role_label(line.text, language):
            return
        if opens_with_role(line.text, language):
            return
        yield line


def _leads_elsewhere(line: Line) -> bool:
    """Whether a line is a heading over other articles or the linked title of one."""
    return is_end(line.text) or (line.linked > 0.8 * len(line.text) and len(line.text) >= _LINK_TITLE)


def _answers(reading: Reading) -> Iterator[list[str]]:
    """Lines over answers where the title asks a question: a doctor's card with running text below."""
    title = reading.title.text if reading.title else ""
    if not (_QUESTION.search(title) or "qapage" in reading.structured.types):
        return
    lines = [line for line in reading.form.rest if line.tag != MARK]
    found = 0
    for line, below in pairwise(lines):
        if len(line.text) <= _ANSWERER_LINE and not is_prose(line.text) and is_prose(below.text) and not line.heading:
            found += 1
            yield [line.text]
        if found == _MAX_ANSWERERS:
            return


def _with_boxes(reading: Reading, body: Sequence[str], byline: Byline, reader: _Reader) -> Byline:
    """Degrees and titles of people without any, out of biographies that begin with their names."""
    plain = [one.name for one in byline.people if one.kind is PersonKind.PERSON and len(one.name) > 2]
    if not plain:
        return byline
    below = [line.text for line in _below(reading.lines, body)]
    for text in (*below, *chain.from_iterable(_author_boxes(reading))):
        name = next((name for name in plain if text.startswith(name)), None)
        if name is not None and len(text) <= 4 * _MAX_LINE and not _WORD.match(text, len(name)):
            byline = _joined(byline, reader.read([f"Author: {text[:_MAX_LINE]}"]))
    return byline


def _author_boxes(reading: Reading) -> Iterator[list[str]]:
    """The lines of each element that is named an author box."""
    if not any(word in reading.page.text for word in _BOX_WORDS):
        return
    named = (element for element in reading.tree.iter("div", "section", "aside") if _is_box(element))
    for element in islice(named, _MAX_BOXES):
        yield [line.text for line in read_lines(element)[: 2 * _BOX]]


def _is_box(element: html.HtmlElement) -> bool:
    return _BOX_NAME.search(f"{element.get('class')} {element.get('id')}") is not None
