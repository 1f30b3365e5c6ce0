"""Whether a tombstone concerns a raw page."""

from __future__ import annotations

import html
import re
from urllib.parse import unquote

from crawler.extract.encoding import decode
from db.records import RawPage
from db.redaction import Tombstones

_TAG = re.compile(r"<[^>]*>")
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")
"""Soft hyphens, zero-width characters, marks of direction: a reader sees the name without them."""
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def concerns(stones: Tombstones, page: RawPage) -> bool:
    """Whether a page was redacted, or a redacted name stands in it: as text, across markup, escaped, in an address."""
    if stones.holds_url(page.url):
        return True
    if not stones.people:
        return False
    content_type = next((value for name, value in page.headers if name.lower() == "content-type"), None)
    text = _ESCAPE.sub(lambda code: chr(int(code[1], 16)), decode(page.body, content_type).text)
    # Twice: markup inside of attributes and feeds is escaped once more.
    text = html.unescape(html.unescape(text))
    forms = {text, _TAG.sub(" ", text), _TAG.sub("", text), unquote(text)}
    return any(stones.spans(form) for form in forms | {_INVISIBLE.sub("", form) for form in forms})
