"""JSON-LD, microdata and meta elements as candidates (crawler/extract/structured.py, jsonld.py)."""

from __future__ import annotations

import json

import pytest

from crawler.extract.page import Page, read_page
from crawler.extract.structured import Structured, read_structured
from db.records import Origin


def page_of(markup: str) -> Page:
    return read_page(markup.encode(), "https://fjord.example/7")


def read(head: str) -> Structured:
    return read_structured(page_of(f"<html><head>{head}</head><body><p>x</p></body></html>"))


def script(data: object) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="application/ld+json">{text}</script>'


def values(structured: Structured, field: str) -> list[str]:
    return [found.value for found in structured.all(field)]


ARTICLE = {
    "@type": "MedicalWebPage",
    "headline": "Sore throats",
    "datePublished": "2025-03-01",
    "dateModified": "2025-04-02",
    "lastReviewed": "2025-05-03",
    "author": {"@type": "Person", "name": "Mia Torp, MD"},
    "reviewedBy": [{"@type": "Person", "name": "Ole Lind"}],
    "publisher": {"@type": "Organization", "name": "Fjord Health"},
    "keywords": ["throat", "pain"],
}


@pytest.mark.parametrize(
    "data",
    [
        ARTICLE,
        [ARTICLE],
        {"@graph": [{"@type": "Organization", "name": "x"}, ARTICLE]},
        [[{"@graph": [[ARTICLE]]}]],
        {"@type": "WebPage", "mainEntity": ARTICLE},
        json.dumps(ARTICLE).replace("}]", "},]"),
        "<!--" + json.dumps(ARTICLE) + "-->",
    ],
    ids=["plain", "list", "graph", "nested", "inside a page", "comma too many", "in a comment"],
)
def test_jsonld_is_found_in_every_wrapping(data: object) -> None:
    structured = read(script(data))

    assert values(structured, "title") == ["Sore throats"]
    assert values(structured, "published") == ["2025-03-01"]
    assert values(structured, "modified") == ["2025-04-02"]
    assert values(structured, "reviewed") == ["2025-05-03"]
    assert [(f.value, f.kind) for f in structured.all("author")] == [("Mia Torp, MD", "person")]
    assert values(structured, "reviewer") == ["Ole Lind"]
    assert [(f.value, f.kind) for f in structured.all("publisher")] == [("Fjord Health", "organisation")]


def test_the_date_of_publication_is_never_taken_from_the_last_change() -> None:
    structured = read(script({"@type": "Article", "headline": "h", "dateModified": "2025-04-02"}))

    assert values(structured, "published") == []


def test_other_articles_in_lists_and_comments_are_not_the_page() -> None:
    other = {"@type": "Article", "headline": "Other", "author": "Somebody Else", "datePublished": "2020-01-01"}
    structured = read(
        script({"@type": "ItemList", "itemListElement": [{"@type": "ListItem", "item": other}]})
        + script({**ARTICLE, "hasPart": [other], "comment": [other], "isRelatedTo": other})
    )

    assert values(structured, "title") == ["Sore throats"]
    assert values(structured, "author") == ["Mia Torp, MD"]


def test_an_author_by_reference_is_looked_up() -> None:
    graph = [{**ARTICLE, "author": {"@id": "#p1"}}, {"@type": "Person", "@id": "#p1", "name": "Ida Berg"}]

    assert values(read(script({"@graph": graph})), "author") == ["Ida Berg"]


def test_baidu_keys_are_read_from_a_node_without_type() -> None:
    structured = read(script({"title": "t", "pubDate": "2025-12-03T10:00:00", "upDate": "2025-12-04T10:00:00"}))

    assert values(structured, "published") == ["2025-12-03T10:00:00"]
    assert values(structured, "modified") == ["2025-12-04T10:00:00"]


def test_odd_types_and_broken_scripts_cost_only_themselves() -> None:
    odd = {
        "@type": ["Article", 5, None],
        "author": [{"name": {"@value": "Dr. X"}}, [], None, 7, {"name": None}],
        "headline": ["a", {"b": 1}],
        "datePublished": 20251203,
        "publisher": "House",
    }
    structured = read(
        script("{broken") + script("[" * 5000 + "]" * 5000) + script('{"n": ' + "9" * 6000 + "}") + script(odd)
    )

    assert values(structured, "author") == ["Dr. X"]
    assert values(structured, "title") == ["a"]
    assert values(structured, "published") == ["20251203"]


def test_meta_elements_are_read_by_name_and_property_in_any_case() -> None:
    structured = read(
        '<meta property="article:published_time" content="2025-01-02">'
        '<meta name="DC.Date.Modified" content="2025-01-03">'
        '<meta name="Author" content="Mia Torp"><meta property="article:author" content="https://social.example/mia">'
        '<meta name="keywords" content="throat, pain，fever"><meta name="twitter:label1" content="Written by">'
        '<meta name="twitter:data1" content="Ole Lind"><meta name="empty"><meta property="og:title" content=" ">'
    )

    assert values(structured, "published") == ["2025-01-02"]
    assert values(structured, "modified") == ["2025-01-03"]
    assert values(structured, "author") == ["Mia Torp", "Ole Lind"]
    assert values(structured, "keyword") == ["throat", "pain", "fever"]
    assert values(structured, "title") == []


def test_microdata_belongs_to_the_first_article() -> None:
    markup = (
        "<div itemscope itemtype='https://schema.org/Article'><h1 itemprop=headline>Mine</h1>"
        "<span itemprop=author itemscope itemtype='https://schema.org/Person'><b itemprop=name>Mia Torp</b></span>"
        "<time itemprop=datePublished datetime=2025-01-02>yesterday</time></div>"
        "<div itemscope itemtype='https://schema.org/Article'><i itemprop=author>Other</i></div>"
        "<div itemscope itemtype='https://schema.org/Comment'><i itemprop=author>Reader</i></div>"
    )
    structured = read_structured(page_of(markup))

    assert values(structured, "title") == ["Mine"]
    assert values(structured, "published") == ["2025-01-02"]
    assert [(f.value, f.kind, f.origin) for f in structured.all("author")] == [("Mia Torp", "person", Origin.MICRODATA)]


def test_of_several_articles_in_the_data_the_one_in_the_title_element_is_the_pages_own() -> None:
    others = [
        {
            "@type": "Article",
            "headline": f"Other story number {n}",
            "datePublished": "2020-01-01",
            "author": "Nora Falk",
        }
        for n in range(3)
    ]
    own = {"@type": "Article", "headline": "Sore throats at night", "author": "Mia Torp"}

    structured = read(f"<title>Sore throats at night | Fjord</title>{script([*others, own])}")

    assert values(structured, "author") == ["Mia Torp"]
    assert values(structured, "published") == []
