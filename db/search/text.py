"""The indexed form of text: what FTS5 sees, and back to what people read.

FTS5's unicode61 takes a run of Chinese as one word, so a two-character word inside it is never
found. A zero-width space around each Han, kana and Hangul character makes every character a token
of its own: a word becomes a phrase of characters, porter still stems English, and the text looks
the same on screen. Stored and exported text never carries these marks.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import opencc

SEPARATOR = "\u200b"
"""Zero-width space: invisible, and a separator to unicode61."""

EVERY_ROW = "\ue000"
"""A private-use character that is a token of every published row, so that FTS5 can be asked for all rows."""

_CJK = (
    "\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff"
    "\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97c\uac00-\ud7fb\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
"""Characters written without spaces between words, as the inside of a regular expression's class."""

CJK_RUN = re.compile(f"[{_CJK}]+")
"""One or more characters that the index keeps apart."""

_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Compatibility forms of letters and digits made plain: 'ＣＴ' is 'CT', 'B₁₂' is 'B12'.

    NFC for everything, NFKC for letters and digits only: punctuation stays as people wrote it.
    """
    if text.isascii() or unicodedata.is_normalized("NFKC", text):
        return text
    return _WORD.sub(lambda word: unicodedata.normalize("NFKC", word[0]), unicodedata.normalize("NFC", text))


def index_text(text: str | None) -> str:
    """Text as it goes into `search_text`: folded, every CJK character set apart; '' for None."""
    if not text:
        return ""
    if text.isascii():
        return text
    folded = fold(text.replace(SEPARATOR, ""))
    return CJK_RUN.sub(lambda run: SEPARATOR + SEPARATOR.join(run[0]) + SEPARATOR, folded)


@lru_cache(maxsize=1_000)
def scripts(text: str) -> tuple[str, ...]:
    """Text as it is, and in simplified and traditional Chinese where that differs: sites write the one or the other."""
    if not CJK_RUN.search(text):
        return (text,)
    converted = (converter.convert(text) for converter in _converters())
    return tuple(dict.fromkeys((text, *converted)))


@lru_cache(maxsize=1)
def _converters() -> tuple[opencc.OpenCC, opencc.OpenCC]:
    return opencc.OpenCC("t2s"), opencc.OpenCC("s2t")


def readable(indexed: str) -> str:
    """Indexed text as people read it: the marks of `index_text` taken out again."""
    return indexed.replace(SEPARATOR, "")
