"""The tables of trafilatura and htmldate, cut to the languages that are read: theirs of all languages take 65 MB.

Both load, on the first page that needs them, the stop words of 100 languages and the date words of 200.
"""

from __future__ import annotations

from functools import cache

from dateparser import DateDataParser
from dateparser.languages.loader import default_loader
from htmldate import extractors
from justext.utils import get_stoplist
from trafilatura import external

_STOP_WORDS = (
    "English German French Spanish Portuguese Italian Dutch Indonesian Malay Swedish Danish Norwegian_Bokmal Finnish "
    "Polish Czech Slovak Hungarian Romanian Croatian Turkish Russian Ukrainian Bulgarian Greek Vietnamese Catalan"
).split()
_DATE_LANGUAGES = (
    "en de fr es pt it nl id ms sv da nb fi pl cs sk hu ro hr tr ru uk bg el vi ca zh ja ko ar fa hi".split()
)


@cache
def cut_to_size() -> None:
    """Give both libraries the smaller tables; once a process is enough."""
    words = {word for language in _STOP_WORDS for word in get_stoplist(language)}
    setattr(external, "JT_STOPLIST", tuple(words))  # noqa: B010 - the library declares it as None
    extractors.get_external_parser = _date_parser
    extractors.month_words = _month_words


@cache
def _date_parser() -> DateDataParser:
    """As htmldate makes it, for fewer languages."""
    settings = {
        "NORMALIZE": True,
        "PARSERS": ["custom-formats", "absolute-time"],
        "PREFER_DATES_FROM": "past",
        "PREFER_LOCALE_DATE_ORDER": True,
        "RETURN_AS_TIMEZONE_AWARE": False,
        "STRICT_PARSING": True,
    }
    return DateDataParser(languages=_DATE_LANGUAGES, settings=settings)


@cache
def _month_words() -> frozenset[str]:
    """Names of months as htmldate folds them, in fewer languages."""
    return frozenset(
        extractors._fold_month_name(word)
        for locale in default_loader.get_locales(languages=_DATE_LANGUAGES)
        for key in extractors.MONTH_KEYS
        for word in locale.info.get(key, [])
        if extractors.WORD.fullmatch(word)
    )
