"""What discovery finds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urldefrag, urljoin, urlsplit

from db.records import PageKind

MAX_URL = 2_000
"""Characters; the host guard refuses longer ones."""

_BLANK = re.compile(r"[\x00-\x20\x7f]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One URL that a sitemap or feed names."""

    url: str
    """Absolute, http or https, without fragment, at most 2,000 characters."""
    kind: PageKind = PageKind.ARTICLE
    """SITEMAP for the entries of a sitemap index."""
    lastmod: str | None = None
    """When it changed, as written there."""
    published: str | None = None
    """When it was published, as written there; a hint, the page itself decides."""
    title: str | None = None
    """On one line, at most 500 characters; a hint."""


def absolute(href: str, base: str) -> str | None:
    """The URL that `href` means on the page `base`; None where it is none that could be fetched."""
    text = _BLANK.sub(" ", href).strip().replace("&amp;", "&")  # escaped twice, by many generators
    if not text or "\ufffd" in text:  # bytes that could not be read name no page
        return None
    try:
        url = urldefrag(urljoin(base, text)).url
        split = urlsplit(url)
        fetchable = split.scheme in {"http", "https"} and bool(split.hostname) and split.port != 0
    except ValueError:
        return None
    return url if fetchable and len(url) <= MAX_URL else None
