"""翰林健康网: GBK bytes, now and then declared wrongly; an article over three pages; a mobile twin host."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from crawler.demo import texts
from crawler.demo.expected import Origins
from crawler.demo.reply import Reply, Routes, fill, newest, robots
from crawler.demo.texts import Block, DemoArticle

NAME = "demo_hanlin"
PAGE_SIZE = 5
CHARSETS = {
    "right": ("text/html; charset=gbk", "gbk"),
    "meta": ("text/html", "utf-8"),
    "header": ("text/html; charset=utf-8", "gbk"),
}
"""What a page says of its bytes, which are GBK: Content-Type header, meta element."""


def part_path(article: DemoArticle, number: int) -> str:
    """Path of an article's page, from 1: /a/12.html, /a/12_2.html."""
    return article.path if number == 1 else article.path.replace(".html", f"_{number}.html")


def article_pages(article: DemoArticle) -> Iterator[tuple[str, tuple[Block, ...], str | None]]:
    """Each page of an article: its path, its blocks, the path of the next page."""
    pages = (article.blocks, *article.parts)
    for number, blocks in enumerate(pages, start=1):
        yield part_path(article, number), blocks, part_path(article, number + 1) if number < len(pages) else None


def listings() -> Iterator[tuple[str, tuple[DemoArticle, ...], str | None]]:
    """Each listing page: its path, its articles (newest first), the path of the next page."""
    articles = texts.hanlin()[::-1]
    count = -(-len(articles) // PAGE_SIZE)
    for number in range(1, count + 1):
        shown = articles[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
        yield f"/list/{number}.html", shown, f"/list/{number + 1}.html" if number < count else None


def routes(origins: Origins) -> tuple[Routes, Routes]:
    """All that the main host and the mobile host answer."""
    main, mobile = origins[NAME]
    return _main(main, mobile), _mobile(main)


def _main(main: str, mobile: str) -> Routes:
    articles = texts.hanlin()
    found = {
        path: _list_page("hanlin_list.html", shown, next_path, mobile=mobile) for path, shown, next_path in listings()
    }
    found["/"] = _list_page("hanlin_list.html", articles[:-5:-1], None, mobile=mobile)
    for article in articles:
        found |= _pages("hanlin_article.html", article, main=main, mobile=mobile)
    found["/robots.txt"] = robots(newest(articles))
    return found


def _mobile(main: str) -> Routes:
    articles = texts.hanlin()
    found = {"/": _list_page("hanlin_mobile_list.html", articles[::-1], None, main=main)}
    for article in articles:
        found |= _pages("hanlin_mobile.html", article, main=main)
    found["/robots.txt"] = robots(newest(articles))
    return found


def _pages(template: str, article: DemoArticle, **hosts: str) -> Routes:
    content_type, meta = CHARSETS[article.form]
    return {
        path: _gbk(
            fill(template, article=article, blocks=blocks, path=path, next_path=next_path, charset=meta, **hosts),
            article.day_changed,
            content_type,
        )
        for path, blocks, next_path in article_pages(article)
    }


def _list_page(template: str, articles: Sequence[DemoArticle], next_path: str | None, **hosts: str) -> Reply:
    content_type, meta = CHARSETS["right"]
    text = fill(template, articles=articles, next_path=next_path, charset=meta, **hosts)
    return _gbk(text, newest(articles), content_type)


def _gbk(text: str, changed: str, content_type: str) -> Reply:
    return Reply(text.encode("gbk"), changed, content_type)
