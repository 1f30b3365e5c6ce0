"""What is really on the demo sites: one entry for each page, written down beside the texts and not extracted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from crawler.demo import digest, hanlin, meridian, sunrise, texts
from crawler.demo.expected import Expected, PageKey
from crawler.demo.texts import DemoArticle


@cache
def truth() -> tuple[Expected, ...]:
    """Every page of the four sites, also those under a second address (see `Expected.same_page_as`).

    robots.txt, sitemaps and feeds are no pages.
    """
    return (*_sunrise(), *_meridian(), *_hanlin(), *_digest())


def whole_body(first: Expected) -> tuple[str, ...]:
    """The lines of an article with those of its later parts, in order."""
    parts = (page for page in truth() if page.part_of == first.key and page.host == first.host)
    return (*first.body_lines, *(line for part in parts for line in part.body_lines))


def _article(article: DemoArticle, language: str) -> Expected:
    return Expected(**article.facts(), verdict="article", language=language, body_lines=article.lines)


def _second_address(page: Expected, path: str, host: int = 0) -> Expected:
    return replace(page, path=path, host=host, same_page_as=page.key)


def _listings(spider: str, paths: Iterable[str]) -> Iterator[Expected]:
    return (Expected(spider=spider, path=path, verdict="listing") for path in paths)


def _rejected(spider: str, path: str, reason: str, status: int = 200, same: PageKey | None = None) -> Expected:
    return Expected(spider=spider, path=path, verdict="rejected", reason=reason, status=status, same_page_as=same)


def _sunrise() -> Iterator[Expected]:
    yield from (_article(article, "en") for article in texts.sunrise())
    yield from _listings(sunrise.NAME, ["/", *(path for path, _, _ in sunrise.listings())])


def _meridian() -> Iterator[Expected]:
    yield from (_article(article, "en") for article in texts.meridian())
    yield from _listings(meridian.NAME, ["/", "/conditions"])


def _hanlin() -> Iterator[Expected]:
    pages = [page for article in texts.hanlin() for page in _hanlin_pages(article)]
    yield from pages
    yield from (_second_address(page, page.path, host=1) for page in pages)
    yield from _listings(hanlin.NAME, ["/", *(path for path, _, _ in hanlin.listings())])
    yield Expected(spider=hanlin.NAME, path="/", host=1, verdict="listing")


def _hanlin_pages(article: DemoArticle) -> Iterator[Expected]:
    yield _article(article, "zh")
    first = (article.spider, article.path)
    for path, blocks, _ in list(hanlin.article_pages(article))[1:]:
        lines = tuple(block.text for block in blocks)
        yield Expected(
            spider=hanlin.NAME, path=path, verdict="part", title=article.title, body_lines=lines, part_of=first
        )


def _digest() -> Iterator[Expected]:
    stories = {story.path: _article(story, _copy_language(story)) for story in texts.digest()}
    yield from stories.values()
    for story in texts.digest():
        if amp := digest.amp_path(story):
            yield _second_address(stories[story.path], amp)
    yield from (_second_address(stories[story.path], path) for path, story in digest.tracked())
    yield from _listings(digest.NAME, ["/", *map(digest.section_path, digest.SECTIONS)])
    yield _rejected(digest.NAME, digest.SOFT_404, "soft 404")
    yield _rejected(digest.NAME, digest.EMPTY, "empty")
    yield _rejected(digest.NAME, digest.BINARY, "not html")
    yield _rejected(digest.NAME, digest.MEMBERS, "login wall", status=302)
    yield _rejected(digest.NAME, digest.LOGIN, "login wall")
    yield _rejected(
        digest.NAME, f"{digest.LOGIN}?next={digest.MEMBERS}", "login wall", same=(digest.NAME, digest.LOGIN)
    )
    yield _rejected(digest.NAME, digest.PRIVATE, "robots")


def _copy_language(story: DemoArticle) -> str:
    return "zh" if story.copy_of and story.copy_of[0] == hanlin.NAME else "en"
