"""Where an article comes from: the source its text names, else the site; and what a site may be called."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from urllib.parse import urlsplit

from crawler.extract.byline import Byline
from crawler.extract.clean import clean_line, title_key
from crawler.extract.page import Page
from crawler.extract.structured import Structured
from crawler.site import Site
from db.records import Evidence, Origin

_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w{3,5})?")
_HOME_LINKS = 3
_MAX_NAME = 40


def choose_source(byline: Byline, structured: Structured, site: Site, page: Page) -> tuple[str, tuple[Evidence, ...]]:
    """The source of an article and all candidates.

    Named in the text; else the declared site's `source` or `name`; else, for a site that nobody declared (its name is
    its domain), what it calls itself in its data, then in its link to its own home page; else the domain.
    """
    candidates = []
    if byline.source:
        candidates.append(_candidate(byline.source, Origin.BYLINE, byline.source_raw))
    if site.source or site.name not in site.domains:
        candidates.append(_candidate(site.source or site.name, Origin.SITE, "declared"))
    for field in ("site_name", "publisher"):
        candidates += [_candidate(f.value, f.origin, f.detail) for f in structured.all(field)]
    if not candidates and (name := _home_name(page)):
        candidates.append(_candidate(name, Origin.SITE, "home link"))
    candidates.append(_candidate(site.domains[0].removeprefix("www."), Origin.SITE, "domain"))
    return candidates[0].value or "", (replace(candidates[0], chosen=True), *candidates[1:])


def _home_name(page: Page) -> str | None:
    """What the first links to the home page say, where the host or the end of the page's title says the same."""
    if page.tree is None:
        return None
    host = title_key((urlsplit(page.url).hostname or "").removeprefix("www.").rpartition(".")[0])
    title = title_key("".join(text for element in page.named.get("title", ())[:1] for text in element.itertext()))
    for link in islice((a for a in page.tree.iter("a") if _HOME.fullmatch(a.get("href") or "")), _HOME_LINKS):
        pictures = [image.get("alt") for image in link.iter("img")]
        for text in ("".join(link.itertext()), link.get("title"), *pictures):
            name = clean_line(text, _MAX_NAME)
            key = title_key((name or "").replace("&", "and"))
            if name and len(key) > 1 and (key in host or title.endswith(title_key(name))):
                return name
    return None


def site_names(url: str, structured: Structured, site: Site) -> list[str]:
    """What the site may be called at the end of its titles or among its authors, its domain's own word included."""
    hosts = [urlsplit(url).hostname or "", *(domain.partition(":")[0] for domain in site.domains)]
    words = [part for host in hosts for part in host.split(".")[-2:-1]]
    data = [f.value for field in ("site_name", "publisher") for f in structured.all(field)]
    names = [site.name, site.source or "", *hosts, *(host.removeprefix("www.") for host in hosts), *words, *data]
    return [name for name in dict.fromkeys(names) if name]


def _candidate(value: str, origin: Origin, detail: str | None) -> Evidence:
    return Evidence(field="source", value=value, origin=origin, detail=detail)
