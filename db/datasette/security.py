"""Headers of every answer: nothing is loaded from elsewhere, no script runs that is not ours or Datasette's.

Our pages need no script and no inline style. Datasette's own pages have a few inline scripts, which are
allowed by their hashes, read from the installed templates, and inline styles. A hash that is missing after an upgrade
of Datasette costs a menu its comfort, never the page; a browser test tells.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Awaitable, Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import datasette

Message = dict[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]

OWN_PAGES = "x-galen-page"
"""Header by which our pages ask for the stricter policy; it does not leave the server."""

_SCRIPT = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_FLAG = "{{ datasette_allow_facet }}"
_COMMON = (
    "default-src 'none'; connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'; "
)
STRICT = f"{_COMMON}img-src 'self'; style-src 'self'; script-src 'self'"
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"camera=(), geolocation=(), microphone=()",
    # Texts of others: they shall be found where they were published.
    b"x-robots-tag": b"noindex, nofollow, noarchive",
}
ROBOTS = "User-agent: *\nDisallow: /\n"


def _inline_scripts() -> Iterator[str]:
    """Texts of the inline scripts in Datasette's templates, as they reach the browser."""
    for template in sorted((Path(datasette.__file__).parent / "templates").glob("*.html")):
        for script in _SCRIPT.findall(template.read_text(encoding="utf-8")):
            if _FLAG in script:
                yield from (script.replace(_FLAG, flag) for flag in ("true", "false"))
            elif "{{" not in script and "{%" not in script:
                yield script


@cache
def datasette_policy() -> str:
    """The Content-Security-Policy of Datasette's own pages."""
    hashes = (
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in dict.fromkeys(_inline_scripts())
    )
    allowed = " ".join(f"'sha256-{value}'" for value in hashes)
    return f"{_COMMON}img-src 'self' data:; style-src 'self' 'unsafe-inline'; script-src 'self' {allowed}"


def with_headers(send: Callable[[Message], Awaitable[None]]) -> Callable[[Message], Awaitable[None]]:
    """A `send` that puts the headers on."""

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(name.lower(), value) for name, value in message.get("headers", [])]
            own = any(name == OWN_PAGES.encode() for name, _ in headers)
            policy = STRICT if own else datasette_policy()
            ours = {b"content-security-policy": policy.encode(), **_HEADERS}
            kept = [(name, value) for name, value in headers if name != OWN_PAGES.encode() and name not in ours]
            kept += ours.items()
            message = {**message, "headers": kept}
        await send(message)

    return sending
