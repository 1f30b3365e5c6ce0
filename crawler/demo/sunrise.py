"""Sunrise Health: translated articles in three markups, listings with pages, a sitemap index."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Literal, get_args

from crawler.demo import texts
from crawler.demo.expected import Origins
from crawler.demo.reply import Reply, Routes, fill, newest, robots, sitemap, sitemap_index
from crawler.demo.texts import DemoArticle

NAME = "demo_sunrise"
Markup = Literal["divs", "table", "span"]
MARKUPS: tuple[Markup, ...] = get_args(Markup)
PAGE_SIZE = 6


def render(article: DemoArticle, markup: str, related: Sequence[DemoArticle] = ()) -> str:
    """An article of Sunrise Health in one of MARKUPS; any article may be shown in any of them."""
    if markup not in MARKUPS:
        raise ValueError(f"no markup {markup!r}; known are {', '.join(MARKUPS)}")
    shown = f"{date.fromisoformat(article.published):%b %d, %Y}" if article.published else None
    return fill(f"sunrise_{markup}.html", article=article, date=shown, related=related)


def listing_path(number: int) -> str:
    """Path of the listing's page, from 1."""
    return "/articles/" if number == 1 else f"/articles/page/{number}"


def listings() -> Iterator[tuple[str, tuple[DemoArticle, ...], str | None]]:
    """Each listing page: its path, its articles (newest first), the path of the next page."""
    articles = texts.sunrise()[::-1]
    pages = range(1, -(-len(articles) // PAGE_SIZE) + 1)
    for number in pages:
        shown = articles[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        yield listing_path(number), shown, listing_path(number + 1) if number + 1 in pages else None


def routes(origins: Origins) -> tuple[Routes]:
    """All that the site answers."""
    origin = origins[NAME][0]
    articles = texts.sunrise()
    found: Routes = {"/": _list_page("Newest articles", articles[:-6:-1], "/articles/", "View All")}
    for path, shown, next_path in listings():
        found[path] = _list_page("All articles", shown, next_path, "Next page")
    for number, article in enumerate(articles):
        related = tuple(articles[(number + step) % len(articles)] for step in (1, 4, 9))
        found[article.path] = Reply(render(article, article.form, related).encode(), article.day_changed)
    found |= _sitemaps(origin)
    found["/robots.txt"] = robots(newest(articles), sitemaps=[f"{origin}/sitemap.xml"])
    return (found,)


def _list_page(heading: str, articles: Sequence[DemoArticle], next_path: str | None, next_text: str) -> Reply:
    text = fill("sunrise_list.html", heading=heading, articles=articles, next_path=next_path, next_text=next_text)
    return Reply(text.encode(), newest(texts.sunrise()))


def _sitemaps(origin: str) -> Routes:
    years: dict[str, list[DemoArticle]] = {}
    for article in texts.sunrise():
        years.setdefault((article.published or article.changed)[:4], []).append(article)
    found = {f"/sitemap-{year}.xml": sitemap(origin, articles) for year, articles in years.items()}
    return {"/sitemap.xml": sitemap_index((origin + path, reply.changed) for path, reply in found.items())} | found
