"""Meridian Medical Library: structured data (not always right), reviewers, cards of other articles, feed, news map."""

from __future__ import annotations

import json
from collections.abc import Mapping

from crawler.demo import texts
from crawler.demo.expected import Origins
from crawler.demo.reply import Reply, Routes, feed, fill, newest, news_sitemap, robots
from crawler.demo.texts import DemoArticle

NAME = "demo_meridian"
TITLE = "Meridian Medical Library"
FEED_SIZE = 10


def routes(origins: Origins) -> tuple[Routes]:
    """All that the site answers."""
    origin = origins[NAME][0]
    articles = texts.meridian()
    found: Routes = {}
    for number, article in enumerate(articles):
        cards = tuple(articles[(number + step) % len(articles)] for step in (1, 4, 7))
        text = fill(
            "meridian_article.html",
            article=article,
            url=origin + article.path,
            jsonld=structured_data(article, origin),
            cards=[(card, reviewer_line(card)) for card in cards],
        )
        found[article.path] = Reply(text.encode(), article.day_changed)
    latest = articles[::-1]
    found["/"] = Reply(fill("meridian_home.html", articles=latest[:4]).encode(), newest(articles))
    found["/conditions"] = Reply(fill("meridian_index.html", sections=by_section()).encode(), newest(articles))
    found["/feed.xml"] = feed(origin, TITLE, latest[:FEED_SIZE])
    found["/news-sitemap.xml"] = news_sitemap(origin, TITLE, latest)
    found["/robots.txt"] = robots(newest(articles), sitemaps=[f"{origin}/news-sitemap.xml"])
    return (found,)


def reviewer_line(article: DemoArticle) -> str | None:
    """The line about the reviewer as cards show it, without the date."""
    line = next((line for line in article.byline if line.startswith("Medically reviewed by")), None)
    return line.rpartition(" on ")[0] if line else None


def by_section() -> dict[str, list[DemoArticle]]:
    """Articles by section, both in alphabetical order."""
    sections: dict[str, list[DemoArticle]] = {}
    for article in sorted(texts.meridian(), key=lambda article: (article.section, article.title)):
        sections.setdefault(article.section, []).append(article)
    return sections


def structured_data(article: DemoArticle, origin: str) -> str:
    """The page's JSON-LD, right or wrong, safe inside a script element."""
    said: Mapping[str, str] = article.jsonld or {}
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "MedicalWebPage",
        "headline": article.title,
        "url": origin + article.path,
        "author": {"@type": said.get("author_type", "Person"), "name": said.get("author", TITLE)},
        "publisher": {"@type": "Organization", "name": TITLE},
    }
    data |= {key: said[key] for key in ("datePublished", "dateModified", "lastReviewed") if key in said}
    if "reviewedBy" in said:
        data["reviewedBy"] = {"@type": "Person", "name": said["reviewedBy"]}
    return json.dumps(data, ensure_ascii=False, indent=1).replace("</", "<\\/")
