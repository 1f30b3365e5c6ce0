"""What URLs have in common: '/calendar?month=3' and '/calendar?month=4' are one template."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlsplit

_DIGITS = re.compile(r"[-+]?\d+")
_IDENTIFIER = re.compile(r"(?=.*\d)[0-9a-f-]{8,}|(?=.*\d)(?=.*[a-z])(?=.*[A-Z])[0-9A-Za-z_-]{10,}")
"""Hexadecimal or base64: a random name."""
MAX_NAMES = 12


def template_of(url: str) -> str | None:
    """Host, path and parameter names of a URL, with numbers and random names as '#'; None where it holds neither.

    Values of parameters count for nothing: '/list?sort=a' and '/list?sort=b' are the same.
    """
    parts = urlsplit(url)
    path = "/".join(_general(segment) for segment in parts.path.split("/"))
    names = {_general(name) for name, _ in parse_qsl(parts.query, keep_blank_values=True, max_num_fields=None)}
    query = "&".join(sorted(names)[:MAX_NAMES])
    if not query and path == parts.path:
        return None
    return f"{parts.netloc}{path}" + (f"?{query}" if query else "")


def directory_of(url: str) -> str:
    """Host and first folder of a URL: 'h.example/news/' for everything below, 'h.example/' for pages at the root."""
    parts = urlsplit(url)
    segments = parts.path.split("/")
    return f"{parts.netloc}/{segments[1]}/" if len(segments) > 2 else f"{parts.netloc}/"


def _general(name: str) -> str:
    return "#" if _IDENTIFIER.fullmatch(name) else _DIGITS.sub("#", name)
