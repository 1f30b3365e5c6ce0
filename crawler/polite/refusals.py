"""Why a request was not sent: three answers that the frontier treats differently."""

from __future__ import annotations

from datetime import datetime

from scrapy.exceptions import IgnoreRequest


class Refused(IgnoreRequest):
    """The request leaves what the site declares or what is safe; final, no retry changes it."""

    def __init__(self, reason: str) -> None:
        """`reason` is one line: 'host not declared: x.example', 'private address: 127.0.0.1'."""
        super().__init__(reason)
        self.reason = reason


class Disallowed(IgnoreRequest):
    """robots.txt disallows the URL for us; final for this crawl."""

    def __init__(self, reason: str = "robots.txt disallows it") -> None:
        """`reason` is one line."""
        super().__init__(reason)
        self.reason = reason


class Postponed(IgnoreRequest):
    """Nothing may be fetched from this origin for now; says nothing about the page, so it counts as no attempt."""

    def __init__(self, reason: str, retry_at: datetime) -> None:
        """`reason` is one line: 'robots.txt unreachable: HTTP 503'; `retry_at` is aware, in UTC."""
        super().__init__(reason)
        self.reason = reason
        self.retry_at = retry_at
