"""What is an article, what a listing, what nothing (crawler/extract/verdict.py)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.extract.article import Extraction, extract
from crawler.extract.page import read_page
from crawler.site import Site
from db.records import Verdict

FETCHED = datetime(2026, 3, 1, tzinfo=UTC)
SITE = Site(name="Fjord Health", domains=("fjord.example",))
PROSE = "Rest, drink something warm, and keep the room cool at night, which helps most people within a week. "


def judge(text: str, *, path: str = "/throat/7", site: Site = SITE) -> Extraction:
    return extract(read_page(text.encode(), f"https://fjord.example{path}"), site, FETCHED)


def page(title: str, body: str, head: str = "") -> str:
    return f"<html><head><title>{title}</title>{head}</head><body><h1>{title}</h1>{body}</body></html>"


ARTICLE = page("How to sleep with a cough that will not stop", f"<p>{PROSE}</p>" * 6)
TEASERS = "".join(
    f"<div><h2><a href='/a/{n}'>What to know about the cough number {n} of this winter</a></h2><p>{PROSE}</p></div>"
    for n in range(15)
)


def test_a_page_with_title_and_text_is_an_article() -> None:
    extraction = judge(ARTICLE)

    assert extraction.verdict is Verdict.ARTICLE
    assert extraction.reason is None
    assert extraction.article is not None


@pytest.mark.parametrize(
    ("title", "body"),
    [
        ("404 Not Found", "Nothing is here."),
        ("Page not found", "Try the search, or go to our home page. " * 5),
        ("Oops! We can't find that page", "Please go back."),
        ("Fjord Health", "The page you are looking for does not exist."),
        ("Error 404", "-"),
        ("页面不存在", "您访问的页面不存在或已被删除，请返回首页。"),
        ("出错了", "抱歉，您要找的文章不存在。"),
        ("Seite nicht gefunden", "Bitte prüfen Sie die Adresse."),
        ("Page introuvable", "Revenez à l'accueil."),
        ("Página no encontrada", "Vuelva al inicio."),
        ("Halaman tidak ditemukan", "Kembali ke beranda."),
        ("ページが見つかりません", "お探しのページは移動しました。"),
    ],
)
def test_a_missing_page_that_is_served_as_if_it_were_there_is_seen(title: str, body: str) -> None:
    extraction = judge(page(title, f"<p>{body}</p>"))

    assert (extraction.verdict, extraction.reason) == (Verdict.REJECTED, "soft 404")


def test_an_article_that_mentions_what_cannot_be_found_is_an_article() -> None:
    text = page("When the cause of a cough is not found", f"<p>{PROSE}</p>" * 20 + "<p>Page not found.</p>")

    assert judge(text).verdict is Verdict.ARTICLE


@pytest.mark.parametrize(
    "text",
    [
        page("Log in", "<form><input name=u><input type=password></form>"),
        page("A members' article on coughs", "<p>Please log in to read this article.</p><input type=password>"),
        page("会员文章", "<p>请先登录后查看全文内容。</p>"),
    ],
)
def test_a_login_wall_is_no_article(text: str) -> None:
    extraction = judge(text)

    assert (extraction.verdict, extraction.reason) == (Verdict.REJECTED, "login wall")


def test_a_login_form_beside_an_article_does_not_matter() -> None:
    assert judge(ARTICLE.replace("</body>", "<form><input type=password></form></body>")).verdict is Verdict.ARTICLE


def test_a_check_for_robots_is_no_article() -> None:
    assert judge(page("Just a moment...", "<p>Checking your browser.</p>")).reason == "bot wall"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("%PDF-1.4 x", "not html"),
        ("{}", "not html"),
        ("<html></html>", "no body"),
        (page("A title and nothing else", "<p>Soon.</p>"), "no body"),
        ("<html><body><script>render()</script><div id=app></div></body></html>", "needs javascript"),
    ],
)
def test_what_holds_no_text_is_rejected_with_its_reason(body: str, reason: str) -> None:
    extraction = judge(body)

    assert (extraction.verdict, extraction.reason, extraction.article) == (Verdict.REJECTED, reason, None)


@pytest.mark.parametrize("title", ["Coughs", "All about coughs"])
def test_a_page_of_teasers_is_a_listing(title: str) -> None:
    assert judge(page(title, TEASERS), path="/coughs/").verdict is Verdict.LISTING


def test_a_list_of_links_is_a_listing() -> None:
    items = "".join(f"<li><a href='/a/{n}'>What to know about the cough number {n}</a></li>" for n in range(40))

    assert judge(page("Coughs", f"<ul>{items}</ul>"), path="/coughs/").verdict is Verdict.LISTING


@pytest.mark.parametrize("path", ["/", "/index.html", "/en", ""])
def test_a_home_page_is_a_listing(path: str) -> None:
    assert judge(ARTICLE, path=path).verdict is Verdict.LISTING


def test_teasers_under_an_article_leave_it_an_article() -> None:
    text = ARTICLE.replace("</body>", f"<h3>Related Articles</h3>{TEASERS}</body>")

    extraction = judge(text)

    assert extraction.verdict is Verdict.ARTICLE
    assert extraction.article is not None
    assert "number 3" not in extraction.article.body


def test_a_declared_pattern_decides_what_may_be_an_article() -> None:
    site = Site(name="Fjord Health", domains=("fjord.example",), article=r"/throat/\d+$")

    assert judge(ARTICLE, path="/throat/7", site=site).verdict is Verdict.ARTICLE
    assert judge(ARTICLE, path="/nose/7", site=site).verdict is Verdict.LISTING
    assert judge(page("Page not found", "<p>Gone.</p>"), path="/throat/7", site=site).reason == "soft 404"


def test_a_short_chinese_article_is_long_enough() -> None:
    body = "<p>每天早睡早起，多喝温水，少熬夜，饮食清淡，适当运动，如有不适请及时就医。</p>"

    assert judge(page("晚上咳嗽怎么办", body)).verdict is Verdict.ARTICLE


SHORT = "<p>A cough at night is mostly harmless and goes away within three weeks without any medicine at all.</p>" * 2
OTHERS = "".join(
    f"<p><a href='/a/{n}'>What to know about the illness number {n} of this winter</a></p>" for n in range(16)
)


@pytest.mark.parametrize(
    ("byline", "path"),
    [
        ("<p>By Ada Berg, May 4, 2025</p>", "/cough/7"),
        ("<p>May 4, 2025</p>", "/cough/7"),
        ("", "/cough/4711"),
        ("", "/cough-at-night.html"),
        ("<p>By Ada Berg, May 4, 2025</p>", "/topics/cough-at-night"),
        ("<p>May 4, 2025</p>", "/archives/771"),
    ],
)
@pytest.mark.parametrize("before", [True, False])
def test_a_short_article_among_many_teasers_is_an_article(byline: str, path: str, before: bool) -> None:
    content = f"{OTHERS if before else ''}<h1>Cough at night</h1>{byline}{SHORT}{OTHERS}"

    assert (
        judge(f"<html><head><title>Cough at night</title></head><body>{content}</body></html>", path=path).verdict
        is Verdict.ARTICLE
    )


@pytest.mark.parametrize("path", ["/cough", "/topics/cough", "/archives/2025/05", "/health/cough-and-cold-in-winter/"])
def test_a_section_with_an_introduction_is_a_listing(path: str) -> None:
    introduction = f"<p>{PROSE}</p>"

    assert judge(page("Cough", introduction + OTHERS), path=path).verdict is Verdict.LISTING
