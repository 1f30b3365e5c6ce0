"""Who is asking: a crawl of anything but loopback needs a contact that a webmaster can reach."""

from __future__ import annotations

import re
from collections.abc import Iterable

from crawler.polite.addresses import address_of

_CONTACT = re.compile(r"https?://[^\s/]+\.[^\s]+|[^\s@<>]+@[^\s@<>]+\.[^\s@<>]+")
_PLACEHOLDER = re.compile(r"example\.(?:com|org|net)\b|\.example\b|yourname|your-", re.IGNORECASE)


class ContactMissing(Exception):
    """No crawl without a contact; the message says how to set one."""


def require_contact(contact: str, domains: Iterable[str], site: str) -> None:
    """Raise ContactMissing if a host beyond loopback would be asked without a real contact."""
    outside = [domain for domain in domains if not _is_loopback(domain)]
    if not outside:
        return
    if not contact:
        problem = "no contact is set"
    elif not _CONTACT.search(contact) or _PLACEHOLDER.search(contact):
        problem = f"the contact {contact!r} is no web page or mail address of yours"
    else:
        return
    raise ContactMissing(
        f"{site} ({outside[0]}) is not crawled: {problem}. Webmasters must be able to reach you: write "
        'contact = "https://..." (or a mail address) into galen.toml, or set GALEN_CONTACT.'
    )


def _is_loopback(domain: str) -> bool:
    host = domain.rpartition(":")[0] if domain.rpartition(":")[2].isdigit() else domain
    address = address_of(host)
    return host == "localhost" or (address is not None and address.is_loopback)
