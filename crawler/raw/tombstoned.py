"""Whether a tombstone concerns a raw page."""

from __future__ import annotations

import html
import re

from crawler.extract.encoding import decode
from db.records import RawPage
from db.redaction import Tombstones

_TAG = re.compile(r"<[^>]*>")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")


def concerns(stones: Tombstones, page: RawPage) -> bool:
    """Whether a page was redacted, or a redacted name stands in it: as text, across markup or escaped in a script."""
    if stones.holds_url(page.url):
        return True
    if not stones.people:
        return False
    content_type = next((value for name, value in page.headers if name.lower() == "content-type"), None)
    text = html.unescape(_ESCAPE.sub(lambda code: chr(int(code[1], 16)), decode(page.body, content_type).text))
    return any(stones.spans(form) for form in (text, _TAG.sub(" ", text), _TAG.sub("", text)))
