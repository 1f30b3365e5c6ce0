"""No request leaves what a site declares; none reaches a private address by accident."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from scrapy.exceptions import UsageError
from scrapy.settings import Settings

from crawler.polite.guard import refuse_environment_proxy

Crawl = Callable[..., list[dict[str, Any]]]


def refusals(outcomes: list[dict[str, Any]]) -> list[str]:
    assert {outcome["end"] for outcome in outcomes} == {"Refused"}, outcomes
    return [outcome["reason"] for outcome in outcomes]


def test_a_declared_private_site_is_fetched_and_nothing_else(website: Any, elsewhere: Any, crawl: Crawl) -> None:
    website.pages["/a"] = b"hello"
    port = elsewhere.port
    first, *others = crawl(
        f"{website.url}/a",
        f"http://127.0.0.1:{port}/",
        f"http://127.1:{port}/",
        f"http://localhost:{website.port}/",
        "http://169.254.169.254/latest/",
        "http://[::1]/",
        "https://other.example/",
        "file:///etc/hostname",
        "data:text/html,x",
        "ftp://clinic.example/",
        f"http://user:secret@{website.netloc}/a",
        f"{website.url}/{'a' * 2000}",
        f"http://127.0.0.1:{website.port}@other.example/",
        domains=[website.netloc],
    )
    assert first == {"end": 200, "body": "hello"}
    assert refusals(others) == [
        "private address: 127.0.0.1",
        "private address: 127.0.0.1",
        f"host not declared: localhost:{website.port}",
        "private address: 169.254.169.254",
        "private address: ::1",
        "host not declared: other.example",
        "scheme not http or https: file",
        "scheme not http or https: data",
        "scheme not http or https: ftp",
        "credentials in URL",
        "URL longer than 2000 characters",
        "credentials in URL",
    ]
    assert website.paths() == ["/robots.txt", "/a"]
    assert elsewhere.paths() == []


def test_the_resolver_alone_refuses_every_spelling_of_loopback(website: Any, crawl: Crawl) -> None:
    hosts = ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "localhost", "[::1]", "[::ffff:127.0.0.1]"]
    outcomes = crawl(
        *(f"http://{host}:{website.port}/" for host in hosts), guard=False, settings={"ROBOTSTXT_OBEY": False}
    )
    assert all(reason.startswith("private address: ") for reason in refusals(outcomes))
    assert website.paths() == []


def test_a_declared_name_that_resolves_to_a_private_address_is_refused(crawl: Crawl) -> None:
    assert refusals(crawl("http://localhost/", domains=["localhost"])) == ["private address: localhost is 127.0.0.1"]


def test_a_private_site_may_be_declared_by_name(website: Any, crawl: Crawl) -> None:
    website.pages["/a"] = b"hello"
    allowed, refused = crawl(
        f"http://localhost:{website.port}/a", "http://localhost:1/", domains=[f"localhost:{website.port}"]
    )
    assert allowed["end"] == 200
    assert refused == {"end": "Refused", "reason": "private address: localhost", "wait": None}


def test_a_redirect_passes_the_guard_again(website: Any, elsewhere: Any, crawl: Crawl) -> None:
    website.pages["/loopback"] = (302, {"Location": f"http://127.0.0.1:{elsewhere.port}/secret"}, b"")
    website.pages["/metadata"] = (302, {"Location": "http://169.254.169.254/latest/"}, b"")
    website.pages["/foreign"] = (301, {"Location": "https://other.example/"}, b"")
    website.pages["/home"] = (301, {"Location": "/a"}, b"")
    website.pages["/a"] = b"hello"
    *outcomes, home = crawl(
        *(website.url + path for path in ("/loopback", "/metadata", "/foreign", "/home")), domains=[website.netloc]
    )
    assert refusals(outcomes) == [
        "private address: 127.0.0.1",
        "private address: 169.254.169.254",
        "host not declared: other.example",
    ]
    assert home == {"end": 200, "body": "hello"}
    assert elsewhere.paths() == []


def test_without_a_site_allowed_domains_count_with_their_subdomains(website: Any, crawl: Crawl) -> None:
    outcomes = crawl(
        "http://sub.localhost:1/",
        "http://notlocalhost:1/",
        f"http://localhost:{website.port}/",
        allowed_domains=["localhost"],
        start_urls=[f"http://localhost:{website.port}/"],
    )
    # Whether a subdomain of localhost resolves, and so how it fails, is the machine's own affair.
    assert "not declared" not in outcomes[0]["reason"]
    assert outcomes[1]["reason"] == "host not declared: notlocalhost:1"
    assert outcomes[2]["end"] == 404


def test_without_any_declaration_the_hosts_of_the_start_urls_count(website: Any, elsewhere: Any, crawl: Crawl) -> None:
    website.pages["/a"] = b"hello"
    allowed, refused = crawl(f"{website.url}/a", f"{elsewhere.url}/", start_urls=[f"{website.url}/b"])
    assert allowed["end"] == 200
    assert refused["reason"] == "private address: 127.0.0.1"


def test_a_runner_gets_the_guarded_resolver_too(website: Any, crawl: Crawl) -> None:
    website.pages["/a"] = b"hello"
    allowed, refused = crawl(
        f"{website.url}/a", "http://localhost/", domains=[website.netloc, "localhost"], runner=True
    )
    assert allowed["end"] == 200
    assert refused["reason"] == "private address: localhost is 127.0.0.1"


def test_a_proxy_of_the_environment_is_refused_unless_proxies_are_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://proxy.example:3128")
    refuse_environment_proxy(Settings({"HTTPPROXY_ENABLED": False}))
    with pytest.raises(UsageError, match="http_proxy"):
        refuse_environment_proxy(Settings())
    monkeypatch.delenv("http_proxy")
    monkeypatch.setenv("no_proxy", "localhost")
    refuse_environment_proxy(Settings())
