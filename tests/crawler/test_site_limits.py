"""What a site declares of delay, concurrency and budget, and what a page may cost."""

from __future__ import annotations

import pytest
from scrapy.settings import Settings

from crawler.article_spider import ArticleSpider
from crawler.extract.page import MAX_TAGS, MAX_TEXT, read_page
from crawler.site import Site
from tests.website import TEXT, article_page

URL = "https://clinic.example/a"


class Slow(ArticleSpider):
    name = "slow"
    site = Site(name="Slow", domains=("clinic.example",), delay=5.0, at_once=1, budget=300)


def test_a_site_declares_delay_concurrency_and_budget_and_the_command_line_wins() -> None:
    settings = Settings()
    settings.set("GALEN_LIMIT", 7, priority="cmdline")
    Slow.update_settings(settings)
    assert settings.getfloat("DOWNLOAD_DELAY") == 5.0
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") == 1
    assert settings.getint("GALEN_LIMIT") == 7


@pytest.mark.parametrize(("field", "words"), [({"at_once": 9}, "between 1 and 4"), ({"budget": 0}, "1 or more")])
def test_a_declaration_that_no_site_should_bear_is_refused(field: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Site(name="Rude", domains=("clinic.example",), **field)  # type: ignore[arg-type]


def test_a_page_with_too_many_tags_is_read_up_to_there_and_its_other_links_are_counted() -> None:
    page = read_page(article_page("Knees", links="<a href=/x>x</a>" * 100_000), URL)
    assert page.tree is not None
    assert "Knees" in (page.tree.findtext(".//h1") or "")
    assert page.text.count("<") == MAX_TAGS - 1
    assert page.unread_links + page.text.count("<a ") == 100_000


def test_pictures_and_scripts_within_a_page_do_not_hide_the_text_behind_them() -> None:
    noise = f"<script>var x = '{'y' * MAX_TEXT}';</script><img src='data:image/png;base64,{'QUJD' * 1_000_000}'>"
    page = read_page(f"<html><h1>Knees</h1>{noise}<p>{TEXT}</p></html>".encode(), URL)
    assert page.text.endswith(f"<p>{TEXT}</p></html>")


def test_an_ordinary_page_is_read_whole() -> None:
    body = article_page("Knees")
    assert read_page(body, URL).text == body.decode()
