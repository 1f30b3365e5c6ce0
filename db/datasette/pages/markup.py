"""Text of websites on its way into HTML: always escaped first, links to http and https only."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

from db.search.engine import MARK_END, MARK_START
from db.search.text import CJK_RUN

_KANA = re.compile("[\u3041-\u30ff]")
_HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7fb]")
_MONTHS = "January February March April May June July August September October November December".split()
_NUMBERED = re.compile(r"\s*(?:\d{1,2}[.、)]|[一二三四五六七八九十]{1,3}、)\s*\S")
_HEADING_LENGTH = 90
_SENTENCE_ENDS = tuple(".!?。！？…:：;；,，")
_BULLETS = tuple("-–—•·*▪●")
_PLAIN_HEADING_LENGTH = 60
_RUNNING_TEXT = 120
"""Characters of a line that is a paragraph without doubt."""
_LANGUAGES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "ms": "Malay", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish",
    "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_UNLABELLED = {
    'name="_filter_column': "Column to filter by",
    'name="_filter_op': "How to compare",
    'name="_filter_value': "Value to compare with",
    'name="_sort" id="sort_by"': "Sort by",
    'id="sql-editor"': "SQL query",
}
"""Inputs of Datasette's pages that have no label, by what marks them, and what they are for."""


def http_url(url: object) -> str:
    """The URL if it is an absolute http or https one, else ''."""
    if not isinstance(url, str) or any(ord(char) < 33 or char == "\\" for char in url):
        return ""
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return ""
    return url if parts.scheme in {"http", "https"} and host else ""


def host_of(url: object) -> str:
    """Host of an http URL, '' for anything else."""
    return urlsplit(http_url(url)).hostname or ""


def highlighted(snippet: str) -> Markup:
    """A snippet of the search with its matches in <mark>."""
    text = Markup("").join(Markup("<mark>") if char == MARK_START else Markup("</mark>") if char == MARK_END
                           else escape(char) for char in _parts(snippet))  # fmt: skip
    return text if text.count("<mark>") == text.count("</mark>") else escape(re.sub("[\x02\x03]", "", snippet))


def _parts(snippet: str) -> Iterable[str]:
    return re.split(f"([{MARK_START}{MARK_END}])", snippet)


def script_of(text: str) -> str:
    """Language tag for a run of East Asian script, by its characters."""
    return "ja" if _KANA.search(text) else "ko" if _HANGUL.search(text) else "zh"


def paragraphs(body: str | None, fragments: str | None, language: str | None) -> list[tuple[str, Markup]]:
    """The lines of a text as (HTML element, content): headings told from paragraphs, foreign runs marked as such."""
    foreign = sorted(
        {item["text"] for item in json.loads(fragments or "[]") if item.get("text")}, key=len, reverse=True
    )
    pattern = re.compile("|".join(map(re.escape, foreign))) if foreign else None
    lines = [line.strip() for line in (body or "").split("\n") if line.strip()]
    scale = 3 if language in {"zh", "ja", "ko"} else 1
    return [
        ("h3" if _is_heading(line, before, after, scale) else "p", _foreign_marked(line, pattern))
        for before, line, after in zip(["", *lines], lines, [*lines[1:], ""], strict=False)
    ]


def _is_heading(line: str, before: str, after: str, scale: int) -> bool:
    """Whether a line is numbered like a heading, or stands short between two paragraphs; Chinese is shorter by `scale`.

    Text alone tells no more: items of a list follow each other, and the last of them ends no paragraph.
    """
    if line.endswith(_SENTENCE_ENDS) or len(line) * scale > _HEADING_LENGTH:
        return False
    return bool(_NUMBERED.match(line)) or (
        len(line) * scale <= _PLAIN_HEADING_LENGTH
        and not line.startswith(_BULLETS)
        and len(after) * scale >= _RUNNING_TEXT
        and before.endswith(_SENTENCE_ENDS)
    )


def _foreign_marked(line: str, pattern: re.Pattern[str] | None) -> Markup:
    if pattern is None:
        return escape(line)
    pieces, end = [], 0
    for match in pattern.finditer(line):
        pieces += [escape(line[end : match.start()]), foreign(match[0])]
        end = match.end()
    return Markup("").join([*pieces, escape(line[end:])])


def foreign(text: str) -> Markup:
    """A run that was left untranslated, with its language for screen readers."""
    tag = script_of(text) if CJK_RUN.search(text) else "und"
    return Markup('<span class="foreign" lang="{}" title="not translated">{}</span>').format(tag, text)


def day(value: str | None) -> str:
    """A date as people read it, to the precision known: '2025', 'May 2025', '3 May 2025', '3 May 2025, 08:40'."""
    if not value or not re.fullmatch(r"\d{4}(-(0[1-9]|1[0-2])(-\d\d.*)?)?", value):
        return value or ""
    if len(value) == 4:
        return value
    month = f"{_MONTHS[int(value[5:7]) - 1]} {value[:4]}"
    if len(value) == 7:
        return month
    time = value[11:16] if len(value) >= 16 else ""
    return f"{int(value[8:10])} {month}" + (f", {time}" if time else "") + (" UTC" if value.endswith("Z") else "")


def number(value: object) -> str:
    """A count with separators: 12,345; a share to one digit."""
    if isinstance(value, float):
        return f"{value:,.1f}".removesuffix(".0")
    return f"{value:,}" if isinstance(value, int) else str(value if value is not None else "")


def cell(value: Any) -> str:
    """A value of a table cell as text; NULL is empty."""
    return number(value) if isinstance(value, float) else "" if value is None else str(value)


def language(code: str) -> str:
    """English name of a language by its ISO 639-1 code; the code where the name is not known here."""
    return _LANGUAGES.get(code, code)


def labelled(html: Markup) -> Markup:
    """A page of Datasette's with names for screen readers on the inputs that have none."""
    text = str(html)
    # In the text of a website a quote is escaped, so that none of the marks can occur there.
    for mark, label in _UNLABELLED.items():
        text = text.replace(mark, f'aria-label="{label}" {mark}')
    return Markup(text)  # noqa: S704 - safe before, and constants were put in


FILTERS = {"http_url": http_url, "host_of": host_of, "highlighted": highlighted, "day": day, "number": number,
           "foreign": foreign, "cell": cell, "language": language, "labelled": labelled}  # fmt: skip
"""Filters of the templates, by name."""
