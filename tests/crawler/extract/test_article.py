"""Pages to articles: rules, people, source, parts, evidence (crawler/extract/article.py and what it puts together)."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from lxml import html

from crawler.extract.article import EXTRACTOR, extract, extract_part
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Article, Evidence, Origin, PersonKind, Role, Tag

FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
SITE = Site(name="Fjord Health", domains=("fjord.example",))
UNDECLARED = Site(name="fjord.example", domains=("fjord.example",))
URL = "https://fjord.example/throat/7"
TITLE = "How to sleep with a cough"
PARAGRAPHS = [
    f"Rest for {days} days, drink something warm, and keep the room cool at night, which helps most people sleep."
    for days in ("two", "three", "four", "five", "six")
]
PROSE = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
NAVIGATION = "<nav>" + "".join(f"<a href=/s/{n}>Section {n}</a>" for n in range(40)) + "</nav>"


def markup(content: str = f"<h1>{TITLE}</h1>{PROSE}", head: str = "") -> bytes:
    head = f"<title>{TITLE} | Fjord Health</title>{head}"
    return f"<html><head>{head}</head><body>{NAVIGATION}{content}</body></html>".encode()


def script(**data: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "Article", "headline": TITLE, **data})}</script>'


def read(body: bytes, site: Site = SITE, url: str = URL) -> Article:
    article = extract(read_page(body, url), site, FETCHED).article
    assert article is not None
    return article


def chosen(article: Article, field: str) -> list[Evidence]:
    return [evidence for evidence in article.evidence if evidence.field == field and evidence.chosen]


RULED = Site(
    name="Fjord Health",
    domains=("fjord.example",),
    title=("p.headline",),
    byline=(".missing", "div.who"),
    summary=("div.lead",),
    body=("div.gone", "div.text"),
    remove=("div.box", ".advert"),
    next_part=("a.next",),
)
RULED_PAGE = markup(
    "<h1>Fjord Health magazine</h1><p class=headline>Coughs <b>at night</b></p>"
    "<div class=who><span>Source: Harbour Press</span><br>Medically reviewed by Nora Falk, MD on May 4, 2025</div>"
    "<div class=text><div class=lead><p>Most coughs go away.</p></div><h2>What helps</h2>"
    f"{PROSE}<div class=box>Buy our tea</div><ul><li>Honey<li>Steam</ul></div><p>Imprint and more</p>"
    "<a class=next href='?page=2'>Next</a>"
)


def test_a_sites_rules_win_and_are_named_in_the_evidence() -> None:
    article = read(RULED_PAGE, RULED)

    assert article.title == "Coughs at night"
    assert article.source == "Harbour Press"
    assert article.summary == "Most coughs go away."
    assert article.body.split("\n") == ["What helps", *PARAGRAPHS, "Honey", "Steam"]
    assert article.next_part == "https://fjord.example/throat/7?page=2"
    assert [(p.name, p.role, p.kind, p.origin) for p in article.people] == [
        ("Nora Falk", Role.REVIEWER, PersonKind.CLINICIAN, Origin.RULE)
    ]
    assert article.reviewed is not None
    assert (article.reviewed.value, article.reviewed.origin) == ("2025-05-04", Origin.RULE)
    assert [(e.origin, e.detail) for e in chosen(article, "body")] == [(Origin.RULE, "div.text")]
    assert [(e.origin, e.detail) for e in chosen(article, "title")] == [(Origin.RULE, "p.headline")]
    assert [e.origin for e in chosen(article, "summary")] == [Origin.RULE]


def test_rules_that_match_nothing_leave_the_page_to_be_read_without_them() -> None:
    plain = replace(RULED, remove=(".nothing",))

    assert read(markup(), plain) == read(markup(), replace(SITE, remove=(".nothing",)))


def test_a_selector_that_is_no_css_is_named() -> None:
    with pytest.raises(ValueError, match=re.escape("'div[' is no CSS selector")):
        read(markup(), replace(SITE, body=("div[",)))


def test_removed_elements_are_read_by_no_step() -> None:
    advert = f"<p class=x>{'Buy tea now. ' * 20}</p>"
    body = markup(f"<h1>{TITLE}</h1><div class=x>Medically reviewed by Nora Falk, MD</div>{PROSE}{advert}")

    article = read(body, replace(SITE, remove=(".x",)))

    assert article.people == ()
    assert "Buy tea" not in article.body


def test_the_reviewer_in_a_card_is_not_the_articles() -> None:
    heading = "<a href=/9><h3>Another article about colds</h3></a>"
    card = f"<div class=css-1>{heading}<p>Medically reviewed by Nora Falk, MD</p></div>"
    article = read(markup(f"<h1>{TITLE}</h1><p>Medically reviewed by Ole Lind, MD</p>{card}{PROSE}{card}"))

    assert [p.name for p in article.people] == ["Ole Lind"]


def test_a_visible_doctor_wins_over_one_in_the_data() -> None:
    data = script(author={"@type": "Person", "name": "Dr. Jon Vik, MD"}, publisher={"name": "Fjord Health"})
    article = read(markup(f"<h1>{TITLE}</h1><p>Dr. Ole Lind</p>{PROSE}", data))

    assert [p.name for p in article.people] == ["Ole Lind"]
    assert ("Jon Vik", False) in [(e.value, e.chosen) for e in article.evidence if e.field == "doctor"]


def test_degrees_inside_a_name_are_read_apart() -> None:
    data = script(author=[{"@type": "Person", "name": "Mia Torp, MS, RD"}, {"@type": "Person", "name": "Ida Berg"}])
    first, second = read(markup(head=data)).people

    assert (first.name, first.credentials, first.role) == ("Mia Torp", "MS, RD", Role.AUTHOR)
    assert (second.name, second.credentials) == ("Ida Berg", None)


def test_several_names_in_one_string_are_several_people() -> None:
    article = read(markup(head=script(author="Mia Torp, Ida Berg and Ole Lind")))

    assert [p.name for p in article.people] == ["Mia Torp", "Ida Berg", "Ole Lind"]


def test_the_publisher_is_no_author_where_a_person_is_left() -> None:
    organisation = {"@type": "Organization", "name": "Fjord Health"}
    person = {"@type": "Person", "name": "Mia Torp"}

    assert [p.name for p in read(markup(head=script(author=[organisation, person]))).people] == ["Mia Torp"]
    (only,) = read(markup(head=script(author=organisation))).people
    assert (only.name, only.kind) == ("Fjord Health", PersonKind.ORGANISATION)
    assert read(markup(head=script(publisher=organisation))).people == ()


def test_an_author_element_and_a_name_beside_a_date_are_last_resorts() -> None:
    element = f"<h1>{TITLE}</h1><div class=author>Mia Torp</div>{PROSE}"
    beside = f"<h1>{TITLE}</h1><div>Mia Torp | May 4, 2025</div>{PROSE}"

    assert [p.name for p in read(markup(element)).people] == ["Mia Torp"]
    assert [p.name for p in read(markup(beside)).people] == ["Mia Torp"]


@pytest.mark.parametrize(
    ("site", "byline", "head", "expected"),
    [
        (SITE, "Source: Harbour Press", "", "Harbour Press"),
        (SITE, "", '<meta property="og:site_name" content="FH online">', "Fjord Health"),
        (replace(SITE, source="Fjord Group"), "", "", "Fjord Group"),
        (UNDECLARED, "", '<meta property="og:site_name" content="FH online">', "FH online"),
        (UNDECLARED, "", script(publisher={"name": "Fjord Publishing"}), "Fjord Publishing"),
        (UNDECLARED, "", "", None),
        (
            UNDECLARED,
            "",
            '<meta property="og:site_name" content="fjord.example">' + script(publisher={"name": "Fjord Press"}),
            "Fjord Press",
        ),
        (SITE, "Source: Network", "", "Fjord Health"),
    ],
)
def test_the_source_is_named_in_the_text_then_declared_then_stated(
    site: Site, byline: str, head: str, expected: str | None
) -> None:
    article = read(markup(f"<h1>{TITLE}</h1><p>{byline}</p>{PROSE}", head), site)

    assert article.source == expected
    assert [e.value for e in chosen(article, "source")] == ([expected] if expected else [])


def test_byline_lines_that_close_the_body_are_read_and_leave_it() -> None:
    article = read(markup(f"<h1>{TITLE}</h1>{PROSE}<p>Source: Harbour Press</p><p>Last updated: May 4, 2025</p>"))

    assert article.source == "Harbour Press"
    assert article.modified is not None
    assert "Harbour Press" not in article.body
    assert article.body.endswith(PARAGRAPHS[-1])


def test_the_sites_words_after_the_body_are_cut() -> None:
    disclaimer = "<p>Disclaimer: this page replaces no visit to a doctor.</p>"
    tail = f"{disclaimer}<div>Share</div><h3>Related Articles</h3><a href=/8>Colds</a>"

    assert read(markup(f"<h1>{TITLE}</h1>{PROSE}{tail}")).body.split("\n") == PARAGRAPHS


def test_tags_policy_language_and_version_are_kept() -> None:
    head = (
        '<meta property="article:section" content="Lungs"><meta name="keywords" content="cough, sleep">'
        '<meta name="robots" content="noarchive">'
    )
    article = read(markup(head=head))

    assert article.tags == (Tag(tag="Lungs", kind="section"), Tag(tag="cough"), Tag(tag="sleep"))
    assert article.policy == ("noarchive",)
    assert article.language == "en"
    assert article.extractor == EXTRACTOR


def test_the_language_is_the_texts_and_not_the_tags() -> None:
    body = markup().replace(b"<html>", b'<html lang="fr">')

    assert read(body).language == "en"


def test_every_field_has_one_chosen_piece_of_evidence_at_most() -> None:
    data = script(author="Mia Torp", datePublished="2025-01-02", dateModified="2025-02-03")
    article = read(markup(f"<h1>{TITLE}</h1><p>Published: May 4, 2025 Source: Harbour Press</p>{PROSE}", data))

    for field in ("title", "source", "published", "modified", "body"):
        assert len(chosen(article, field)) == 1, field


def test_later_pages_of_an_article_are_parts_with_their_body_and_next_page() -> None:
    page = read_page(RULED_PAGE, f"{URL}?page=1")
    part = extract_part(page, RULED, article_url=URL, number=2)

    assert part is not None
    assert (part.article_url, part.url, part.number) == (URL, f"{URL}?page=1", 2)
    assert part.body.startswith("Most coughs go away.\nWhat helps\nRest for two days")
    assert part.next_part == f"{URL}?page=2"
    assert extract_part(read_page(b"", URL), RULED, article_url=URL, number=3) is None


def test_a_next_page_that_is_the_page_itself_is_none() -> None:
    assert read(RULED_PAGE, RULED, f"{URL}?page=2").next_part is None


def test_extraction_is_repeatable_and_leaves_the_tree_as_it_was() -> None:
    page = read_page(
        markup(f"<h1>{TITLE}</h1><div class=date>4 May 2025</div>{PROSE}<div class=share>Share</div>"), URL
    )
    assert page.tree is not None
    before = html.tostring(page.tree)

    first = extract(page, RULED, FETCHED), extract(page, SITE, FETCHED)
    second = extract(page, RULED, FETCHED), extract(page, SITE, FETCHED)

    assert first == second
    assert html.tostring(page.tree) == before


BOX = "<div class=who><div>Our doctors</div><div>Dr. Ann Roe, Cardiology</div></div>"
TEASER = "<div class=x>Can you outgrow an allergy?<span>Reviewed by Tom Doe, RD</span></div>"


@pytest.mark.parametrize("after", [BOX, TEASER], ids=["the site's doctors", "another article's reviewer"])
def test_who_stands_in_a_box_behind_the_body_is_nobody_of_the_article(after: str) -> None:
    article = read(markup(f"<h1>{TITLE}</h1><p>4 May 2025</p><div>{PROSE}</div>{after}"))

    assert [person.name for person in article.people] == []
    assert article.body.endswith(PARAGRAPHS[-1])


def test_who_signs_below_the_body_is_read() -> None:
    article = read(markup(f"<h1>{TITLE}</h1><div>{PROSE}</div><div>Dr. Ann Roe, MD</div>"))

    assert [person.name for person in article.people] == ["Ann Roe"]


@pytest.mark.parametrize(
    "tail",
    [
        "<div>Lifting after a hernia</div><div>Join our letter</div>",
        "<h3>Read this next</h3>",
        "<h4>References</h4><p>A book</p>",
    ],
)
def test_lines_that_follow_the_last_running_text_are_no_body(tail: str) -> None:
    article = read(markup(f"<h1>{TITLE}</h1><p>Reviewed by Ann Roe, MD</p><div>{PROSE}</div>{tail}"))

    assert article.body == "\n".join(PARAGRAPHS)


def test_a_closing_list_is_body() -> None:
    items = "<ul><li>a high fever</li><li>blue lips</li></ul>"
    article = read(markup(f"<h1>{TITLE}</h1><p>Reviewed by Ann Roe, MD</p>{PROSE}<p>{PARAGRAPHS[0][:-1]}:</p>{items}"))

    assert article.body.endswith("a high fever\nblue lips")


def test_a_short_text_over_the_byline_is_the_summary() -> None:
    lead = "A cough is worst at night, and there is more to be done about it than most people think."
    article = read(markup(f"<h1>{TITLE}</h1><p>{lead}</p><p>Medically reviewed by Ann Roe, MD</p>{PROSE}"))

    assert article.summary == lead
    assert [person.name for person in article.people] == ["Ann Roe"]
    assert article.body == "\n".join(PARAGRAPHS)


def test_a_site_without_data_is_called_what_its_home_link_says_if_host_or_title_agree() -> None:
    home = "<a href=/>Fjord Health</a>"

    agreed = read(markup(f"{home}<h1>{TITLE}</h1>{PROSE}"), UNDECLARED)
    other = read(markup(f"<a href=/>Home page</a><h1>{TITLE}</h1>{PROSE}"), UNDECLARED)

    assert (agreed.source, other.source) == ("Fjord Health", None)


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ("<div class=navbar-brand><img src=/l.png alt='Harbour Clinic'></div>", "Harbour Clinic"),
        ("<header><strong>Fjord</strong> <em>since 1950</em></header>", "Fjord"),
        ("<div id=sitelogo>海湾问诊</div>", "海湾问诊"),
        ("<div class=logo><img src=/l.png alt=Logo></div>", None),
        ("<div class=top>Harbour Clinic</div>", None),
    ],
)
def test_without_a_link_the_logo_says_what_a_site_is_called(head: str, expected: str | None) -> None:
    assert read(markup(f"{head}<h1>{TITLE}</h1>{PROSE}"), UNDECLARED).source == expected


def test_data_that_names_one_of_two_shown_authors_leaves_the_other() -> None:
    head = script(author={"name": "Ada Berg"})

    both = read(markup(f"<h1>{TITLE}</h1><p>By Ada Berg and Tom Vale</p>{PROSE}", head))
    other = read(markup(f"<h1>{TITLE}</h1><p>By Tom Vale</p>{PROSE}", head))

    assert [person.name for person in both.people] == ["Ada Berg", "Tom Vale"]
    assert [person.name for person in other.people] == ["Ada Berg"]


def test_an_agency_in_the_datas_list_of_authors_stands_beside_a_person_and_the_publisher_does_not() -> None:
    agency = {"@type": "Organization", "name": "Fjord Wire"}
    house = {"@type": "Organization", "name": "Harbour Press"}

    article = read(
        markup(head=script(author=[{"@type": "Person", "name": "Ada Berg"}, agency, house], publisher=house))
    )

    assert [person.name for person in article.people] == ["Ada Berg", "Fjord Wire"]
