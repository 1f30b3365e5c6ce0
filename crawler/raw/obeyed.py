"""What pages and sites say about their use, obeyed when raw pages are read without an engine."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import replace

from scrapy.settings import BaseSettings

from crawler.polite.signals import header_signals, merged
from db.policy import DEFAULT_RULES, obey
from db.records import Article, RawPage


def policy_rules(settings: BaseSettings) -> Mapping[str, str]:
    """What follows from each signal: the defaults and the setting GALEN_POLICY."""
    return {**DEFAULT_RULES, **settings.getdict("GALEN_POLICY")}


def obeyed(
    article: Article, raw: RawPage, rules: Mapping[str, str], product: str, known: tuple[str, ...] = ()
) -> Article:
    """An article with the signals of its page, its headers and those that are `known` of it, obeyed."""
    return obey(replace(article, policy=merged(article.policy, header_signals(raw.headers, product), known)), rules)


def known_signals(connection: sqlite3.Connection, page_id: int) -> tuple[str, ...]:
    """What was stored of the article of a page: signals of the whole site are in no raw page."""
    row = connection.execute(
        "SELECT policy FROM articles WHERE id = (SELECT article_id FROM pages WHERE id = ?)", (page_id,)
    ).fetchone()
    return tuple(row["policy"].split(", ")) if row is not None and row["policy"] else ()


def product_of(settings: BaseSettings) -> str:
    """Our name in robots.txt and X-Robots-Tag."""
    return str(settings["ROBOTSTXT_USER_AGENT"] or "Galen").partition("/")[0]
