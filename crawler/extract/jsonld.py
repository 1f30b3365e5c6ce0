"""JSON-LD: the page's own article among graphs, lists and other people's articles, and what it states."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from lxml import html

from crawler.extract.clean import clean_line, safe_json, title_key
from crawler.extract.found import Found
from db.records import Origin

ARTICLE_TYPES = frozenset(
    """article newsarticle blogposting medicalwebpage medicalscholarlyarticle scholarlyarticle reportagenewsarticle
    analysisnewsarticle opinionnewsarticle backgroundnewsarticle reviewnewsarticle advertisercontentarticle report
    techarticle healthtopiccontent liveblogposting socialmediaposting discussionforumposting qapage question recipe
    howto review satiricalarticle asknewsarticle""".split()
)
PAGE_TYPES = frozenset(
    {"webpage", "itempage", "aboutpage", "faqpage", "medicalentity", "medicalcondition", "creativework"}
)
LISTING_TYPES = frozenset(
    {"collectionpage", "itemlist", "searchresultspage", "profilepage", "imagegallery", "contactpage"}
)

# below these keys stand other articles, comments and people
_ELSEWHERE = frozenset(
    """itemlistelement haspart ispartof mentions isrelatedto relatedlink citation comment comments review reviews
    significantlink isbasedon video image associatedmedia subjectof breadcrumb potentialaction suggestedanswer
    acceptedanswer workexample exampleofwork blogpost blogposts liveblogupdate author publisher creator about""".split()
)

# pubDate and upDate are Baidu's keys, on a node without type
_FIELDS = (
    ("headline", "title"),
    ("datePublished", "published"),
    ("pubDate", "published"),
    ("dateModified", "modified"),
    ("upDate", "modified"),
    ("lastReviewed", "reviewed"),
    ("keywords", "keyword"),
    ("articleSection", "section"),
)
_PEOPLE = (("author", "author"), ("creator", "author"), ("reviewedBy", "reviewer"), ("publisher", "publisher"))

_MAX_NODES = 2000
_MIN_TITLE = 8
_MAX_DEPTH = 6
_MAX_ITEMS = 50
_ORGANISATION = re.compile(r"organi[sz]ation|corporation|newsmedia", re.IGNORECASE)

Node = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class JsonLd:
    """What the JSON-LD of a page states."""

    found: tuple[Found, ...]
    types: frozenset[str]
    """Types of all nodes that may be the page's own, in lower case."""


def read_jsonld(scripts: Iterable[html.HtmlElement], title: str = "") -> JsonLd:
    """Candidates of the page's main article, then of its web page. Broken scripts cost only themselves.

    `title` is the text of the page's title element: it tells the article from others that the data describes.
    """
    nodes: list[Node] = []
    for script in scripts:
        if "ld+json" not in (script.get("type") or "").lower() or not script.text:
            continue
        try:
            data = safe_json(script.text)
        except ValueError:
            continue
        nodes.extend(_objects(data))
    types = frozenset(name for node in nodes for name in _types(node))
    return JsonLd(tuple(_candidates(nodes[:_MAX_NODES], title_key(title))), types)


def is_organisation(name: str) -> bool:
    """Whether a schema.org type is one of organisations."""
    return _ORGANISATION.search(name) is not None


def _objects(data: object) -> Iterator[Node]:
    """Objects in lists, in @graph and under keys that do not lead to other articles."""
    waiting: list[tuple[object, int]] = [(data, 0)]
    count = 0
    while waiting and count < _MAX_NODES:
        value, depth = waiting.pop(0)
        count += 1
        if depth > _MAX_DEPTH:
            continue
        if isinstance(value, list):
            waiting[:0] = [(item, depth + 1) for item in value[:_MAX_NODES]]
        elif isinstance(value, dict):
            yield value
            waiting += [
                (item, depth + 1)
                for key, item in value.items()
                if isinstance(item, dict | list) and str(key).lower() not in _ELSEWHERE
            ]


