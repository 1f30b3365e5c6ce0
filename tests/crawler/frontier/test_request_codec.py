from __future__ import annotations

import pytest
from scrapy import FormRequest, Request, Spider

from crawler.frontier.request_codec import PAGE, CannotStore, decode, encode


class Shop(Spider):
    name = "shop"

    def parse_result(self, response: object, page: int) -> None:
        pass

    def failed(self, failure: object) -> None:
        pass


@pytest.fixture
def spider() -> Shop:
    return Shop()


def test_callback_method_body_headers_and_metadata_survive(spider: Shop) -> None:
    request = FormRequest(
        "https://x.example/find?q=ä",
        formdata={"q": "作息"},
        headers={"X-Token": "1"},
        callback=spider.parse_result,
        errback=spider.failed,
        cb_kwargs={"page": 2},
        meta={"note": [1, {"deep": b"\x00\xff"}], PAGE: 7, "depth": 3},
        priority=5,
    )
    again = decode(encode(request, spider), spider)

    assert (again.url, again.method, again.body) == (request.url, "POST", request.body)
    assert (again.callback, again.errback) == (spider.parse_result, spider.failed)
    assert (again.cb_kwargs, again.priority) == ({"page": 2}, 5)
    assert again.headers == request.headers
    assert again.meta == {"note": [1, {"deep": b"\x00\xff"}]}, "marks of one lease are not kept"


def test_a_callback_that_is_no_method_is_an_error_that_names_it(spider: Shop) -> None:
    def elsewhere(response: object) -> None:
        pass

    with pytest.raises(CannotStore, match=r"shop\.elsewhere: .*x\.example.*methods of the spider"):
        encode(Request("https://x.example/", callback=elsewhere), spider)


def test_metadata_that_is_no_json_is_an_error_that_names_the_callback(spider: Shop) -> None:
    request = Request("https://x.example/", callback=spider.parse_result, meta={"bad": object()})

    with pytest.raises(CannotStore, match=r"shop\.parse_result: .*object is no JSON value"):
        encode(request, spider)


def test_a_key_that_would_come_back_as_text_is_an_error(spider: Shop) -> None:
    request = Request("https://x.example/", callback=spider.parse_result, cb_kwargs={"page": [{1: "x"}]})

    with pytest.raises(CannotStore, match=r"shop\.parse_result: .*the key 1 of a dict is no text"):
        encode(request, spider)


def test_a_request_of_unbounded_size_is_refused(spider: Shop) -> None:
    with pytest.raises(CannotStore, match="Put less into meta"):
        encode(Request("https://x.example/", meta={"page": "x" * 200_000}), spider)


def test_a_callback_that_the_spider_has_lost_is_a_value_error(spider: Shop) -> None:
    text = encode(Request("https://x.example/", callback=spider.parse_result), spider)

    with pytest.raises(ValueError, match="parse_result"):
        decode(text, Spider(name="shop"))  # type: ignore[arg-type]
