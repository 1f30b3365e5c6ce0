from __future__ import annotations

import pytest

from crawler.polite.contact import ContactMissing, require_contact


@pytest.mark.parametrize("domain", ["127.0.0.1:8000", "127.9.8.7", "localhost", "localhost:80", "[::1]:8000"])
def test_loopback_needs_no_contact(domain: str) -> None:
    require_contact("", (domain,), "Test")


@pytest.mark.parametrize(
    "contact", ["", "me", "https://example.org/", "you@example.com", "http://localhost/", "mail@yourname.org"]
)
def test_a_missing_or_placeholder_contact_stops_the_crawl_and_says_how_to_set_one(contact: str) -> None:
    with pytest.raises(
        ContactMissing, match=r"Blue Hill \(bluehill\.org\) is not crawled: .*galen\.toml.*GALEN_CONTACT"
    ):
        require_contact(contact, ("127.0.0.1:80", "bluehill.org"), "Blue Hill")


@pytest.mark.parametrize("contact", ["https://galen-project.org/bot", "crawler@clinic.edu", "Lab (crawler@clinic.edu)"])
def test_a_page_or_a_mail_address_is_a_contact(contact: str) -> None:
    require_contact(contact, ("bluehill.org",), "Blue Hill")
