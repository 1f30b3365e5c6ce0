"""Byline, summary and body of an article: by the site's rules, by the text's own form, or by trafilatura."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache

from crawler.extract.body import generic_body
from crawler.extract.byline import Byline, read_byline
from crawler.extract.clean import title_key
from crawler.extract.flow import Line
from crawler.extract.form import (
    Form,
    agree,
    article_lines,
    closing_lines,
    is_announced,
    is_link,
    is_prose,
    is_whole_text,
    read_form,
    unlabelled,
    without_tail,
)
from crawler.extract.fragment import read_fragment
from crawler.extract.phrases import is_closing_heading, is_noise, is_summary_label
from crawler.extract.reading import Reading, Ruled
from crawler.extract.stated_people import is_plain_name
from crawler.extract.tree import count_elements
from db.records import Origin, PartialDate, Person, PersonKind, Role

_ELSEWHERE = 0.1
_FEW_LINKS = 30
_OPENING = 3
LEAD = 3
"""A lead has at most so many lines."""
_LEAD_KEY = 20


@dataclass(frozen=True, slots=True)
class Content:
    """Summary and body as chosen, and where they were read."""

    body: str
    """Lines, '' where there is no text."""
    origin: Origin
    detail: str
    summary: str | None = None
    summary_origin: Origin = Origin.TEXT


def choose_byline(reading: Reading, fetched_at: datetime) -> Byline:
    """The byline in the elements that the site's rule names, else in the lines between title and text."""
    order = reading.site.date_order
    ruled = [
        element for selector in reading.site.byline for element in (reading.page.select_all((selector,)) or ("", []))[1]
    ]
    if not ruled:
        return read_byline(reading.form.header, language=reading.language, date_order=order, fetched_at=fetched_at)
    lines = [line.text for element in ruled for line in read_fragment(element, reading.skip)]
    byline = read_byline(lines, language=reading.language, date_order=order, fetched_at=fetched_at)
    return replace(
        byline,
        people=tuple(replace(person, origin=Origin.RULE) for person in byline.people),
        published=_ruled(byline.published),
        modified=_ruled(byline.modified),
        reviewed=_ruled(byline.reviewed),
        next_review=_ruled(byline.next_review),
    )


def _ruled(date: PartialDate | None) -> PartialDate | None:
    """A date that a site's rule pointed at."""
    return None if date is None else replace(date, origin=Origin.RULE)


def choose_content(reading: Reading, byline: Byline) -> Content:
    """Summary and body: the site's rule first, then the text's own form, then trafilatura."""
    form, page, site = reading.form, reading.page, reading.site
    summary, summary_origin = form.summary, Origin.TEXT
    ruled_summary = page.select_all(site.summary)
    if ruled_summary:
        lines = read_fragment(ruled_summary[1][0], reading.skip)
        summary, summary_origin = unlabelled([line.text for line in lines]), Origin.RULE
    if reading.ruled is not None:
        content = _by_rule(reading, reading.ruled)
        summary = summary or content.summary
    else:
        content = _by_form(reading, byline) or _by_trafilatura(reading, byline)
    body = content.body.split("\n")
    if reading.ruled is None or reading.ruled.origin is Origin.LEARNED:
        body = _own_lines(body, reading)
    if content.origin is not Origin.TEXT or ruled_summary:
        body = _without(body, summary)
    return replace(content, body="\n".join(body), summary=summary, summary_origin=summary_origin)


def _own_lines(body: list[str], reading: Reading) -> list[str]:
    """Body lines without the title at their head and without lines that are nothing but a link to another article."""
    titles = {title_key(candidate.text) for candidate in reading.titles}
    links = {title_key(line.text) for line in reading.lines if is_link(line)}
    kept = [
        line
        for number, line in enumerate(body)
        if not (number < _OPENING and title_key(line) in titles) and not (links and title_key(line) in links)
    ]
    # a link that is closed nowhere makes a link of every line
    return kept if 2 * sum(map(len, kept)) >= sum(map(len, body)) else body


def _by_rule(reading: Reading, ruled: Ruled) -> Content:
    """The lines of the fragment, an introduction at its head apart."""
    summary = None if reading.form.labelled else read_form(ruled.lines).summary
    body = article_lines([line.text for line in ruled.lines])
    if reading.form.labelled and reading.form.summary:
        body = _below_summary(body, reading.form.summary)
    if summary and body and title_key(body[0]) != title_key(summary):
        # the label stands before the introduction; both leave the body
        place = next((i for i, text in enumerate(body[:3]) if summary in text), None)
        body = body if place is None else body[place:]
    if ruled.origin is Origin.LEARNED:
        # a site's own rule says what the body is; a learned one must give what is found without it
        body = [*_lead(reading.form.rest, body), *body]
    return Content("\n".join(body), ruled.origin, ruled.selector, summary)


def _below_summary(body: list[str], summary: str) -> list[str]:
    """Body lines after the introduction and its label, where both stand at their head."""
    place = next((number for number, line in enumerate(body[:3]) if line.endswith(summary)), None)
    announced = place is not None and (place == 0 or is_summary_label(body[place - 1]))
    return body[place + 1 :] if place is not None and announced and place + 1 < len(body) else body


