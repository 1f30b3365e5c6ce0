"""A site's body container is learned, verified, used and given up (crawler/extract/learned.py)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import html

from crawler.extract.article import Extraction
from crawler.extract.learned import LEARN, VERIFY, LearnedBody, containers, extract_learning
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, Origin

SITE = Site(name="harbour.example", domains=("harbour.example",))
FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
ENOUGH = LEARN + VERIFY

TOPICS = ("coughs", "sprains", "migraines", "hay fever", "stiff necks", "hiccups", "blisters", "sunburn")


def paragraphs(number: int) -> str:
    topic = TOPICS[number % len(TOPICS)]
    return "".join(
        f"<p>Sentence {number}-{place} about {topic} explains what helps at home, what a pharmacist can add, and when "
        f"it is time to see a doctor about {topic} rather than wait another week for them to pass by themselves.</p>"
        for place in range(6)
    )


def page(number: int, *, container: str = "<div class='story-text' id='n{0}77'>{1}</div>", teasers: int = 12) -> bytes:
    links = "".join(
        f"<li><a href=/a/{n}>Another long title about a health question, number {n}</a></li>" for n in range(teasers)
    )
    return (
        f"<html><head><title>All about case {number}</title></head><body><nav><ul>{links}</ul></nav><div class=page>"
        f"<h1>All about case {number}</h1><p class=by>By Mia Torp, MD | 3 May 2025</p>"
        + container.format(number, paragraphs(number))
        + f"<div class=more><h4>Related articles</h4><ul>{links}</ul></div></div></body></html>"
    ).encode()


def read(body: bytes, number: int, known: LearnedBody) -> tuple[Extraction, LearnedBody]:
    return extract_learning(read_page(body, f"https://harbour.example/a/{number}"), SITE, FETCHED, known)


def taught(count: int = ENOUGH) -> LearnedBody:
    known = LearnedBody()
    for number in range(count):
        _, known = read(page(number), number, known)
    return known


def body_evidence(extraction: Extraction) -> tuple[Origin, str | None]:
    assert extraction.article is not None
    evidence = next(e for e in extraction.article.evidence if e.field == "body")
    return evidence.origin, evidence.detail


def test_the_container_is_used_only_after_it_was_proposed_and_verified() -> None:
    assert taught(LEARN - 1).trial is None
    assert taught(LEARN).trial == "div.story-text"
    assert taught(ENOUGH - 1).selector is None
    assert taught(ENOUGH).selector == "div.story-text"


def test_a_page_read_by_the_learned_rule_says_so_and_is_the_same_article() -> None:
    free, _ = read(page(50), 50, LearnedBody())
    ruled, _ = read(page(50), 50, taught())

    assert body_evidence(ruled) == (Origin.LEARNED, "div.story-text")
    assert body_evidence(free)[0] is not Origin.LEARNED
    assert free.article is not None
    assert ruled.article is not None
    for field in ("title", "body", "people", "published", "source", "language", "byline_raw"):
        assert getattr(ruled.article, field) == getattr(free.article, field), field


def test_a_page_without_the_container_is_read_without_the_rule() -> None:
    other = page(50, container="<section class=text-of-{0}>{1}</section>")

    extraction, known = read(other, 50, taught())

    assert extraction.article is not None
    assert "Sentence 50-5" in extraction.article.body
    assert body_evidence(extraction)[0] is not Origin.LEARNED
    assert known.checks == "-"


def test_a_site_that_changes_its_markup_is_learned_anew() -> None:
    known = taught()
    for number in range(100, 100 + 3 + ENOUGH):
        _, known = read(page(number, container="<div class=new-body>{1}</div>"), number, known)

    assert known.selector == "div.new-body"


def test_a_container_that_loses_half_of_the_text_is_found_out_by_the_checks() -> None:
    known = taught()
    half = "<div class='story-text'>{1}</div><div class=extra>" + paragraphs(7) + "</div>"
    for number in range(100, 180):
        _, known = read(page(number, container=half), number, known)

    assert known.selector != "div.story-text"


def test_one_page_that_disagrees_in_the_trial_begins_learning_again() -> None:
    known = taught(LEARN + 1)
    _, known = read(page(9, container="<section>{1}</section>"), 9, known)

    assert known == LearnedBody()


def test_a_site_that_declares_its_body_learns_nothing() -> None:
    declared = Site(name="harbour.example", domains=("harbour.example",), body=("div.story-text",))
    known = LearnedBody()
    for number in range(ENOUGH):
        url = f"https://harbour.example/a/{number}"
        extraction, known = extract_learning(read_page(page(number), url), declared, FETCHED, known)

    assert known == LearnedBody()
    assert body_evidence(extraction) == (Origin.RULE, "div.story-text")


def test_a_listing_in_the_learned_container_stays_a_listing() -> None:
    teasers = "".join(f"<li><a href=/a/{n}>A long title of another article, number {n}</a></li>" for n in range(30))
    listing = page(3, container="<div class=story-text><ul>" + teasers + "</ul></div>")

    extraction, _ = read(listing, 3, taught())

    assert extraction.article is None


@pytest.mark.parametrize("name", ["css-1kir5of", "post-48213", "Body__Wrap-x81Ka2", "p12345"])
def test_names_that_a_build_makes_are_no_rule(name: str) -> None:
    markup = f"<html><body><article><div class='{name}' id='{name}'>{paragraphs(1)}</div></article></body></html>"
    body = "\n".join(str(p.text_content()) for p in html.fromstring(paragraphs(1)).iter("p"))
    article = Article(url="https://harbour.example/a/1", site="harbour.example", title="A case", body=body)

    assert list(containers(html.document_fromstring(markup), article)) == ["article"]


def test_what_is_known_survives_being_stored() -> None:
    for count in (2, LEARN + 1, ENOUGH + 3):
        known = taught(count)
        assert LearnedBody.from_json(known.to_json()) == known


@pytest.mark.parametrize("text", [None, "", "[]", "{", '{"votes": 3}', '{"unknown": 1}', "null"])
def test_what_cannot_be_read_is_nothing_known(text: str | None) -> None:
    assert LearnedBody.from_json(text) == LearnedBody()


def same_by_rule(container: str, selector: str) -> Extraction:
    """A page whose container is learned is read by it, and is the same article."""
    known = LearnedBody()
    for number in range(ENOUGH):
        _, known = read(page(number, container=container), number, known)
    assert known.selector == selector
    free, _ = read(page(50, container=container), 50, LearnedBody())
    ruled, _ = read(page(50, container=container), 50, known)
    assert body_evidence(ruled) == (Origin.LEARNED, selector)
    assert free.article is not None
    assert ruled.article is not None
    for field in ("title", "summary", "body", "people", "published"):
        assert getattr(ruled.article, field) == getattr(free.article, field), field
    return ruled


def test_boxes_of_other_articles_do_not_hide_that_an_element_is_the_body() -> None:
    box = (
        "<aside class=related><p>What we said last year about this and about many other things as well.</p></aside>" * 6
    )
    link = "<p><a href=/b/1>Read here what else we have written about this and about the other thing</a></p>" * 3

    same_by_rule(f"<div class='story-text'>{box}{{1}}{link}</div>", "div.story-text")


def test_a_lead_in_a_box_of_its_own_is_kept_by_the_rule() -> None:
    lead = (
        "<div class=lead>A lead of two sentences says in large letters what the text below says in small ones. It is "
        "no part of the element that holds the text, and it is as long as many a paragraph of it, or longer.</div>"
    )

    ruled = same_by_rule(lead + "<div class='story-text'>{1}</div>", "div.story-text")

    assert ruled.article is not None
    assert ruled.article.body.startswith("A lead of two sentences")


def test_an_element_that_holds_the_title_as_well_gives_the_text_without_it() -> None:
    def inside(number: int) -> bytes:
        head, tail = page(number, container="{1}").decode().split("<h1>")
        title, rest = tail.split("<div class=more>")
        return f"{head}<article class=story><h1>{title}</article><div class=more>{rest}".encode()

    known = LearnedBody()
    for number in range(ENOUGH):
        _, known = read(inside(number), number, known)
    ruled, _ = read(inside(50), 50, known)

    assert known.selector == "article.story"
    assert body_evidence(ruled)[0] is Origin.LEARNED
    assert ruled.article is not None
    assert ruled.article.title == "All about case 50"
    assert ruled.article.body.startswith("Sentence 50-0")
    assert [person.name for person in ruled.article.people] == ["Mia Torp"]


def test_a_title_under_an_h1_that_is_the_sites_name_ends_the_header_above_it() -> None:
    text = (
        page(50)
        .decode()
        .replace("<h1>All about case 50</h1>", "<h1>Harbour</h1><p>By Ada Berg</p><h2>All about case 50</h2>")
    )

    ruled, _ = read(text.encode(), 50, taught())

    assert body_evidence(ruled)[0] is Origin.LEARNED
    assert ruled.article is not None
    assert [person.name for person in ruled.article.people] == ["Mia Torp"]


def test_an_introduction_under_its_label_inside_the_element_stays_apart() -> None:
    introduction = (
        "<h2>Introduction</h2><p>Most cases pass by themselves within two weeks, which this text says at length below, "
        "and which nobody believes before the third week has begun and the cough is gone.</p>"
    )

    ruled = same_by_rule(f"<div class='story-text'>{introduction}{{1}}</div>", "div.story-text")

    assert ruled.article is not None
    assert ruled.article.summary is not None
    assert ruled.article.summary.startswith("Most cases")
    assert ruled.article.body.startswith("Sentence 50-0")
