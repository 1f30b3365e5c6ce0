"""What a page says about itself in data: JSON-LD, microdata and meta elements, as candidates with their origin.

Data contradicts the page often enough (2 of 9 health pages counted) that nothing here wins by itself; precedence is
decided where an article is put together. datePublished is never filled from dateModified, nor an author from a
publisher.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from lxml import html

from crawler.extract.clean import clean_line
from crawler.extract.found import Found
from crawler.extract.jsonld import ARTICLE_TYPES, PAGE_TYPES, is_organisation, read_jsonld
from crawler.extract.page import Page
from crawler.extract.tree import find_all
from db.records import Origin

_META_FIELDS = {
    key: field
    for field, keys in {
        "published": """article:published_time og:article:published_time article:published og:published_time
            datepublished date_published publishdate publish-date publish_date published_date pubdate publish_time
            published_time publishtime dc.date.issued dcterms.issued dc.date.published dc.date.created
            dcterms.created dc.date dcterms.date parsely-pub-date sailthru.date cxenseparse:recs:publishtime
            citation_publication_date citation_online_date og:pubdate bt:pubdate weibo:article:create_at createdate
            article.published date article:post_date originalpublicationdate displaydate rnews:datepublished
            article_date_original content_create_date og:release_date release_date""",
        "modified": """article:modified_time og:article:modified_time og:updated_time og:modified_time last-modified
            lastmod lastmodified dcterms.modified dc.date.modified weibo:article:update_at updatedate datemodified
            article:modified modified_time updated_time bt:moddate revision_date""",
        "reviewed": "last-reviewed lastreviewed last_reviewed dc.date.reviewed reviewdate",
        "author": """author article:author byl dc.creator dcterms.creator citation_author parsely-author
            sailthru.author cxenseparse:author article:author_name og:article:author authors dc.author article.author
            byline mediator_author rbauthors dcsext.author""",
        "publisher": "publisher dc.publisher dcterms.publisher citation_publisher mediaid og:article:publisher",
        "site_name": "og:site_name application-name cre shareaholic:site_name",
        "title": "og:title",
        "title_twitter": "twitter:title",
        "title_meta": "dc.title dcterms.title citation_title parsely-title sailthru.title headline",
        "keyword": "keywords news_keywords article:tag parsely-tags sailthru.tags",
        "section": "article:section parsely-section",
        "og_type": "og:type",
        "og_url": "og:url",
    }.items()
    for key in keys.split()
}

_MICRODATA_FIELDS = {
    "datepublished": "published",
    "datemodified": "modified",
    "lastreviewed": "reviewed",
    "headline": "title",
    "author": "author",
    "creator": "author",
    "reviewedby": "reviewer",
    "publisher": "publisher",
    "articlesection": "section",
    "keywords": "keyword",
}
_PEOPLE = frozenset({"author", "reviewer", "publisher"})
_OWN_TYPES = ARTICLE_TYPES | PAGE_TYPES | {""}
_ITEMPROP = ("itemprop", "itemProp", "ITEMPROP")
_MAX_ITEMPROPS = 400
_MAX_VALUE = 500
_WRITTEN_BY = frozenset({"written by", "verfasst von", "écrit par", "escrito por", "scritto da", "geschreven door"})


@dataclass(frozen=True, slots=True)
class Structured:
    """All candidates of a page, JSON-LD first, then microdata, then meta elements."""

    found: tuple[Found, ...]
    types: frozenset[str]
    """JSON-LD types on the page's top level, in lower case."""

    def all(self, field: str, *origins: Origin) -> list[Found]:
        """Candidates for a field, in the order they were found; of these origins only, where any are named."""
        return [f for f in self.found if f.field == field and (not origins or f.origin in origins)]

    def first(self, field: str, *origins: Origin) -> str | None:
        """Value of the first candidate for a field, None where there is none."""
        return next((f.value for f in self.all(field, *origins)), None)