def _by_form(reading: Reading, byline: Byline) -> Content | None:
    """All lines after the header, where the text shows its form or the page holds nothing else."""
    rest = _after_header(reading.form, byline)
    announced = (
        is_announced(reading.form)
        or bool(byline.source_raw)
        or any(person.kind is PersonKind.CLINICIAN for person in byline.people)
    )
    whole = (announced and is_whole_text(rest, announced=True)) or (
        is_whole_text(rest, announced=False) and _is_alone(reading, rest)
    )
    return _shaped(rest, "form") if whole else None


def _by_trafilatura(reading: Reading, byline: Byline) -> Content:
    """Trafilatura's main text; the form's lines where both agree, or where it finds nothing."""
    rest = _after_header(reading.form, byline)
    prose = [line.text for line in reading.form.rest if is_prose(line.text)]
    found = generic_body(reading.tree, reading.page.url, prose, reading.unrelated().furniture)
    lines = article_lines(found.lines)
    shaped = _shaped(rest, "agreed" if lines else "flow")
    if not lines or (is_whole_text(rest, announced=False) and agree(shaped.body.split("\n"), lines)):
        return shaped
    return Content("\n".join([*_lead(rest, lines), *lines]), Origin.TRAFILATURA, found.detail)


def _lead(rest: Sequence[Line], body: Sequence[str]) -> list[str]:
    """The first paragraphs after the header where trafilatura leaves them out: they often have a box of their own."""
    head = body[: 3 * LEAD]
    found = cache(lambda: title_key("".join(head)))
    missed: list[str] = []
    for line in rest[: LEAD + 2]:
        # most bodies begin with the very line, and folding long ones costs more than all else here
        if line.text in head or (len(key := title_key(line.text)) > _LEAD_KEY and key in found()):
            return missed if len(missed) <= LEAD else []
        if is_prose(line.text) and line.linked < 0.3 * len(line.text):
            missed.append(line.text)
    return []


def _shaped(rest: Sequence[Line], detail: str) -> Content:
    return Content("\n".join(article_lines([line.text for line in without_tail(rest)])), Origin.TEXT, detail)


def _is_alone(reading: Reading, rest: Sequence[Line]) -> bool:
    """Whether a page shows hardly anything besides its article: a few links, no other running text."""
    size = sum(len(line.text) for line in rest)
    shown = sum(len(line.text) - line.linked for line in reading.lines if is_prose(line.text))
    return shown - size < _ELSEWHERE * size and count_elements(reading.tree, "a") <= _FEW_LINKS


def _after_header(form: Form, byline: Byline) -> tuple[Line, ...]:
    """Lines after the byline: a first heading before the first running text is no byline, and belongs to the body."""
    if form.labelled:
        return form.rest
    last = max(byline.used | byline.carried, default=-1)
    left = (text for number, text in enumerate(form.header) if number > last)
    # a name alone is whose picture stands there
    headings = (Line(text) for text in left if not is_noise(text) and not is_plain_name(text))
    return (*headings, *form.rest)


def _without(lines: Sequence[str], summary: str | None) -> list[str]:
    """Body lines without one of the first that repeats the summary."""
    kept = list(lines)
    if summary:
        key = title_key(summary)
        place = next((i for i, line in enumerate(kept[:4]) if title_key(line) == key), None)
        if place is not None and len(kept) > 1:
            del kept[place]
    return kept


def _end_of_closing(lines: Sequence[str], closing: Byline) -> int:
    """How many of the lines after a body are its own: those before the first that no rule explains.

    Under such a line stand the site's boxes: its doctors, its other articles with their reviewers.
    """
    known = closing.used | {n for n, text in enumerate(lines) if is_noise(text) or is_closing_heading(text)}
    return next((number for number in range(len(lines)) if number not in known), len(lines))


def _with_reviewers(shown: Sequence[Person], signed: Sequence[Person]) -> tuple[Person, ...]:
    """Who signs below where nobody stands above; where somebody does, only the reviewers who are not named there."""
    if not shown:
        return tuple(signed)
    known = {title_key(person.name) for person in shown}
    return (*shown, *(p for p in signed if p.role is Role.REVIEWER and title_key(p.name) not in known))


def add_closing(reading: Reading, byline: Byline, content: Content, fetched_at: datetime) -> tuple[Byline, Content]:
    """The byline completed by the lines that close the body, and the body without those of them that are byline."""
    lines = closing_lines(reading.form, content.body.split("\n"))
    if not lines:
        return byline, content
    order = reading.site.date_order
    closing = read_byline(lines, language=reading.language, date_order=order, fetched_at=fetched_at)
    end = _end_of_closing(lines, closing)
    if end < len(lines):
        lines = lines[:end]
        closing = read_byline(lines, language=reading.language, date_order=order, fetched_at=fetched_at)
    if not lines:
        return byline, content
    # whoever stands without a label further down is one of the site's, in a box of its own
    signed = tuple(p for p in closing.people if p.role is not Role.UNSPECIFIED or p.name in lines[0])
    read = {lines[number] for number in closing.used}
    kept = [line for line in content.body.split("\n") if line not in read]
    both = replace(
        byline,
        source=byline.source or closing.source,
        source_raw=byline.source_raw or closing.source_raw,
        people=_with_reviewers(byline.people, signed),
        modified=byline.modified or closing.modified,
        reviewed=byline.reviewed or closing.reviewed,
        next_review=byline.next_review or closing.next_review,
        raw="\n".join(filter(None, (byline.raw, closing.raw))) or None,
        evidence=(*byline.evidence, *closing.evidence),
    )
    return both, replace(content, body="\n".join(kept) or content.body)
