"""What a page's own markup says about its use."""

from __future__ import annotations

import re

from lxml import html

# as written in robots meta elements -> the word that is stored
_SIGNALS = {
    "noindex": "noindex",
    "none": "noindex",
    "noarchive": "noarchive",
    "nocache": "noarchive",
    "nosnippet": "nosnippet",
    "noai": "noai",
    "noimageai": "noimageai",
}
_ROBOTS = re.compile(r"^(?:robots|googlebot|bingbot|galen|ai|ai-training)$")
_TDM = frozenset({"tdm-reservation", "tdm:reservation"})


def policy_signals(tree: html.HtmlElement) -> tuple[str, ...]:
    """Signals in the order first seen: 'noindex', 'noarchive', 'nosnippet', 'noai', 'noimageai', 'tdm-reservation'.

    From meta robots (Google's and the noai convention) and from the TDM Reservation Protocol's meta element.
    """
    found: list[str] = []
    for element in tree.iter("meta"):
        name = (element.get("name") or element.get("property") or "").strip().lower()
        content = (element.get("content") or "").strip().lower()
        if _ROBOTS.match(name):
            found += [_SIGNALS[word] for word in re.split(r"[,;\s]+", content) if word in _SIGNALS]
        elif name in _TDM and content == "1":
            found.append("tdm-reservation")
    return tuple(dict.fromkeys(found))
