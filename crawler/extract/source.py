"""Where an article comes from: the source its text names, else the site; and what a site may be called."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from crawler.extract.byline import Byline
from crawler.extract.structured import Structured
from crawler.site import Site
from db.records import Evidence, Origin


def choose_source(byline: Byline, structured: Structured, site: Site) -> tuple[str, tuple[Evidence, ...]]:
    """The source of an article and all candidates.

    Named in the text; else the declared site's `source` or `name`; else, for a site that nobody declared (its name is
    its domain), what it calls itself in its data; else the domain.
    """
    candidates = []
    if byline.source:
        candidates.append(_candidate(byline.source, Origin.BYLINE, byline.source_raw))
    if site.source or site.name not in site.domains:
        candidates.append(_candidate(site.source or site.name, Origin.SITE, "declared"))
    for field in ("site_name", "publisher"):
        candidates += [_candidate(f.value, f.origin, f.detail) for f in structured.all(field)]
    candidates.append(_candidate(site.domains[0].removeprefix("www."), Origin.SITE, "domain"))
    return candidates[0].value or "", (replace(candidates[0], chosen=True), *candidates[1:])


def site_names(url: str, structured: Structured, site: Site) -> list[str]:
    """What the site may be called at the end of its titles or among its authors, its domain's own word included."""
    hosts = [urlsplit(url).hostname or "", *(domain.partition(":")[0] for domain in site.domains)]
    words = [part for host in hosts for part in host.split(".")[-2:-1]]
    data = [f.value for field in ("site_name", "publisher") for f in structured.all(field)]
    names = [site.name, site.source or "", *hosts, *(host.removeprefix("www.") for host in hosts), *words, *data]
    return [name for name in dict.fromkeys(names) if name]


def _candidate(value: str, origin: Origin, detail: str | None) -> Evidence:
    return Evidence(field="source", value=value, origin=origin, detail=detail)
