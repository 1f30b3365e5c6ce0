"""People outside the byline's own words: in the page's data, in elements named for authors, beside a date."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import islice

from lxml import html

from crawler.extract.byline import read_byline
from crawler.extract.clean import clean_line, title_key
from crawler.extract.dates import find_dates
from crawler.extract.found import Found
from crawler.extract.structured import Structured
from crawler.site import Site
from db.records import Origin, Person, PersonKind, Role

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_NO_NAME = re.compile(
    r"https?:|www\.|@|\d{3}|\.(?:com|org|net|cn|de)\b|\b(?:image|photo|getty)\b"
    r"|^(?:admin|editor|staff|redaktion|unknown|null|none|no author|author|guest|online)$",
    re.IGNORECASE,
)
_HOST = re.compile(r"(?:[a-z0-9-]+\.)+(?:com|org|net|info|news|[a-z]{2})", re.IGNORECASE)
_CAPITALISED = r"[^\W\d_a-zà-ÿ][\w'’.\-]*"
_PARTICLE = r"(?:de|da|do|dos|del|della|di|la|le|van|von|der|den|bin|al|el|y|e)\b"
_NAME = re.compile(rf"{_CAPITALISED}(?: (?:{_PARTICLE}|{_CAPITALISED})){{1,4}}")
_BETWEEN_NAMES = re.compile(r"\s*(?:[,;/|&·•]|\b(?:and|und|et|y|e|en|og|och|dan)\b)\s*")
_CAPITALS = re.compile(r"\b[A-Z]{2,5}\b")
_LIMIT = 80
_MAX_ELEMENTS = 30
_CARD = 600
"""Characters; a shorter article element with a heading that is no h1 is a teaser."""

_AUTHOR_CLASS = re.compile(r"[Aa]uthor|byline|autor|vcard|posted-by|writer")
_ELSEWHERE = re.compile(r"comment|related|recommend|side(?:bar|$)|footer|teaser|popular", re.IGNORECASE)

_ROLES = {"author": Role.AUTHOR, "reviewer": Role.REVIEWER, "answerer": Role.ANSWERER}

# a bare name becomes a line that the grammar of bylines can read
_LABELS = {
    (Role.AUTHOR, "en"): "Written by ",
    (Role.REVIEWER, "en"): "Reviewed by ",
    (Role.AUTHOR, "zh"): "作者：",
    (Role.REVIEWER, "zh"): "审核：",
    (Role.ANSWERER, "en"): "Answered by: ",
    (Role.ANSWERER, "zh"): "回答医生：",
}


def people_in_data(structured: Structured, site_names: Sequence[str], fetched_at: datetime) -> list[Person]:
    """Authors and reviewers in JSON-LD, microdata and meta elements; the publisher's name is no person's."""
    houses = {title_key(name) for name in site_names}
    houses |= {title_key(f.value) for field in ("publisher", "site_name") for f in structured.all(field)}
    people: dict[tuple[str, Role], Person] = {}
    for found in structured.found:
        if (role := _ROLES.get(found.field)) is None:
            continue
        for person in _read(found, role, fetched_at):
            key = title_key(person.name)
            if key:
                own = replace(person, kind=PersonKind.ORGANISATION) if key in houses else person
                people.setdefault((key, role), own)
    persons = any(person.kind is not PersonKind.ORGANISATION for person in people.values())
    # beside a person the publisher is nobody's co-author
    return [person for (key, _), person in people.items() if not (persons and key in houses)]


def people_in_markup(
    tree: html.HtmlElement, cards: Container[html.HtmlElement], fetched_at: datetime
) -> tuple[Person, ...]:
    """Authors in elements that are named for them (rel, class, itemprop), for pages that name nobody elsewhere.

    Only plain names and what the byline grammar reads as people are believed, and
    nothing in `cards` of other articles.
    """
    named = list(islice(filter(_is_named_for_authors, tree.iter()), _MAX_ELEMENTS))
    for element in sorted(named, key=_vagueness):
        named = element.find(".//*[@itemprop='name']")
        # a break parts a name from a profession
        sign = " " if named is None and element.find(".//br") is not None else ""
        text = clean_line(sign.join((element if named is None else named).itertext())[:500], 200)
        if not text or len(text) > 120 or any(one in cards or _is_elsewhere(one) for one in _upwards(element)):
            continue
        found = Found("author", text.strip(" ,|-–"), Origin.TEXT, "author element")
        people = [p for p in _read(found, Role.AUTHOR, fetched_at) if _is_credible(p)]
        if people:
            return tuple(people)
    return ()


def _is_named_for_authors(element: html.HtmlElement) -> bool:
    """Whether rel, itemprop, class or id say so; asked of each element at a third of the price of one XPath."""
    get = element.get
    if (names := get("class")) and _AUTHOR_CLASS.search(names):
        return True
    return get("rel") == "author" or get("itemprop") == "author" or "author" in (get("id") or "")


def _vagueness(element: html.HtmlElement) -> int:
    """0 for an element that is an author by rel or itemprop, 1 for a class of author names, 2 for anything else."""
    if element.get("rel") == "author" or element.get("itemprop") == "author":
        return 0
    return 1 if "name" in (element.get("class") or "").lower() else 2


def _upwards(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """An element and those it lies in."""
    yield element
    yield from element.iterancestors()


def _is_elsewhere(element: html.HtmlElement) -> bool:
    """Whether an element holds comments, related articles or the site's footer, or is the card of an article."""
    if element.tag == "article" and element.find(".//h1") is None:
        heading = next(element.iter("h2", "h3", "h4", "h5"), None)
        if heading is not None and sum(map(len, element.itertext())) < _CARD:
            return True
    return (
        element.tag in ("footer", "nav") or _ELSEWHERE.search(f"{element.get('class')} {element.get('id')}") is not None
    )


