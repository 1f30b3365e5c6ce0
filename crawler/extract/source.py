"""Where an article comes from: the source its text names, else what the site calls itself; and a site's names."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import islice
from unicodedata import combining, normalize
from urllib.parse import urlsplit

from lxml import etree, html

from crawler.extract.byline import Byline
from crawler.extract.clean import clean_line, title_key
from crawler.extract.found import Found
from crawler.extract.page import Page
from crawler.extract.structured import Structured
from crawler.site import Site
from db.records import Evidence, Origin

_HOME = re.compile(r"(?:https?://[^/]+)?/?(?:index\.\w{3,5})?")
_HOME_LINKS = 3
_MAX_NAME = 40
_DOMAIN = re.compile(r"(?:[\w-]+\.)+[a-z]{2,}", re.IGNORECASE)
_HEAD_ELEMENTS = 150
_MIN_KEY = 5
_MAX_LOGO = 30
_LOGO = re.compile(
    r"(?<![a-z])(?:(?:site|m|header|main)?[-_]?logo|navbar-brand|brand|site[-_]?(?:name|title))(?![a-z])"
)
_GENERIC = re.compile(r"\blogo\b|\bhome\b|\bmenu\b|\bimage\b|首页|首頁|^\W*$", re.IGNORECASE)


def choose_source(
    byline: Byline, structured: Structured, site: Site, page: Page
) -> tuple[str | None, tuple[Evidence, ...]]:
    """The source of an article, None where nothing names one, and all candidates.

    Named in the text; else the declared site's `source` or `name`; else, for a site that nobody declared (its name is
    its domain), what it calls itself in its data, then in its link to its own home page or its logo. A domain is the
    site's address and no source.
    """
    candidates = []
    if byline.source:
        candidates.append(_candidate(byline.source, Origin.BYLINE, byline.source_raw))
    if site.source or site.name not in site.domains:
        candidates.append(_candidate(site.source or site.name, Origin.SITE, "declared"))
    stated = [_candidate(f.value, f.origin, f.detail) for f in _names_in_data(structured)]
    # 'dw.com' as og:site_name is an address: a publisher's name says more
    candidates += sorted(stated, key=lambda one: _DOMAIN.fullmatch(one.value or "") is not None)
    if not candidates and (name := _home_name(page)):
        candidates.append(_candidate(name, Origin.SITE, "home link or logo"))
    if not candidates:
        return None, ()
    return candidates[0].value, (replace(candidates[0], chosen=True), *candidates[1:])


def _names_in_data(structured: Structured) -> list[Found]:
    """What the data calls the site, then its publisher."""
    return [found for field in ("site_name", "publisher") for found in structured.all(field)]


def _home_name(page: Page) -> str | None:
    """What the first links to the home page say, where the host or the end of the page's title says the same."""
    if page.tree is None:
        return None
    hostname = (urlsplit(page.url).hostname or "").removeprefix("www.")
    host = title_key(hostname.rpartition(".")[0])
    title = title_key("".join(text for element in page.named.get("title", ())[:1] for text in element.itertext()))
    for link in islice((a for a in page.tree.iter("a") if _HOME.fullmatch(a.get("href") or "")), _HOME_LINKS):
        pictures = [image.get("alt") for image in link.iter("img", "amp-img")]
        for text in ("".join(link.itertext()), link.get("title"), *pictures):
            name = clean_line(text, _MAX_NAME)
            key = title_key((name or "").replace("&", "and"))
            if name and len(key) > 1 and (key in host or title.endswith(title_key(name))):
                return name
    return _logo_name(page.tree, hostname)


def _logo_name(tree: html.HtmlElement, host: str) -> str | None:
    """A text or picture at the head of the page that says what the host says; else what is named a logo there."""
    labels = {_plain(label) for label in host.split(".")[:-1]}
    logos = []
    for element in islice(tree.iter(etree.Element), _HEAD_ELEMENTS):
        if element.tag in ("title", "script", "style", "h1"):
            continue
        for text in (element.text, element.get("alt")):
            name = clean_line(text, _MAX_NAME) if text else None
            key = _plain((name or "").replace("&", "and"))
            if name and len(key) >= _MIN_KEY and key in labels:
                return name
        if _LOGO.search(f"{element.get('class') or ''} {element.get('id') or ''}"):
            logos += [clean_line("".join(element.itertext())[:200]), element.get("alt")]
            logos += [image.get("alt") for image in element.iter("img", "amp-img")]
    return next((name for name in logos if name and 1 < len(name) <= _MAX_LOGO and not _GENERIC.search(name)), None)


def _plain(text: str) -> str:
    """A key without accents, as host names are written."""
    return title_key("".join(char for char in normalize("NFKD", text) if not combining(char)))


def site_names(url: str, structured: Structured, site: Site) -> list[str]:
    """What the site may be called at the end of its titles or among its authors, its domain's own word included."""
    hosts = [urlsplit(url).hostname or "", *(domain.partition(":")[0] for domain in site.domains)]
    words = [part for host in hosts for part in host.split(".")[-2:-1]]
    data = [f.value for field in ("site_name", "publisher") for f in structured.all(field)]
    names = [site.name, site.source or "", *hosts, *(host.removeprefix("www.") for host in hosts), *words, *data]
    return [name for name in dict.fromkeys(names) if name]


def _candidate(value: str, origin: Origin, detail: str | None) -> Evidence:
    return Evidence(field="source", value=value, origin=origin, detail=detail)
