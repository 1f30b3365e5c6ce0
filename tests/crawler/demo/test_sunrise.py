"""One article of Sunrise Health in every markup."""

from __future__ import annotations

import lxml.html
import pytest

from crawler.demo.sunrise import MARKUPS, render
from crawler.demo.texts import sunrise


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_article_reads_the_same_in_every_markup(markup):
    article, other = sunrise()[1], sunrise()[4]
    root = lxml.html.document_fromstring(render(article, markup, [other]))
    text = " ".join(root.find("body").text_content().split())
    words = [article.title, "Apr 11, 2024", "Source", "Sunrise Health", "Dr. Shen Yulan", "Introduction"]
    place = 0
    for part in (*words, article.summary, *article.lines, "Related Articles", other.title, "View All"):
        assert (place := text.find(part, place)) >= 0, part


def test_the_site_uses_every_markup():
    assert {article.form for article in sunrise()} == set(MARKUPS)


@pytest.mark.parametrize("markup", MARKUPS)
def test_an_article_without_date_source_doctor_and_introduction_shows_no_empty_labels(markup):
    page = render(sunrise()[0], markup)
    for label in ("Source", "Dr.", "Introduction", "Date"):
        assert label not in page


def test_an_unknown_markup_is_refused():
    with pytest.raises(ValueError, match="no markup 'frames'; known are divs, table, span"):
        render(sunrise()[1], "frames")
