"""What a page is: an article, a listing, or nothing to keep, with the reason."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from crawler.extract.jsonld import ARTICLE_TYPES, LISTING_TYPES
from crawler.extract.walls import BOT_WALL, LOGIN_WALL, SOFT_404
from crawler.site import Site
from db.records import Verdict

_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_MIN_BODY = 80
_MIN_ATTRIBUTED = 15
"""A sentence is an article where the page says who, where from or when."""
_SHORT_BODY = 1500
_MANY_TEASERS = 8
_LONG_TITLE = 25
_TEASER_TEXT = 150
LISTING_PROSE = 500
"""Characters of running text that no listing has in one stretch."""
_LANGUAGES = (
    "aa ab af am ar as ay az ba be bg bh bi bn bo br bs ca co cs cy da de dz el en eo es et eu fa fi fj fo fr fy ga gd "
    "gl gn gu ha he hi hr ht hu hy ia id ie ik is it iu iw ja ji jp jv ka kk kl km kn ko ks ku kw ky la lb ln lo lt lv "
    "mg mi mk ml mn mr ms mt my na nb ne nl nn no oc om or pa pl ps pt qu rm rn ro ru rw sa sc sd sg si sk sl sm sn so "
    "sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ug uk ur us uz vi vo wo xh yi yo za zh zu cn gb"
)
"""ISO 639-1, with codes of countries that stand for a language; '/ok' is no home page."""
_HOME = re.compile(
    rf"/?(?:index\.\w{{2,5}}|home|(?:{_LANGUAGES.replace(' ', '|')})(?:-[a-z]{{2,4}})?/?)?$", re.IGNORECASE
)
_SECTION = re.compile(
    r"/(?:tags?|categor(?:y|ies)|topics?|authors?|search|archives?(?=/?$|/\d{4}(?:/\d\d)?/?$)|page/\d+|list_\d)"
    r"(?:[/_.\d]|$)",
    re.IGNORECASE,
)
_ARTICLE_NAME = re.compile(r"/(?:[^/]*\d{2,}[^/]*|[^/-]+(?:-[^/-]+){2,})/?$")
"""The end of a path that is a number or several words."""


@dataclass(frozen=True, slots=True)
class Signs:
    """What the verdict is made from."""

    url: str
    title: str
    """The page's title, or what stands for it; '' if none."""
    body: str
    teasers: int = 0
    """How many links to other articles there are outside menus and footers."""
    linked: int = 0
    """Characters of these links and of the cards around them."""
    prose: int = 0
    """Characters of running text outside them."""
    longest: int = 0
    """Characters of the longest stretch of it that no such link interrupts."""
    paragraphs: int = 0
    """How many paragraphs that stretch has."""
    types: frozenset[str] = frozenset()
    """JSON-LD types, lower case."""
    og_type: str = ""
    password: bool = False
    """Whether the page asks for a password."""
    attributed: bool = False
    """Whether a byline names a person, or a source and a date."""
    dated: bool = False
    """Whether a byline has a date."""
    shell: bool = False
    """Whether the page is an empty frame that a script would fill, or asks for JavaScript."""


def judge(signs: Signs, site: Site) -> tuple[Verdict, str | None]:
    """The verdict and, unless it is an article, its reason in a few words."""
    weight = body_weight(signs.body)
    head = f"{signs.title}\n{signs.body[:300]}"
    if weight < _SHORT_BODY:
        if SOFT_404.search(signs.title) or (weight < 400 and _any_line(SOFT_404, head)):
            return Verdict.REJECTED, "soft 404"
        if BOT_WALL.search(signs.title):
            return Verdict.REJECTED, "bot wall"
        if _is_login(signs, weight):
            return Verdict.REJECTED, "login wall"
    if _is_listing(signs, site, weight):
        return Verdict.LISTING, "listing"
    if weight < _MIN_BODY and signs.shell:
        return Verdict.REJECTED, "needs javascript"
    if weight < (_MIN_ATTRIBUTED if signs.attributed else _MIN_BODY):
        return Verdict.REJECTED, "no body"
    return Verdict.ARTICLE, None


def body_weight(body: str) -> int:
    """Length of a text in Latin letters: a Chinese, Japanese or Korean character counts as three."""
    return len(body) + 2 * len(_CJK.findall(body))


def _any_line(pattern: re.Pattern[str], text: str) -> bool:
    return any(pattern.search(line.strip()) for line in text.split("\n"))


def _is_login(signs: Signs, weight: int) -> bool:
    """Whether a page shows a form to log in instead of an article."""
    if LOGIN_WALL.search(signs.title):
        return True
    if weight >= 400 or _says_article(signs):
        return False
    return (signs.password and weight < 300) or _any_line(LOGIN_WALL, signs.body)


def _says_article(signs: Signs) -> bool:
    """Whether the page's data calls it an article."""
    return bool(ARTICLE_TYPES & signs.types) or signs.og_type == "article"


def _is_listing(signs: Signs, site: Site, weight: int) -> bool:
    """Whether a page leads to articles rather than being one."""
    parts = urlsplit(signs.url)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    if site.article:
        return not re.search(site.article, path)
    if _HOME.fullmatch(parts.path) and not parts.query:
        return True
    enough = _TEASER_TEXT if _has_ways_of_article(signs, parts.path) else LISTING_PROSE
    many = signs.teasers >= _MANY_TEASERS and signs.linked > signs.prose and signs.longest < enough
    if _SECTION.search(parts.path) or LISTING_TYPES & signs.types:
        signed = signs.attributed and (signs.longest >= LISTING_PROSE or _ARTICLE_NAME.search(parts.path) is not None)
        return many or (weight < _SHORT_BODY and not signed)
    return many and not _says_article(signs)


def _has_ways_of_article(signs: Signs, path: str) -> bool:
    """Whether a page with a short text among many teasers looks like an article with a text of that length.

    Names of sections are short, titles of articles say something; a section is introduced by one paragraph and is
    neither signed nor dated.
    """
    if body_weight(signs.title) >= _LONG_TITLE or signs.attributed:
        return True
    return signs.paragraphs > 1 and (signs.dated or _ARTICLE_NAME.search(path) is not None)
