"""The title of an article: a vote of what headline, og:title, h1, twitter:title and <title> say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from lxml import html

from crawler.extract.clean import clean_line, title_key
from crawler.extract.structured import Structured
from db.records import Origin

_LIMIT = 500
_SEPARATOR = re.compile(
    r"\s+[|\-–—·•»«:/~]+\s+|\s*[|｜_＿»«]+\s*|\s*[-–—]{2,}\s*|\s*ㅣ\s*|(?<=[^\W\d])-(?=[^\x00-\x7f])"
)

# what each place is worth in the vote; ties go to the higher row
_WORTH = (
    ("rule", 100.0),
    ("headline", 1.2),
    ("h1", 1.15),
    ("og:title", 1.1),
    ("title_meta", 0.6),
    ("twitter:title", 0.55),
    ("title", 0.8),
)


@dataclass(frozen=True, slots=True)
class TitleCandidate:
    """A title that the page gives in one place."""

    text: str
    origin: Origin
    detail: str


def title_candidates(
    tree: html.HtmlElement, structured: Structured, headings: Sequence[str], site_names: Sequence[str]
) -> list[TitleCandidate]:
    """All titles of a page, the site's own name cut off their ends.

    `headings` are the page's h1 texts, `site_names` what the site or its publisher may be called there.
    """
    raw: list[tuple[str, Origin, str]] = []
    raw += [(f.value, f.origin, "headline") for f in structured.all("title", Origin.JSONLD, Origin.MICRODATA)]
    raw += [(text, Origin.TEXT, "h1") for text in headings]
    raw += [(f.value, f.origin, "og:title") for f in structured.all("title", Origin.META)]
    raw += [(f.value, f.origin, "title_meta") for f in structured.all("title_meta")]
    raw += [(f.value, f.origin, "twitter:title") for f in structured.all("title_twitter")]
    element = tree.find(".//title")
    if element is not None and (text := clean_line("".join(element.itertext()), _LIMIT)):
        raw.append((text, Origin.META, "title"))
    folded = {title_key(text) for text, _, detail in raw if detail != "title"}
    names = [name for name in map(title_key, site_names) if len(name) > 1]
    found = []
    for text, origin, detail in raw:
        short = without_site(text[:_LIMIT], names, folded)
        if short:
            found.append(TitleCandidate(short, origin, detail))
    return list(dict.fromkeys(found))


def without_site(text: str, names: Sequence[str], others: set[str]) -> str:
    """A title without the site's name before or after it: 'X | Site', 'X - Section - Site', 'Site: X'.

    A part is cut where it is (part of) a folded name of the site, or where what is left is a title found elsewhere.
    """
    pieces = [(m.start(), m.end()) for m in _SEPARATOR.finditer(text)]
    if not pieces:
        return text
    for start, end in pieces:
        if len(title_key(text[:start])) > 4 and title_key(text[:start]) in others:
            return text[:start].strip()
        if len(title_key(text[end:])) > 4 and title_key(text[end:]) in others:
            return text[end:].strip()
    while pieces:
        start, end = pieces[-1]
        tail = title_key(text[end:])
        if not tail or any(_same_name(tail, name) for name in names):
            text = text[:start].strip()
            pieces.pop()
        else:
            break
    if pieces:
        start, end = pieces[0]
        if any(_same_name(title_key(text[:start]), name) for name in names) and len(text) - end > 10:
            text = text[end:].strip()
    return text


def _same_name(part: str, name: str) -> bool:
    """Whether a title's part is the site's name, perhaps with a suffix like '.com' or 'news'."""
    if not part or not name:
        return False
    return (
        part == name
        or (min(len(part), len(name)) >= 4 and (part.startswith(name) or name.startswith(part)))
        or (len(name) >= 5 and name in part and len(part) < 2.5 * len(name))
    )


def choose_title(candidates: Sequence[TitleCandidate]) -> TitleCandidate | None:
    """The title that most places agree on, None where there is no candidate."""
    worth = dict(_WORTH)
    order = [detail for detail, _ in _WORTH]
    votes: dict[str, float] = {}
    seen: set[tuple[str, str]] = set()
    for candidate in candidates:
        key = title_key(candidate.text)
        if key and (key, candidate.detail) not in seen:
            seen.add((key, candidate.detail))
            votes[key] = votes.get(key, 0.0) + worth.get(candidate.detail, 0.5)
    usable = [c for c in candidates if title_key(c.text)]
    if not usable:
        return None
    return max(usable, key=lambda c: (votes[title_key(c.text)], -order.index(c.detail) if c.detail in order else -99))