def people_beside_dates(
    header: Sequence[str], *, language: str | None, site: Site, fetched_at: datetime
) -> tuple[Person, ...]:
    """Authors in header lines that are a plain name and a date and nothing else: 'Mia Torp | 4 May 2025'."""
    for line in header:
        if len(line) > 2 * _LIMIT:
            continue
        dates = find_dates(line, language=language, date_order=site.date_order, fetched_at=fetched_at)
        if len(dates) != 1:
            continue
        start, end, _ = dates[0]
        name = (line[:start] + line[end:]).strip(" ,|-–—·•:/")
        if is_plain_name(name):
            return (Person(name=name, role=Role.AUTHOR, raw=line, origin=Origin.TEXT),)
    return ()


def is_plain_name(text: str) -> bool:
    """Whether a text is a person's name of two to five words and nothing else, as far as its form tells."""
    return len(text) <= 50 and _NAME.fullmatch(text) is not None and (text.isupper() or not _CAPITALS.search(text))


def _is_credible(person: Person) -> bool:
    return bool(person.credentials or person.clinical_title) or is_plain_name(person.name)


def _read(found: Found, role: Role, fetched_at: datetime) -> Iterator[Person]:
    """The people in one value; degrees, titles and whatever else stands in it are the byline grammar's to read."""
    value = (clean_line(found.value, 300) or "").strip(" ,;|")
    if not value:
        return
    if found.kind == "organisation" or _HOST.fullmatch(value):
        yield Person(name=value[:_LIMIT], kind=PersonKind.ORGANISATION, role=role, raw=value, origin=found.origin)
        return
    if _NO_NAME.search(value):
        return
    if ";" in value:
        for part in value.split(";")[:_MAX_ELEMENTS]:
            yield from _read(replace(found, value=part), role, fetched_at)
        return
    names = _plain_names(value)
    if len(names) > 1:
        for name in names:
            yield Person(name=name, role=role, raw=value, origin=found.origin)
        return
    url = found.url if found.url and found.url.startswith("http") else None
    language = "zh" if _CJK.search(value) else "en"
    byline = read_byline([_LABELS[role, language] + value], language=language, date_order=None, fetched_at=fetched_at)
    for person in byline.people:
        # an article is part of a house's name, and no lead-in
        whole = person.kind is PersonKind.ORGANISATION and len(byline.people) == 1
        yield replace(
            person,
            name=value[:_LIMIT] if whole else person.name,
            role=role,
            origin=found.origin,
            raw=value,
            profile_url=url,
        )
    if not byline.people and not byline.editors and len(value) <= _LIMIT:
        yield Person(name=value, role=role, raw=value, origin=found.origin, profile_url=url)


def _plain_names(value: str) -> list[str]:
    """Names in a list of nothing but names ('A B, C D and E F'); degrees make it no such list."""
    parts = [part for part in _BETWEEN_NAMES.split(value) if part]
    return parts if all(map(is_plain_name, parts)) else []
