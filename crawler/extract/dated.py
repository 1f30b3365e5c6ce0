"""Which of a page's dates is the date of publication, of change, of review: candidates and their precedence."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from htmldate import find_date
from lxml import html

from crawler.extract.byline import Byline
from crawler.extract.dates import is_past, parse_iso, read_date
from crawler.extract.structured import Structured
from crawler.extract.tables import cut_to_size
from crawler.extract.tree import count_elements
from crawler.site import Site
from db.records import Evidence, Origin, PartialDate

logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_URL_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)[/\-_]?(0[1-9]|1[0-2])[/\-_]?(0[1-9]|[12]\d|3[01])(?!\d)")
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)[/-](0[1-9]|1[0-2])(?=[/-]|$)")
_MAX_ELEMENTS = 40_000

# field -> origins, the first that has a candidate wins; why:
# a date that the page shows to its readers is the one they hold it to; JSON-LD and meta elements are written by
# machines and go wrong in silence (2 of 9 health pages), but tell the first day where the page shows the last change;
# htmldate guesses; a URL is a claim of the editing system
PRECEDENCE: dict[str, tuple[Origin, ...]] = {
    "published": (
        Origin.RULE,
        Origin.BYLINE,
        Origin.JSONLD,
        Origin.MICRODATA,
        Origin.META,
        Origin.URL,
        Origin.HTMLDATE,
    ),
    "modified": (Origin.RULE, Origin.BYLINE, Origin.JSONLD, Origin.MICRODATA, Origin.META),
    # a review is what the page says in so many words
    "reviewed": (Origin.RULE, Origin.BYLINE, Origin.JSONLD, Origin.MICRODATA, Origin.META),
    "next_review": (Origin.RULE, Origin.BYLINE),
}


@dataclass(frozen=True, slots=True)
class Dates:
    """The chosen dates of an article and all candidates."""

    published: PartialDate | None
    modified: PartialDate | None
    reviewed: PartialDate | None
    next_review: PartialDate | None
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class _Candidate:
    field: str
    date: PartialDate
    detail: str


def choose_dates(
    tree: html.HtmlElement,
    url: str,
    text: str,
    byline: Byline,
    structured: Structured,
    *,
    language: str | None,
    site: Site,
    fetched_at: datetime,
) -> Dates:
    """The dates of an article. `text` is the page's decoded source, in which a guessed date must be found.

    Nothing is invented: a page without a date has none.
    """
    candidates = [*_of_byline(byline), *_of_data(structured, language, site, fetched_at), *_of_url(url, fetched_at)]
    if not any(c.field == "published" and c.date.precision in ("day", "minute", "second") for c in candidates):
        # htmldate takes any date; one that the page gives another meaning is no day of publication
        taken = {c.date.value[:10] for c in candidates if c.field != "published"}
        candidates += [c for c in _guessed(tree, url, text, fetched_at) if c.date.value not in taken]
    chosen = {field: _choose(field, candidates) for field in PRECEDENCE}
    evidence = tuple(
        Evidence(field=c.field, value=c.date.value, origin=c.date.origin, detail=c.detail, chosen=c is chosen[c.field])
        for c in candidates
    )
    found = {field: None if c is None else c.date for field, c in chosen.items()}
    return Dates(found["published"], found["modified"], found["reviewed"], found["next_review"], evidence)


def _choose(field: str, candidates: list[_Candidate]) -> _Candidate | None:
    """The candidate of the first origin that has one; of the same day, the one that knows the time."""
    own = [c for c in candidates if c.field == field]
    firm = [c for c in own if not _is_relative(c) and not (field == "published" and _is_silent_change(c, candidates))]
    for origin in PRECEDENCE[field]:
        first = next((c for c in firm if c.date.origin is origin), None)
        if first is None:
            continue
        finer = [c for c in firm if c.date.value.startswith(first.date.value)]
        best = max(finer, key=lambda c: len(c.date.value))
        return _local_day(best, own) if field == "published" else best
    return next(iter(own), None)


def _is_relative(candidate: _Candidate) -> bool:
    """Whether a date was read out of '3 hours ago': right on the day of the fetch, if the clock of the page was."""
    raw = candidate.date.raw or candidate.date.value
    return candidate.date.value[:4] not in raw and len(re.findall(r"\d+", raw)) < 2


def _is_silent_change(candidate: _Candidate, candidates: list[_Candidate]) -> bool:
    """Whether a visible date without a label is the day of the last change: data says so and knows an earlier one."""
    if candidate.date.origin is not Origin.BYLINE:
        return False
    day = candidate.date.value[:10]
    data = [c for c in candidates if c.date.origin in (Origin.JSONLD, Origin.META, Origin.MICRODATA)]
    return any(c.field == "modified" and c.date.value[:10] == day for c in data) and any(
        c.field == "published" and c.date.value[:10] < day for c in data
    )


def _local_day(chosen: _Candidate, own: list[_Candidate]) -> _Candidate:
    """The URL's day, where data in UTC names the day beside it: late evenings are tomorrow in Greenwich."""
    if chosen.date.offset != 0 or chosen.date.precision not in ("minute", "second"):
        return chosen
    day = date.fromisoformat(chosen.date.value[:10])
    if any(c.date.origin is Origin.BYLINE and c.date.value[:10] == chosen.date.value[:10] for c in own):
        return chosen
    for candidate in own:
        if candidate.date.origin is Origin.URL and candidate.date.precision == "day":
            return candidate if abs((date.fromisoformat(candidate.date.value) - day).days) == 1 else chosen
    return chosen


