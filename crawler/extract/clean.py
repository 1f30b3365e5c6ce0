"""Text and JSON as pages really write them, made safe to store.

Every text that leaves extraction went through `clean_text` or `clean_line`; every JSON block of a
page is read by `safe_json`. Both are pure and never raise anything but what they document.
"""

from __future__ import annotations

import html
import json
import math
import re
import unicodedata

JSON_MAX_CHARS = 2_000_000
JSON_MAX_DEPTH = 100
JSON_MAX_DIGITS = 100

# Zero-width joiners shape letters in Arabic and Indic scripts, so they stay between those letters.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e007f]"
    "|(?<![\u0600-\u06ff\u0900-\u0dff])[\u200c\u200d]"
    "|[\u200c\u200d](?![\u0600-\u06ff\u0900-\u0dff])"
)
_BREAK = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile("[ \t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_EDGES = re.compile(" ?\n[ \n]*")
# the only characters that split() takes for white space and `clean_text` for nothing
_SEPARATORS = re.compile("[\x1c-\x1f]")
_LIMIT = 1_000_000


def clean_text(value: str | None, *, limit: int = _LIMIT) -> str | None:
    """The text without what cannot be seen or stored, one paragraph a line; None if nothing is left.

    Control, bidirectional and zero-width characters, NUL and lone surrogates go; every kind of space
    becomes one plain space; lines are stripped and empty ones dropped. What is longer than `limit`
    characters is cut there.
    """
    if not value:
        return None
    # nearly every text is printable but for its line ends: a fifth of the price of the expressions below
    lines = [line for part in value.split("\n") if (line := part.strip(" "))]
    text = "\n".join(lines)
    if "".join(lines).isprintable() and "  " not in text:
        return text[:limit].rstrip(" \n") or None
    text = _INVISIBLE.sub("", _BREAK.sub("\n", value))
    text = _LINE_EDGES.sub("\n", _SPACES.sub(" ", text)).strip(" \n")
    return text[:limit].rstrip(" \n") or None


def clean_line(value: str | None, limit: int = 2000) -> str | None:
    """Like `clean_text`, with everything on one line of at most `limit` characters."""
    return tidy(value)[:limit].rstrip() or None if value else None


def tidy(value: str) -> str:
    """Like `clean_text`, with everything on one line; '' where nothing is left."""
    text = " ".join(value.split())
    if text.isprintable() and len(value) <= _LIMIT and (value.isprintable() or not _SEPARATORS.search(value)):
        return text
    return (clean_text(value) or "").replace("\n", " ")


_NOT_ASCII = re.compile("[^\x00-\x7f]+")
_FOLDED = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {
    ord(variant): plain
    for plain, variants in {" ": "\u00a0\u3000", "'": "‘’ʼ´", "|": "丨︱│┃¦∣", "·": "⋅∙", "(": "〔", ")": "〕"}.items()
    for variant in variants
}


def fold(text: str) -> str:
    """The text in lower case and half-width forms, character for character: offsets stay valid."""
    if text.isascii():
        return text.lower()
    # translating the few other characters only: a tenth of the price where most are ASCII
    plain = _NOT_ASCII.sub(lambda match: match[0].translate(_FOLDED), text)
    lower = plain.lower()
    if len(lower) == len(plain):
        return lower
    return "".join(low if len(low := char.lower()) == 1 else char for char in plain)


_WRAPPING = re.compile(r"<!--|-->|(?://|/\*)?\s*<!\[CDATA\[\s*(?:\*/)?|(?://|/\*)?\s*\]\]>\s*(?:\*/)?")
# A string (an unterminated one runs to the end, so that the scan stays linear) or a comma too many.
_STRING_OR_COMMA = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z))|,(?=\s*[}\]])', re.DOTALL)
# runs of plain characters at once: a third of the price of one alternative a character
_STRING = re.compile(r'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\Z)', re.DOTALL)
_BRACKET = re.compile(r"[\[\]{}]")


def safe_json(text: str) -> object:
    """The JSON value in `text`, forgiving what browsers forgive; its strings still need `clean_text`.

    HTML comments and CDATA marks around it, raw line breaks in strings and commas before a closing
    bracket are repaired; HTML entities are decoded only where it does not parse otherwise; NaN and
    Infinity become None. Raises ValueError, with one line that says why, for anything else and for
    more than 2,000,000 characters, 100 levels or 100 digits in a number.
    """
    if len(text) > JSON_MAX_CHARS:
        raise ValueError(f"JSON of {len(text):,} characters is longer than {JSON_MAX_CHARS:,}")
    bare = _unwrapped(text)
    if not bare:
        raise ValueError("JSON is empty")
    try:
        return _parsed(bare)
    except json.JSONDecodeError as error:
        first = error
    repaired = _STRING_OR_COMMA.sub(lambda match: match[1] or "", bare)
    unescaped = html.unescape(bare)
    for attempt in (repaired, unescaped, _STRING_OR_COMMA.sub(lambda match: match[1] or "", unescaped)):
        try:
            return _parsed(attempt)
        except json.JSONDecodeError:
            continue
    raise ValueError(f"no JSON: {first.msg} at character {first.pos}")


def _unwrapped(text: str) -> str:
    bare = text.strip(" \t\r\n\ufeff\u00a0")
    if not bare.startswith(("{", "[", '"')):
        bare = _WRAPPING.sub("", bare[:200]) + bare[200:]
    if not bare.endswith(("}", "]", '"')):
        bare = bare[:-200] + _WRAPPING.sub("", bare[-200:])
    return bare.strip().removesuffix(";").strip()


def _parsed(text: str) -> object:
    _refuse_depth(text)
    value: object = json.loads(
        text, strict=False, parse_int=_integer, parse_float=_decimal, parse_constant=lambda _: None
    )
    return value


def _refuse_depth(text: str) -> None:
    depth = 0
    for bracket in _BRACKET.findall(_STRING.sub("", text)):
        depth += 1 if bracket in "[{" else -1
        if depth > JSON_MAX_DEPTH:
            raise ValueError(f"JSON is nested deeper than {JSON_MAX_DEPTH} levels")


def _integer(digits: str) -> int:
    if len(digits) > JSON_MAX_DIGITS:
        raise ValueError(f"JSON holds a number of {len(digits):,} digits; {JSON_MAX_DIGITS} are read")
    return int(digits)


def _decimal(digits: str) -> float | None:
    if len(digits) > JSON_MAX_DIGITS:
        raise ValueError(f"JSON holds a number of {len(digits):,} digits; {JSON_MAX_DIGITS} are read")
    number = float(digits)
    return number if math.isfinite(number) else None


_NOT_WORD = re.compile(r"[\W_]+")
_LOWER = bytes(range(256)).lower()
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalnum())


def title_key(text: str) -> str:
    """Letters and digits only, case and width folded: what makes two titles the same."""
    if text.isascii():
        return text.encode().translate(_LOWER, _NO_LETTERS).decode()
    return _NOT_WORD.sub("", unicodedata.normalize("NFKC", text).casefold())