def read_structured(page: Page) -> Structured:
    """Every candidate that a page's data gives. Never raises: broken data costs only itself."""
    title = "".join(text for element in page.named.get("title", ())[:1] for text in element.itertext())
    jsonld = read_jsonld(page.named.get("script", ()), title)
    # a word in the source is found at a tenth of the price of asking every element
    marked = _microdata(page.tree) if page.tree is not None and any(name in page.text for name in _ITEMPROP) else ()
    found = (*jsonld.found, *marked, *_meta(page.named.get("meta", ()), page.named.get("link", ())))
    return Structured(tuple(dict.fromkeys(found)), jsonld.types)


def _microdata(tree: html.HtmlElement) -> Iterator[Found]:
    """Candidates of the page's first article scope (or of the page itself, as on <html itemscope>)."""
    main: html.HtmlElement | None = None
    for element in find_all(tree, "//*[@itemprop]")[:_MAX_ITEMPROPS]:
        for prop in (element.get("itemprop") or "").lower().split():
            field = _MICRODATA_FIELDS.get(prop)
            if field is None:
                continue
            scope = next((p for p in element.iterancestors() if p.get("itemscope") is not None), None)
            name = "" if scope is None else _type_of(scope)
            if name not in _OWN_TYPES:
                continue
            if scope is not None and name in ARTICLE_TYPES:
                main = scope if main is None else main
                if scope is not main:
                    continue
            yield from _itemprop(element, field, f"{name or 'page'}.{prop}")


def _type_of(element: html.HtmlElement) -> str:
    """Last word of an element's itemtype, in lower case."""
    return (element.get("itemtype") or "").rsplit("/", 1)[-1].lower()


def _itemprop(element: html.HtmlElement, field: str, detail: str) -> Iterator[Found]:
    """Value of one itemprop element; a person's or publisher's is the name inside it."""
    names = find_all(element, ".//*[@itemprop='name']") if field in _PEOPLE else []
    kind = _type_of(element)
    if kind:
        kind = "organisation" if is_organisation(kind) else "person"
    for holder in names or [element]:
        stated = holder.get("content") or holder.get("datetime") or "".join(holder.itertext())[:1000]
        value = clean_line(stated)
        if value and len(value) < _MAX_VALUE:
            yield Found(field, value, Origin.MICRODATA, detail, kind)


def _meta(metas: Iterable[html.HtmlElement], links: Iterable[html.HtmlElement]) -> Iterator[Found]:
    """Candidates of meta elements and of link rel=canonical."""
    previews: dict[str, str] = {}
    for element in metas:
        content = element.get("content")
        key = (element.get("property") or element.get("name") or "").strip().lower()
        if not content or not key:
            continue
        if key.startswith(("twitter:label", "twitter:data")):
            previews[key] = clean_line(content) or ""
        field = _META_FIELDS.get(key)
        value = clean_line(content) if field else None
        if not field or not value or (field in _PEOPLE and _is_address(value)):
            continue
        for part in _parts(value) if field == "keyword" else [value]:
            yield Found(field, part, Origin.META, key)
    for number in "12":
        # how WordPress's SEO plugin names the author for link previews
        name = previews.get(f"twitter:data{number}")
        if name and previews.get(f"twitter:label{number}", "").lower() in _WRITTEN_BY:
            yield Found("author", name, Origin.META, f"twitter:data{number}")
    for element in links:
        if "canonical" in (element.get("rel") or "").lower().split() and element.get("href"):
            yield Found("canonical", element.get("href", ""), Origin.META, "canonical")


def _is_address(value: str) -> bool:
    """Whether an author's value is a profile URL or a handle instead of a name."""
    return value.startswith(("http:", "https:", "//", "@", "www.")) or "facebook.com" in value


def _parts(value: str) -> list[str]:
    """Keywords in one string, at most 50."""
    return [part for piece in re.split(r"[,;，、；|]", value)[:50] if (part := piece.strip())]
