"""The site files of the demo fit the running sites."""

from __future__ import annotations

import re
from importlib import import_module

import pytest

from crawler.article_spider import ArticleSpider, moved
from crawler.demo.truth import truth
from crawler.site import Feed, Links, Listing, Sitemap

NAMES = ("demo_sunrise", "demo_meridian", "demo_hanlin", "demo_digest")


def spider_class(name: str) -> type[ArticleSpider]:
    module = import_module(f"crawler.demo.spiders.{name}")
    found = [kind for kind in vars(module).values() if isinstance(kind, type) and kind.__module__ == module.__name__]
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize("name", NAMES)
def test_a_site_file_is_named_like_its_spider_and_moves_to_the_running_site(name, sites):
    spider = spider_class(name)
    assert spider.name == name
    site = moved(spider.site, ",".join(sites.origins[name]))
    assert site.base == sites.origins[name][0]


@pytest.mark.parametrize("name", NAMES)
def test_where_a_crawl_begins_there_is_a_page(name, client):
    for way in spider_class(name).site.discover:
        assert not way.url.startswith("http")
        assert client.get(client.sites.origins[name][0] + way.url)[0].status == 200


@pytest.mark.parametrize("name", NAMES)
def test_the_pattern_of_articles_fits_all_articles_and_no_listing(name):
    pattern = re.compile(spider_class(name).site.article)
    pages = [page for page in truth() if page.spider == name]
    assert all(pattern.search(page.path) for page in pages if page.verdict == "article")
    if pattern.pattern:
        assert not [page.path for page in pages if page.verdict == "listing" and pattern.search(page.path)]


def test_the_four_sites_are_discovered_in_different_ways():
    ways = {name: tuple(map(type, spider_class(name).site.discover)) for name in NAMES}
    assert ways == {
        "demo_sunrise": (Sitemap, Listing),
        "demo_meridian": (Feed, Sitemap),
        "demo_hanlin": (Listing,),
        "demo_digest": (Links,),
    }
