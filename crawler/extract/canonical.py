"""The address under which a page wants to be known, where that can be believed."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib.parse import urlsplit

from tldextract import TLDExtract

from crawler.extract.page import resolve
from crawler.site import Site

# its bundled list only: extraction never fetches
_REGISTERED = TLDExtract(suffix_list_urls=(), cache_dir=None)
_HOME = re.compile(r"/*(?:index\.\w{2,5})?$", re.IGNORECASE)


def canonical_url(claims: list[str], url: str, base: str, site: Site) -> str | None:
    """The first believable claim (rel=canonical, then og:url) as an absolute URL, else None.

    Believed is a host of the site or of its registered domain; not a home page, and not a section that the page's own
    address lies in (whole sites name one such URL on every page).
    """
    for claim in claims:
        target = resolve(base, claim)
        if target and _same_house(target, url, site) and not _is_above(target, url):
            return target
    return None


def registered_domain(url: str) -> str:
    """'example.co.uk' for 'https://www.example.co.uk/x'; the host itself where it is an address or a lone name."""
    parts = urlsplit(url)
    return _registered(parts.hostname or "") or parts.netloc


@lru_cache(maxsize=1024)
def _registered(host: str) -> str | None:
    """The registered domain of a host, None for an address or a lone name."""
    found = _REGISTERED(host)
    if found.suffix:
        return f"{found.domain}.{found.suffix}"
    # the list's own default: an unknown last label is a suffix; not so for addresses
    labels = host.split(".")
    return None if len(labels) < 2 or labels[-1].isdigit() else ".".join(labels[-2:])


def _same_house(target: str, url: str, site: Site) -> bool:
    """Whether a claim's host is one of the site's."""
    parts = urlsplit(target)
    hosts = {parts.netloc.lower(), (parts.hostname or "").lower()}
    if hosts.intersection(site.domains):
        return True
    return registered_domain(target) == registered_domain(url)


def _is_above(target: str, url: str) -> bool:
    """Whether a claim names the home page or a section over the page itself."""
    claimed, own = urlsplit(target), urlsplit(url)
    if _HOME.fullmatch(claimed.path) and not claimed.query:
        return bool(own.query) or not _HOME.fullmatch(own.path)
    if claimed.query or claimed.path.rstrip("/") == own.path.rstrip("/"):
        return False
    return own.path.startswith(claimed.path.rstrip("/") + "/") and not re.search(
        r"/(?:amp|print|page|\d{1,2})(?:/|$|\.)", own.path[len(claimed.path.rstrip("/")) :] + "/"
    )
