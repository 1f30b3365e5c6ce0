"""The truth is true: what it says can be seen on the pages."""

from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from difflib import SequenceMatcher
from itertools import combinations, pairwise
from urllib.parse import urldefrag, urljoin

import lxml.html
import pytest

from crawler.demo.expected import Expected
from crawler.demo.hanlin import CHARSETS
from crawler.demo.texts import hanlin
from crawler.demo.truth import truth, whole_body

HAN = re.compile(r"[\u3400-\u9fff]+")
ARTICLES = [page for page in truth() if page.verdict == "article"]
MAIN = [page for page in ARTICLES if page.same_page_as is None]
BY_KEY = {page.key: page for page in truth() if page.host == 0}


def text_lines(page: Expected, body: bytes) -> list[str]:
    """The page's visible lines: one for each block or <br>, spaces single."""
    root = tree(page, body)
    for element in root.xpath("//script | //style | //head"):
        element.drop_tree()
    for element in root.iter("p", "div", "h1", "h2", "h3", "h4", "li", "td", "th", "br", "b"):
        element.tail = "\n" + (element.tail or "")
    return [" ".join(line.split()) for line in root.text_content().splitlines()]


def tree(page: Expected, body: bytes) -> lxml.html.HtmlElement:
    return lxml.html.document_fromstring(body.decode("gbk" if page.spider == "demo_hanlin" else "utf-8"))


@pytest.fixture(scope="module")
def shown(client):
    """Lines of every article and part."""
    pages = [page for page in truth() if page.verdict in ("article", "part")]
    return {(page.host, page.key): text_lines(page, client.get(page.url(client.sites.origins))[1]) for page in pages}


def test_there_are_sixty_to_a_hundred_pages_and_no_address_twice():
    addresses = Counter((page.spider, page.host, page.path) for page in truth())
    assert max(addresses.values()) == 1
    assert 60 <= sum(page.same_page_as is None for page in truth()) <= 100


def test_every_body_line_stands_on_its_page_in_order(shown):
    for page in truth():
        if page.verdict in ("article", "part"):
            lines = iter(shown[page.host, page.key])
            assert page.body_lines
            assert all(line in lines for line in page.body_lines), page.path


def test_titles_sources_people_and_summaries_stand_on_their_pages(shown):
    for page in ARTICLES:
        lines = shown[page.host, page.key]
        text = "\n".join(lines)
        assert page.title in lines, page.path
        named = [word for person in page.doctors for word in (person.name, person.clinical_title, person.credentials)]
        places = [word for person in page.doctors for word in (person.department, person.hospital)]
        for word in (page.source, page.summary, *page.authors, *named, *places):
            assert word is None or word in text, (page.path, word)


def written(date: str, spider: str) -> list[str]:
    """The forms in which the sites write a date."""
    if len(date) == 7:
        return [f"{datetime.fromisoformat(date + '-01'):%B %Y}"]
    at = datetime.fromisoformat(date)
    time = f" {at:%H:%M}" if len(date) > 10 else ""
    long = f"{at:%B} {at.day}, {at.year}"
    forms = {
        "demo_sunrise": [f"{at:%b %d, %Y}"],
        "demo_meridian": [long, f"{at:%m/%d/%Y}"],
        "demo_hanlin": [f"{at:%Y-%m-%d}{time}", f"{at:%Y/%m/%d}来源", f"{at:%Y年%m月%d日}{time}"],
        "demo_digest": [f"{at:%d/%m/%Y}"],
    }
    return forms[spider]


def test_every_date_stands_on_its_page_as_precisely_as_the_truth_says(shown):
    for page in ARTICLES:
        text = "\n".join(shown[page.host, page.key])
        for date in (page.published, page.modified, page.reviewed, page.next_review):
            if date is not None and page.path != "/conditions/celiac-testing":
                assert any(form in text for form in written(date, page.spider)), (page.path, date)


def test_a_date_of_publication_that_only_the_structured_data_has_is_known(client):
    page = BY_KEY["demo_meridian", "/conditions/celiac-testing"]
    body = client.get(page.url(client.sites.origins))[1].decode()
    assert f'"datePublished": "{page.published}+00:00"' in body
    assert "September 17" not in body


def test_the_structured_data_contradicts_the_visible_date_on_some_pages(client):
    wrong = []
    for page in MAIN:
        if page.spider == "demo_meridian":
            body = client.get(page.url(client.sites.origins))[1].decode()
            said = dict(re.findall(r'"(datePublished|lastReviewed)": "([\d-]+)', body))
            seen = {"datePublished": page.published, "lastReviewed": page.reviewed}
            wrong += [page.path for key, date in said.items() if (seen[key] or "")[:10] != date]
    assert sorted(wrong) == [f"/conditions/{name}" for name in ("bppv", "migraine-aura", "shingles", "sleep-apnea")]


def test_cards_name_reviewers_of_other_articles(shown):
    trapped = 0
    for page in MAIN:
        if page.spider == "demo_meridian":
            own = {doctor.name for doctor in page.doctors}
            named = re.findall(r"Medically reviewed by ([^,\n]+),", "\n".join(shown[page.host, page.key]))
            trapped += bool(set(named) - own)
    assert trapped >= 8


def test_every_chinese_word_in_an_english_text_is_told_and_no_other():
    pages = [page for page in MAIN if page.language == "en"]
    for page in pages:
        text = "\n".join((page.title or "", page.summary or "", *page.body_lines))
        assert set(HAN.findall(text)) == set(page.fragments), page.path
    assert sum(bool(page.fragments) for page in pages if page.spider == "demo_sunrise") >= 12


