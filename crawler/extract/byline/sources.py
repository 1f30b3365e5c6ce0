"""Reads the value of a source label: a publisher, an agency, a link, or no source at all."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extract.byline.folding import fold
from crawler.extract.byline.people import starts_with_title
from crawler.extract.byline.people_han import is_han, read_card
from crawler.extract.byline.vocabulary import Vocabulary

MAX_SOURCE = 80
_LINK = re.compile(r"(?:https?:)?//\S+|www\.\S+")
_REFERENCE = re.compile(r"\b(?:19|20)\d\d\s*[;,]\s*\d+|\d+\s*\(\d+\)|doi\s*:|\b10\.\d{4,}/|\bet al\b|\bpp?\.\s*\d+")
_BRACKETED_LINK = re.compile(r"\s*[(（\[]\s*(?:https?:|www\.)[^)）\]]*[)）\]]?")
_SENTENCE = re.compile(r"[a-zà-ÿ]{2}[.!?]\s+[A-Z]|[。！？]|[.!?]$")
_STAFF = re.compile(r"\s+\d+$")


@dataclass(frozen=True, slots=True)
class SourceValue:
    """What stands behind a source label."""

    name: str | None
    """None where the value names no source ('Network', '网络整理')."""
    raw: str
    rest: str
    """What follows the source without a sign between: 'Dr. ...'."""


def read_source(text: str, words: Vocabulary) -> SourceValue | None:
    """The source, or None where the text is too long or too much of a sentence to be one."""
    if link := _LINK.match(text):
        return SourceValue(_host(link[0]), link[0], text[link.end() :].strip())
    raw, rest = _han_value(text, words) if is_han(text[:12]) else _latin_value(text, words)
    name = _BRACKETED_LINK.sub("", raw).strip(" 《》<>“”\"'「」『』,;:")
    if not name or len(name) > MAX_SOURCE or len(name.split()) > 10 or _SENTENCE.search(name):
        return None
    if _REFERENCE.search(fold(name)) or words.credits.search(fold(name)) or not any(char.isalpha() for char in name):
        return SourceValue(None, raw, rest)
    if fold(name) in words.non_sources or words.non_sources & {fold(name).strip("() ")}:
        return SourceValue(None, raw, rest)
    if name[0].islower() and fold(name) not in words.agencies and (" " in name or not re.search(r"[A-Z.]", name)):
        return None
    return SourceValue(name, raw, rest)


def _host(link: str) -> str | None:
    try:
        host = urlsplit(link if "//" in link else f"//{link}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.") if host else None


def _latin_value(text: str, words: Vocabulary) -> tuple[str, str]:
    """Cut before a doctor who is glued to the source."""
    for gap in re.finditer(r"\s+", text):
        if starts_with_title(text[gap.end() :], words):
            return text[: gap.start()], text[gap.end() :]
    return text, ""


def _han_value(text: str, words: Vocabulary) -> tuple[str, str]:
    """A Chinese source ends at a space, unless what follows is Latin; a doctor may be glued to it."""
    if text.startswith("《") and "》" in text:
        end = text.index("》") + 1
        return text[:end], text[end:].strip()
    first, _, rest = text.partition(" ")
    if rest and not is_han(rest) and not words.noise.fullmatch(fold(rest)) and not _STAFF.match(f" {rest}"):
        return text, ""
    elements, left = read_card(rest, words)
    return first, rest if elements and not left else ""
