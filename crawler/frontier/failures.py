"""What came instead of a page, judged: rejected for good, gone, unchanged, or to be tried again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import uniform

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.polite.delays import parse_retry_after
from db.records import Verdict

FIRST_WAIT = 5.0
"""Seconds until a failed page is tried again; doubled with every attempt."""
AFTER_TIMEOUT = 60.0
"""The same for a page that took too long: every attempt has held a connection of the site for a minute."""
LONGEST_WAIT = 3600.0

_GONE = frozenset({404, 410})
_SLOW_DOWN = frozenset({429, 503})
_TRY_AGAIN = frozenset({401, 403, 408, 425})


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """Verdict on a page that gave no content."""

    verdict: Verdict
    reason: str
    status: int | None = None
    retry_at: datetime | None = None
    pause_site: bool = False
    """The site asked for less: no page of it before `retry_at`."""
    counts_as_attempt: bool = True


def judge(error: BaseException, attempts: int, now: datetime | None = None) -> Judgement:
    """Judge the exception that a download ended with; `attempts` = failures before this one."""
    now = now or datetime.now(UTC)
    if isinstance(error, HttpError):
        return judge_status(error.response, attempts, now)
    if isinstance(error, IgnoreRequest):
        reason = str(getattr(error, "reason", None) or error or "ignored")
        retry_at = getattr(error, "retry_at", None)
        if retry_at is not None:
            return Judgement(verdict=Verdict.FAILED, reason=reason, retry_at=retry_at, counts_as_attempt=False)
        return Judgement(verdict=Verdict.REJECTED, reason=reason)
    if isinstance(error, (DownloadCancelledError, UnsupportedURLSchemeError)):
        return Judgement(verdict=Verdict.REJECTED, reason=_words(error))
    first = AFTER_TIMEOUT if isinstance(error, DownloadTimeoutError) else FIRST_WAIT
    return Judgement(verdict=Verdict.FAILED, reason=_words(error), retry_at=now + back_off(attempts, first))


def judge_status(response: Response, attempts: int, now: datetime) -> Judgement:
    """Judge an HTTP status that is no success."""
    status = response.status
    reason = f"http {status}"
    if status == 304 and not _is_conditional(response):
        return Judgement(
            verdict=Verdict.FAILED, reason="http 304, though nothing is held of it", status=status,
            retry_at=now + back_off(attempts),
        )  # fmt: skip
    if status == 304:
        return Judgement(verdict=Verdict.UNCHANGED, reason="not modified", status=status)
    if status in _GONE:
        return Judgement(verdict=Verdict.GONE, reason=reason, status=status)
    if status in _SLOW_DOWN:
        asked = parse_retry_after(response.headers.get("Retry-After") or b"", now)
        return Judgement(
            verdict=Verdict.FAILED, reason=reason, status=status, retry_at=asked or now + back_off(attempts),
            pause_site=True,
        )  # fmt: skip
    if status >= 500 or status in _TRY_AGAIN:
        return Judgement(verdict=Verdict.FAILED, reason=reason, status=status, retry_at=now + back_off(attempts))
    return Judgement(verdict=Verdict.REJECTED, reason=reason, status=status)


def _is_conditional(response: Response) -> bool:
    headers = response.request.headers if response.request is not None else {}
    return "If-None-Match" in headers or "If-Modified-Since" in headers


def back_off(attempts: int, first: float = FIRST_WAIT) -> timedelta:
    """Wait after the failure number `attempts` + 1: 5 s, 10 s, 20 s ... an hour, with jitter of a fifth."""
    return timedelta(seconds=min(first * 2 ** min(attempts, 20), LONGEST_WAIT) * uniform(0.8, 1.2))


_NAMES: dict[type[BaseException], str] = {
    CannotResolveHostError: "host name not found",
    DownloadConnectionRefusedError: "connection refused",
    DownloadTimeoutError: "timeout",
    ResponseDataLossError: "response cut off",
    DownloadFailedError: "connection failed",
    DownloadCancelledError: "too large",
    UnsupportedURLSchemeError: "scheme not supported",
}


def _words(error: BaseException) -> str:
    words = next((words for kind, words in _NAMES.items() if isinstance(error, kind)), type(error).__name__)
    text = str(error)
    # Twisted lists its failures in brackets.
    return words if not text or text.startswith("[") else f"{words}: {text}"[:300]
