from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from scrapy import Request
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
)
from scrapy.http import Response
from scrapy.spidermiddlewares.httperror import HttpError

from crawler.frontier.failures import Judgement, back_off, judge
from crawler.polite.refusals import Disallowed, Postponed, Refused
from db.records import Verdict

NOW = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)


def status(code: int, **headers: str) -> HttpError:
    asked = Request("https://x.example/", headers={"If-None-Match": '"1"'})
    return HttpError(Response("https://x.example/", status=code, headers=headers, request=asked))


def judged(error: BaseException, attempts: int = 0) -> Judgement:
    return judge(error, attempts, NOW)


@pytest.mark.parametrize(
    ("error", "verdict", "reason"),
    [
        (status(304), Verdict.UNCHANGED, "not modified"),
        (status(404), Verdict.GONE, "http 404"),
        (status(410), Verdict.GONE, "http 410"),
        (status(400), Verdict.REJECTED, "http 400"),
        (status(451), Verdict.REJECTED, "http 451"),
        (Refused("host not declared: y.example"), Verdict.REJECTED, "host not declared: y.example"),
        (Disallowed(), Verdict.REJECTED, "robots.txt disallows it"),
        (IgnoreRequest("because"), Verdict.REJECTED, "because"),
        (DownloadCancelledError("20 MB"), Verdict.REJECTED, "too large: 20 MB"),
    ],
)
def test_what_no_second_try_would_change_is_final(error: BaseException, verdict: Verdict, reason: str) -> None:
    judgement = judged(error)

    assert (judgement.verdict, judgement.reason, judgement.retry_at) == (verdict, reason, None)


@pytest.mark.parametrize(
    "error",
    [status(403), status(408), status(500), status(502), DownloadFailedError("x"), CannotResolveHostError("x"),
     RuntimeError("x")],
)  # fmt: skip
def test_what_may_pass_is_tried_again_later(error: BaseException) -> None:
    judgement = judged(error)

    assert judgement.verdict is Verdict.FAILED
    assert judgement.retry_at is not None
    assert timedelta(seconds=4) <= judgement.retry_at - NOW <= timedelta(seconds=6)
    assert judgement.counts_as_attempt
    assert not judgement.pause_site


def test_a_page_that_took_too_long_waits_as_long_as_it_took() -> None:
    judgement = judged(DownloadTimeoutError("x"))

    assert judgement.retry_at is not None
    assert timedelta(seconds=48) <= judgement.retry_at - NOW <= timedelta(seconds=72)


def test_a_page_of_which_nothing_is_held_cannot_be_unchanged() -> None:
    answer = Response("https://x.example/", status=304, request=Request("https://x.example/"))
    judgement = judged(HttpError(answer))

    assert (judgement.verdict, judgement.reason) == (Verdict.FAILED, "http 304, though nothing is held of it")
    assert judgement.retry_at is not None


@pytest.mark.parametrize("code", [429, 503])
def test_a_site_that_asks_for_less_is_left_alone_as_long_as_it_says(code: int) -> None:
    judgement = judged(status(code, **{"Retry-After": "120"}))

    assert judgement.retry_at == NOW + timedelta(seconds=120)
    assert judgement.pause_site


def test_robots_txt_out_of_reach_counts_as_no_attempt() -> None:
    later = NOW + timedelta(minutes=10)
    judgement = judged(Postponed("robots.txt unreachable: HTTP 503", later))

    assert (judgement.verdict, judgement.retry_at, judgement.counts_as_attempt) == (Verdict.FAILED, later, False)


def test_the_wait_doubles_up_to_an_hour() -> None:
    waits = [back_off(attempts).total_seconds() for attempts in (0, 1, 2, 30, 10_000)]

    for wait, middle in zip(waits, (5, 10, 20, 3600, 3600), strict=True):
        assert 0.8 * middle <= wait <= 1.2 * middle
