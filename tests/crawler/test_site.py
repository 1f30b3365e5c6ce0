from __future__ import annotations

import pytest

from crawler.article_spider import ArticleSpider, moved
from crawler.site import Links, Site


def test_a_misspelt_keyword_fails_at_once() -> None:
    with pytest.raises(TypeError, match="domain"):
        Site(name="X", domain=("x.example",))  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": " "}, "a name is needed"),
        ({"domains": ()}, "X: .* names no host"),
        ({"domains": ("https://x.example/",)}, "without scheme or path"),
        ({"domains": ("X.example",)}, "lower-case"),
        ({"article": "("}, "is no regular expression"),
        ({"expect": ("titel",)}, "titel"),
        ({"revisit": ()}, "rising numbers of days"),
        ({"revisit": (7, 1)}, "rising numbers of days"),
    ],
)
def test_a_declaration_that_cannot_work_is_refused_with_its_name(fields: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Site(**{"name": "X", "domains": ("x.example",)} | fields)  # type: ignore[arg-type]


def test_a_spider_without_a_site_is_refused_when_it_is_imported() -> None:
    with pytest.raises(TypeError, match=r"Nothing needs: site = Site"):
        type("Nothing", (ArticleSpider,), {"name": "nothing"})


def test_a_site_can_be_crawled_at_another_place() -> None:
    site = moved(
        Site(name="X", domains=("x.example",), discover=(Links(),)), "http://127.0.0.2:81, http://127.0.0.3:82"
    )

    assert site.domains == ("127.0.0.2:81", "127.0.0.3:82")
    assert site.base == "http://127.0.0.2:81"
    with pytest.raises(ValueError, match="write root URLs"):
        moved(site, "127.0.0.2:81")
