"""What a page's own markup says about its use, in the words of `db.policy`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from email.utils import parsedate_to_datetime

from lxml import html

# as written in robots meta elements and X-Robots-Tag -> the words that are stored
_SIGNALS = {
    "noindex": ("noindex",),
    "nofollow": ("nofollow",),
    "none": ("noindex", "nofollow"),
    "noarchive": ("noarchive",),
    "nocache": ("noarchive",),
    "nosnippet": ("nosnippet",),
    "noai": ("noai",),
    "noimageai": ("noimageai",),
}
_ROBOTS = re.compile(r"^(?:robots|galen|ai|ai-training)$")
"""Who is addressed; what a page asks of one search engine by name is not asked of us."""
_TDM = frozenset({"tdm-reservation", "tdm:reservation"})
# Its date may hold commas: it ends where the next word begins.
_UNTIL = re.compile(
    r"unavailable_after\s*:\s*(.*?)(?=\s*,\s*(?:no|all|max|index|follow|unavailable)|;|$)", re.IGNORECASE
)


def policy_signals(metas: Iterable[html.HtmlElement]) -> tuple[str, ...]:
    """Signals of meta elements, in the order first seen.

    From meta robots (Google's and the noai convention) and from the TDM Reservation Protocol's meta element.
    """
    found: list[str] = []
    for element in metas:
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = (element.get("content") or "").strip()
        if _ROBOTS.match(name):
            found += directives(content)
        elif name in _TDM:
            found += reservation(content)
    return tuple(dict.fromkeys(found))


def directives(content: str) -> list[str]:
    """The signals in the content of a robots meta element or of an X-Robots-Tag header, without user agents."""
    until = [_day(match[1]) for match in _UNTIL.finditer(content)]
    words = re.split(r"[,;\s]+", _UNTIL.sub("", content).lower())
    found = [signal for word in words for signal in _SIGNALS.get(word, ())]
    return found + [f"unavailable_after:{day}" for day in until if day]


def reservation(content: str) -> list[str]:
    """The signal in a tdm-reservation; a 0 speaks too, against what is said of the whole site."""
    return {"1": ["tdm-reservation"], "0": ["tdm-reservation:0"]}.get(content.strip(), [])


def _day(text: str) -> str | None:
    """ISO date of a time in RFC 850, RFC 822 or ISO 8601, as the directive allows; None where it is none."""
    text = text.strip(" \"'")
    try:
        return datetime.fromisoformat(text).date().isoformat()
    except ValueError:
        pass
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
