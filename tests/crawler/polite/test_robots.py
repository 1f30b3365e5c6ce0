"""robots.txt is obeyed as RFC 9309 says, and a broken one never opens a site."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from crawler.polite.robots import MAX_BYTES, robots_text

Crawl = Callable[..., list[dict[str, Any]]]
ALLOWED = 200
A_DAY = 90_000
"""Seconds, and an hour more."""


def ends(website: Any, crawl: Crawl, *paths: str, **job: Any) -> list[Any]:
    website.pages.setdefault("/ok", b"fine")
    return [
        outcome["end"] for outcome in crawl(*(website.url + path for path in paths), domains=[website.netloc], **job)
    ]


def test_rules_for_our_product_count_and_others_do_not(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (
        b"User-agent: *\nDisallow: /\n\n"
        b"User-agent: galen\nDisallow: /private/\nAllow: /private/open$\nDisallow: /*?sort=\n"
    )
    website.pages["/private/open"] = b"fine"
    assert ends(website, crawl, "/ok", "/private/a", "/private/open", "/private/opener", "/ok?sort=up") == [
        ALLOWED,
        "Disallowed",
        ALLOWED,
        "Disallowed",
        "Disallowed",
    ]
    assert website.paths() == ["/robots.txt", "/ok", "/private/open"]


def test_a_refusal_by_robots_says_so(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"\xef\xbb\xbfUser-agent: *\r\nDisallow: /\r\n"
    (outcome,) = crawl(f"{website.url}/ok", domains=[website.netloc])
    assert outcome == {"end": "Disallowed", "reason": "robots.txt disallows it", "wait": None}


def test_a_missing_robots_txt_allows_everything(website: Any, crawl: Crawl) -> None:
    statuses = [401, 403, 404, 410]
    website.pages["/robots.txt"] = lambda hit: (statuses[hit - 1], {}, b"User-agent: *\nDisallow: /")
    website.pages["/ok"] = b"fine"
    ok = f"{website.url}/ok"
    outcomes = crawl(ok, A_DAY, ok, A_DAY, ok, A_DAY, ok, domains=[website.netloc])
    assert [outcome["end"] for outcome in outcomes] == [ALLOWED] * 4
    assert website.count("/robots.txt") == 4


def test_a_start_page_in_place_of_robots_txt_allows_everything(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"\n <!doctype html><p>Welcome\nUser-agent: *\nDisallow: /\n"
    assert ends(website, crawl, "/ok") == [ALLOWED]


def test_a_failing_robots_txt_postpones_every_page_without_retries(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (503, {}, b"User-agent: *\nAllow: /")
    first, second, robots = crawl(
        *(website.url + p for p in ("/ok", "/other", "/robots.txt")), domains=[website.netloc]
    )
    assert first == {"end": "Postponed", "reason": "robots.txt unreachable: HTTP 503", "wait": 600}
    assert second["end"] == robots["end"] == "Postponed"
    assert website.paths() == ["/robots.txt"]


def test_a_failing_robots_txt_may_ask_for_a_longer_wait(website: Any, crawl: Crawl) -> None:
    stated = ["1800", "5", "99999"]
    website.pages["/robots.txt"] = lambda hit: (429, {"Retry-After": stated[hit - 1]}, b"")
    ok = f"{website.url}/ok"
    outcomes = crawl(ok, A_DAY, ok, A_DAY, ok, domains=[website.netloc])
    assert [outcome["wait"] for outcome in outcomes] == [1800, 600, 3600]
    assert outcomes[0]["reason"] == "robots.txt unreachable: HTTP 429"


def test_an_error_is_asked_again_after_ten_minutes(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = lambda hit: (503, {}, b"") if hit == 1 else (404, {}, b"")
    website.pages["/ok"] = b"fine"
    ok = f"{website.url}/ok"
    outcomes = crawl(ok, 590, ok, 20, ok, domains=[website.netloc])
    assert [outcome["end"] for outcome in outcomes] == ["Postponed", "Postponed", ALLOWED]
    assert website.count("/robots.txt") == 2


def test_an_answer_holds_for_a_day(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = lambda hit: (200, {}, b"" if hit == 1 else b"User-agent: *\nDisallow: /")
    website.pages["/ok"] = b"fine"
    ok = f"{website.url}/ok"
    outcomes = crawl(ok, 86_000, ok, 800, ok, domains=[website.netloc])
    assert [outcome["end"] for outcome in outcomes] == [ALLOWED, ALLOWED, "Disallowed"]
    assert website.count("/robots.txt") == 2


def test_the_former_answer_stays_in_force_while_a_new_one_cannot_be_had(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = lambda hit: (200 if hit == 1 else 500, {}, b"User-agent: *\nDisallow: /no")
    website.pages["/ok"] = b"fine"
    ok, no = f"{website.url}/ok", f"{website.url}/no"
    outcomes = crawl(ok, no, 90_000, ok, no, domains=[website.netloc])
    assert [outcome["end"] for outcome in outcomes] == [ALLOWED, "Disallowed", ALLOWED, "Disallowed"]
    assert website.count("/robots.txt") == 2


def test_a_dead_origin_postpones(website: Any, crawl: Crawl) -> None:
    website.close()
    (outcome,) = crawl(f"{website.url}/ok", domains=[website.netloc])
    assert outcome["end"] == "Postponed"
    assert "refused" in outcome["reason"].lower()


def test_a_silent_robots_txt_postpones_after_one_timeout(website: Any, crawl: Crawl) -> None:
    # More bytes are announced than sent, so that the answer never ends.
    website.pages["/robots.txt"] = (200, {"Content-Length": "5000"}, b"User-agent: *\n")
    (outcome,) = crawl(f"{website.url}/ok", domains=[website.netloc], settings={"DOWNLOAD_TIMEOUT": 0.4})
    assert outcome["end"] == "Postponed"
    assert "0.4 seconds" in outcome["reason"]
    assert website.paths() == ["/robots.txt"]


def test_redirects_of_robots_txt_are_followed_five_times(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (301, {"Location": "/1"}, b"")
    for hop in range(1, 5):
        website.pages[f"/{hop}"] = (302, {"Location": f"/{hop + 1}"}, b"")
    website.pages["/5"] = b"User-agent: *\nDisallow: /ok"
    assert ends(website, crawl, "/ok") == ["Disallowed"]
    assert website.paths() == ["/robots.txt", "/1", "/2", "/3", "/4", "/5"]


def test_an_endless_redirect_of_robots_txt_allows(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (302, {"Location": "/robots.txt"}, b"")
    assert ends(website, crawl, "/ok") == [ALLOWED]
    assert website.count("/robots.txt") == 6


def test_a_redirect_of_robots_txt_to_no_url_postpones_and_blames_no_page(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (302, {"Location": "http://[bad/robots.txt"}, b"")
    (outcome,) = crawl(f"{website.url}/ok", domains=[website.netloc])

    assert outcome["end"] == "Postponed"
    assert "malformed URL" in outcome["reason"]


def test_robots_txt_never_redirects_us_into_a_private_network(website: Any, elsewhere: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (302, {"Location": f"{elsewhere.url}/robots.txt"}, b"")
    (outcome,) = crawl(f"{website.url}/ok", domains=[website.netloc])
    assert outcome["end"] == "Postponed"
    assert "private address: 127.0.0.1" in outcome["reason"]
    assert elsewhere.paths() == []


def test_robots_txt_may_redirect_to_a_host_that_is_not_declared(website: Any, elsewhere: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = (302, {"Location": f"{elsewhere.url}/rules"}, b"")
    elsewhere.pages["/rules"] = b"User-agent: *\nDisallow: /ok"
    start = f"http://localhost:{website.port}"
    rules, robots, page = crawl(
        f"{start}/ok",
        f"{start}/robots.txt",
        f"{elsewhere.url}/page",
        allowed_domains=["localhost"],
        start_urls=[start, elsewhere.url],
    )
    assert rules["end"] == "Disallowed"
    assert robots["body"] == "User-agent: *\nDisallow: /ok"
    assert page["reason"] == f"host not declared: {elsewhere.netloc}"


def test_a_redirect_to_a_disallowed_page_is_not_followed(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"User-agent: *\nDisallow: /no"
    website.pages["/there"] = (302, {"Location": "/no"}, b"")
    assert ends(website, crawl, "/there") == ["Disallowed"]
    assert website.paths() == ["/robots.txt", "/there"]


def test_requests_of_one_origin_wait_for_one_fetch(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"User-agent: *\nDisallow: /no"
    website.pages["/ok"] = b"fine"
    urls = [website.url + path for path in ("/ok", "/no", "/ok?1", "/no?2", "/robots.txt")]
    outcomes = crawl(urls, domains=[website.netloc])
    assert [outcome["end"] for outcome in outcomes] == [ALLOWED, "Disallowed", 404, "Disallowed", 200]
    assert website.count("/robots.txt") == 1


def test_each_port_has_its_own_robots_txt(website: Any, elsewhere: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"User-agent: *\nDisallow: /"
    elsewhere.pages["/ok"] = b"fine"
    outcomes = crawl(f"{website.url}/ok", f"{elsewhere.url}/ok", domains=[website.netloc, elsewhere.netloc])
    assert [outcome["end"] for outcome in outcomes] == ["Disallowed", ALLOWED]


def test_crawl_delay_is_kept_between_any_two_requests(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"User-agent: *\nCrawl-delay: 0.8\n"
    crawl([f"{website.url}/{page}" for page in "abc"], domains=[website.netloc])
    times = [at for _, at in website.hits]
    assert len(times) == 4
    # Arrival jitters, on a busy machine by a tenth of a second; Scrapy's own random factor would halve the wait.
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) > 0.6


def test_the_robots_middleware_is_off_where_robots_are_not_obeyed(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"User-agent: *\nDisallow: /"
    assert ends(website, crawl, "/ok", settings={"ROBOTSTXT_OBEY": False}) == [ALLOWED]


def test_a_request_for_robots_txt_is_answered_from_the_cache(website: Any, crawl: Crawl) -> None:
    website.pages["/robots.txt"] = b"User-agent: *\nDisallow: /\nSitemap: /map.xml\n"
    outcomes = crawl(f"{website.url}/robots.txt", f"{website.url}/robots.txt", domains=[website.netloc])
    assert [outcome["body"] for outcome in outcomes] == ["User-agent: *\nDisallow: /\nSitemap: /map.xml\n"] * 2
    assert website.paths() == ["/robots.txt"]


def test_robots_text_is_read_to_the_last_whole_line_within_500_kib() -> None:
    filler = b"# filler\n" * (MAX_BYTES // 9)
    text = robots_text(filler + b"Disallow: /a-path-that-is-cut\nDisallow: /b\n")
    assert len(text) <= MAX_BYTES
    assert text.endswith("# filler\n")


def test_robots_text_may_be_utf_16_or_no_text_at_all() -> None:
    assert robots_text("Disallow: /健".encode("utf-16")) == "Disallow: /健"
    assert robots_text(b"\xff\x00\xffDisallow: /a") == "\x00Disallow: /a"
