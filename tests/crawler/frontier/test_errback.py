from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from scrapy import Request

from crawler.frontier.errback import LeasedErrback, Own, as_written


async def settle(failure: object, own: Own) -> AsyncIterator[Any]:
    for nothing in ():
        yield nothing


def own(failure: object) -> None:
    pass


def test_a_copy_of_a_leased_request_is_what_the_spider_wrote() -> None:
    headers = {"X-Token": "1", "If-None-Match": '"1"', "If-Modified-Since": "Sun, 01 Mar 2026 08:00:00 GMT"}
    leased = Request("https://x.example/a", headers=headers, errback=LeasedErrback(settle, own))
    copy = as_written(leased.replace(url="https://x.example/b"))

    assert copy.errback is own
    assert dict(copy.headers) == {b"X-Token": [b"1"]}
    assert leased.headers["If-None-Match"] == b'"1"', "the leased one is left alone"


def test_a_request_of_the_spiders_own_is_left_as_it_is() -> None:
    request = Request("https://x.example/", headers={"If-None-Match": '"1"'}, errback=own)

    assert as_written(request) is request
