"""When a page's own claim about its address is believed (crawler/extract/canonical.py)."""

from __future__ import annotations

import pytest

from crawler.extract.canonical import canonical_url, registered_domain
from crawler.site import Site

SITE = Site(name="Fjord Health", domains=("www.fjord.example", "fjord-health.example"))
URL = "https://www.fjord.example/throat/sore-7?utm_source=mail"


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ("https://www.fjord.example/throat/sore-7", "https://www.fjord.example/throat/sore-7"),
        ("/throat/sore-7", "https://www.fjord.example/throat/sore-7"),
        ("https://m.fjord.example/throat/sore-7", "https://m.fjord.example/throat/sore-7"),
        ("https://fjord-health.example/sore", "https://fjord-health.example/sore"),
        ("https://www.fjord.example/throat/sore-7#top", "https://www.fjord.example/throat/sore-7"),
        ("https://elsewhere.example/throat/sore-7", None),
        ("https://www.fjord.example/", None),
        ("https://www.fjord.example", None),
        ("https://www.fjord.example/index.html", None),
        ("https://www.fjord.example/throat/", None),
        ("javascript:void(0)", None),
        ("http://[broken", None),
        ("", None),
    ],
)
def test_a_claim_is_believed_on_the_sites_own_hosts_below_home_and_section(claim: str, expected: str | None) -> None:
    assert canonical_url([claim], URL, URL, SITE) == expected


def test_the_first_believable_claim_wins() -> None:
    assert canonical_url(["/", "/throat/sore"], URL, URL, SITE) == "https://www.fjord.example/throat/sore"


def test_a_print_or_amp_version_may_name_the_page_above_it() -> None:
    assert canonical_url(["/a/7"], "https://www.fjord.example/a/7/amp", URL, SITE) == "https://www.fjord.example/a/7"


def test_private_sites_are_their_host_and_port() -> None:
    site = Site(name="x", domains=("127.0.0.2:8080",), scheme="http")

    assert (
        canonical_url(["/a"], "http://127.0.0.2:8080/b", "http://127.0.0.2:8080/b", site) == "http://127.0.0.2:8080/a"
    )
    assert canonical_url(["http://127.0.0.2:9/a"], "http://127.0.0.2:8080/b", "http://127.0.0.2:8080/b", site) is None
    assert registered_domain("https://a.b.example.co.uk/x") == "example.co.uk"