def _types(node: Node) -> list[str]:
    """Types of a node, lower case, without the vocabulary's address."""
    return [re.split(r"[/#:]", name)[-1].lower() for name in _strings(node.get("@type"))]


def _strings(value: object, depth: int = 0) -> list[str]:
    """The texts of a value: a string, a number, a list, an object with @value, name or @id."""
    if isinstance(value, str):
        line = clean_line(value)
        return [line] if line else []
    if isinstance(value, bool) or value is None or depth > _MAX_DEPTH:
        return []
    if isinstance(value, int | float):
        return [str(value)]
    if isinstance(value, list):
        return [text for item in value[:_MAX_ITEMS] for text in _strings(item, depth + 1)]
    if isinstance(value, dict):
        key = next((key for key in ("@value", "name", "@id") if key in value), None)
        return _strings(value[key], depth + 1) if key else []
    return []


def _is_titled(node: Node, title: str) -> bool:
    """Whether a node's headline stands in the page's title."""
    headline = next(iter(_strings(node.get("headline"))), "")
    key = title_key(headline)
    return len(key) >= _MIN_TITLE and key in title


def _candidates(nodes: list[Node], title: str) -> Iterator[Found]:
    """Candidates of the main article node, then of the first web-page nodes; `title` is the page's, as a key."""
    by_id: dict[str, Node] = {}
    for node in nodes:
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            by_id.setdefault(name, node)
    articles = [n for n in nodes if ARTICLE_TYPES.intersection(_types(n))]
    # several articles on one page: its own is named in the title element and has headline and date; else the first
    articles.sort(key=lambda n: -(4 * _is_titled(n, title) + 2 * ("headline" in n) + ("datePublished" in n)))
    pages = [n for n in nodes if PAGE_TYPES.intersection(_types(n)) or ("pubDate" in n and "@type" not in n)]
    for node in [*articles[:1], *pages[:2]]:
        label = next(iter(_types(node)), "untyped")
        for key, field in _FIELDS:
            for text in _strings(node.get(key)):
                yield Found(field, text, Origin.JSONLD, f"{label}.{key}")
        if "headline" not in node and node in articles:
            for text in _strings(node.get("name")):
                yield Found("title_meta", text, Origin.JSONLD, f"{label}.name")
        asked = label == "question"
        for key, field in _PEOPLE:
            # whoever asks a question is no author of what is answered
            if not (asked and field == "author"):
                yield from _people(node.get(key), field, f"{label}.{key}", by_id)
        yield from _answerers(node, by_id)


def _answerers(node: Node, by_id: Mapping[str, Node]) -> Iterator[Found]:
    """Who answers the question of a node, or of the node that a page names as its main thing."""
    main = node.get("mainEntity")
    question = main if isinstance(main, dict) else node
    for key in ("acceptedAnswer", "suggestedAnswer"):
        answers = question.get(key)
        for answer in answers[:_MAX_ITEMS] if isinstance(answers, list) else [answers]:
            if isinstance(answer, dict):
                yield from _people(answer.get("author"), "answerer", f"{key}.author", by_id)


def _people(value: object, field: str, detail: str, by_id: Mapping[str, Node]) -> Iterator[Found]:
    """Persons and organisations under a key, references by @id followed."""
    for item in value[:_MAX_ITEMS] if isinstance(value, list) else [value]:
        if isinstance(item, str):
            for text in _strings(item):
                yield Found(field, text, Origin.JSONLD, detail)
        if not isinstance(item, dict):
            continue
        name = item.get("@id")
        node = by_id.get(name, item) if "name" not in item and isinstance(name, str) else item
        if "name" in node:
            url = next(iter(_strings(node.get("url"))), None)
            for text in _strings(node["name"]):
                yield Found(field, text, Origin.JSONLD, detail, _kind(_types(node)), url)


def _kind(types: list[str]) -> str:
    """'organisation', 'person' or '' for the types of a node."""
    if any(map(is_organisation, types)):
        return "organisation"
    return "person" if {"person", "physician"}.intersection(types) else ""