def _of_byline(byline: Byline) -> Iterator[_Candidate]:
    """The byline's dates, with the labels that announced them."""
    for field in PRECEDENCE:
        stated = getattr(byline, field)
        if stated is not None:
            label = next((e.detail for e in byline.evidence if e.field == field and e.value == stated.value), None)
            origin = stated.origin if stated.origin is Origin.RULE else Origin.BYLINE
            yield _Candidate(field, replace(stated, origin=origin), label or "byline")


def _of_data(structured: Structured, language: str | None, site: Site, fetched_at: datetime) -> Iterator[_Candidate]:
    for found in structured.found:
        if found.field not in ("published", "modified", "reviewed"):
            continue
        stated = parse_iso(found.value, found.origin) or read_date(
            found.value, language=language, date_order=site.date_order, fetched_at=fetched_at, origin=found.origin
        )
        if stated is not None and is_past(stated, fetched_at):
            yield _Candidate(found.field, stated, found.detail)


def _of_url(url: str, fetched_at: datetime) -> Iterator[_Candidate]:
    path = url.split("://", 1)[-1].partition("/")[2]
    match = _URL_DAY.search("/" + path) or _URL_MONTH.search("/" + path)
    if match:
        stated = parse_iso("-".join(match.groups()), Origin.URL)
        if stated is not None and is_past(stated, fetched_at):
            yield _Candidate("published", replace(stated, raw=match[0]), "path")


def _guessed(tree: html.HtmlElement, url: str, text: str, fetched_at: datetime) -> Iterator[_Candidate]:
    """htmldate's answer, where the page holds that very day: it answers always, be it with a year of a footer."""
    if text.count("<") > _MAX_ELEMENTS and count_elements(tree) > _MAX_ELEMENTS:
        return
    cut_to_size()
    latest = (fetched_at + timedelta(days=1)).strftime("%Y-%m-%d")
    try:
        answer = find_date(tree, url=url, max_date=latest, original_date=False)
    except (ValueError, TypeError, AttributeError, IndexError, OverflowError, RecursionError):
        return
    guess = parse_iso(answer, Origin.HTMLDATE) if answer else None
    if guess is not None and is_stated(guess.value, text):
        yield _Candidate("published", guess, "htmldate")


def is_stated(day: str, text: str) -> bool:
    """Whether a text holds a day ('2025-12-03') in figures or with the month in letters, in any usual order."""
    year, month, number = day.split("-")
    m, d = f"0?{int(month)}", f"0?{int(number)}"
    short = year[2:]
    between = r"[\s.,/\-年月日]{0,3}"
    word = r"[^\W\d_]{3,12}"
    forms = (
        rf"{year}{between}{m}{between}{d}(?!\d)",
        rf"(?<!\d)(?:{d}{between}{m}|{m}{between}{d}){between}(?:{year}|{short})(?!\d)",
        rf"(?<!\d){d}(?:st|nd|rd|th|er|\.|º|ª)?\s+(?:de\s+|of\s+)?{word}\.?,?\s+(?:de\s+|del\s+)?['’]?(?:{year}|{short})(?!\d)",
        rf"{word}\.?\s+{d}(?:st|nd|rd|th)?,?\s+['’]?{year}(?!\d)",
        rf"{year}{between}{word}{between}{d}(?!\d)",
    )
    return any(re.search(form, text[:3_000_000]) for form in forms)