def test_the_introduction_repeats_parts_of_the_body():
    for page in MAIN:
        if page.spider == "demo_sunrise" and page.summary:
            text = " ".join(page.body_lines)
            match = SequenceMatcher(None, page.summary, text, autojunk=False).find_longest_match()
            assert match.size > 30, page.path


def test_article_numbers_of_sunrise_rise_with_time():
    dated = [page for page in MAIN if page.spider == "demo_sunrise" and page.published]
    assert len(dated) >= 15
    for earlier, later in pairwise(sorted(dated, key=lambda page: int(page.path.rsplit("/", 1)[1]))):
        assert earlier.published < later.published
    assert sum(page.published is None and not page.doctors for page in MAIN if page.spider == "demo_sunrise") == 1


def test_articles_are_long_enough_to_read_and_all_different():
    for page in MAIN:
        text = " ".join((page.summary or "", *whole_body(page)))
        length = len(HAN.sub("", text).split()) + len("".join(HAN.findall(text))) / 2
        assert 120 <= length <= 350, (page.path, length)
    originals = [page for page in MAIN if page.spider != "demo_digest"]
    lines = Counter(line for page in originals for line in page.body_lines if len(line) > 40)
    assert max(lines.values()) == 1


def test_exact_copies_have_the_lines_of_the_original_and_near_copies_almost():
    kinds = Counter(page.copy_kind for page in MAIN)
    assert kinds["exact"] >= 6
    assert kinds["near"] >= 3
    near = [page for page in MAIN if page.copy_kind == "near"]
    assert any(len(page.body_lines) < len(BY_KEY[page.copy_of].body_lines) for page in near)
    assert any(len(page.body_lines) == len(BY_KEY[page.copy_of].body_lines) for page in near)
    for page in MAIN:
        if page.copy_of:
            original = BY_KEY[page.copy_of]
            same = page.body_lines == original.body_lines
            assert same == (page.copy_kind == "exact")
            assert SequenceMatcher(None, " ".join(page.body_lines), " ".join(original.body_lines)).ratio() > 0.7
            assert page.published > original.published
            assert page.spider != original.spider


def test_the_laboratory_family_differs_in_a_few_words_and_is_no_copy():
    family = [page for page in MAIN if page.path.startswith("/story/low-")]
    assert len(family) >= 8
    for one, other in combinations(family, 2):
        words = [" ".join(page.body_lines).split() for page in (one, other)]
        assert one.copy_of is None
        assert one.title != other.title
        assert 0.75 < SequenceMatcher(None, *words, autojunk=False).ratio() < 1


def test_an_article_over_three_pages_is_joined_by_its_next_links(client):
    first = BY_KEY["demo_hanlin", "/a/12.html"]
    path, seen = first.path, []
    while path:
        page = BY_KEY["demo_hanlin", path]
        seen += page.body_lines
        links = tree(page, client.get(page.url(client.sites.origins))[1]).xpath("//a[.='下一页']/@href")
        path = links[0] if links else None
    assert tuple(seen) == whole_body(first)
    assert [page.path for page in truth() if page.part_of == first.key and page.host == 0] == [
        "/a/12_2.html",
        "/a/12_3.html",
    ]


def test_chinese_pages_are_gbk_whatever_they_declare(client):
    forms = Counter(article.form for article in hanlin())
    assert set(forms) == set(CHARSETS)
    for article in hanlin():
        response, body = client.get(client.sites.origins["demo_hanlin"][0] + article.path)
        header, meta = CHARSETS[article.form]
        assert response.headers["Content-Type"] == header
        assert f"charset={meta}".encode() in body
        assert article.title in body.decode("gbk")
        with pytest.raises(UnicodeDecodeError):
            body.decode("utf-8")


def test_other_addresses_of_an_article_point_to_its_main_one(client):
    others = [page for page in ARTICLES if page.same_page_as]
    assert {"?amp=1", "/amp/", "utm_source", ".html"} <= {
        sign for sign in ("?amp=1", "/amp/", "utm_source", ".html") if any(sign in page.path for page in others)
    }
    for page in others:
        root = tree(page, client.get(page.url(client.sites.origins))[1])
        main = BY_KEY[page.same_page_as]
        assert root.xpath("//link[@rel='canonical']/@href") == [main.url(client.sites.origins)]
        assert page.body_lines == main.body_lines


def test_every_link_leads_to_a_page_of_the_truth(client):
    origins = client.sites.origins
    known = {page.url(origins) for page in truth()} | {origins["demo_meridian"][0] + "/feed.xml"}
    linked = set()
    for page in truth():
        if page.reason in ("not html", "empty") or page.status != 200:
            continue
        url = page.url(origins)
        for href in tree(page, client.get(url)[1]).xpath("//*/@href"):
            linked.add(urldefrag(urljoin(url, href)).url)
    assert linked - known == {client.sites.offsite + "/"}
    unlinked = known - linked
    assert unlinked == {f"{origins['demo_digest'][0]}/login?next=/members/quiet-evenings"}


def test_odd_pages_are_what_they_are_called(client):
    odd = {page.reason: page for page in truth() if page.reason and page.reason != "login wall"}
    got = {reason: client.get(page.url(client.sites.origins)) for reason, page in odd.items()}
    assert set(got) == {"soft 404", "empty", "not html", "robots"}
    assert b"not found" in got["soft 404"][1]
    assert got["empty"][1] == b""
    assert b"\0" in got["not html"][1]
    assert all(response.headers["Content-Type"].startswith("text/html") for response, _ in got.values())
    origin = client.sites.origins["demo_digest"][0]
    response, _ = client.get(f"{origin}/members/quiet-evenings")
    assert response.headers["Location"] == "/login?next=/members/quiet-evenings"
    assert b'type="password"' in client.get(origin + response.headers["Location"])[1]
