"""The form in which words of a byline are looked up: half-width, lower case, simplified Chinese."""

from __future__ import annotations

import re

from crawler.extract import clean
from crawler.extract.words import table

_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]+")
_SIMPLIFIED = str.maketrans({pair[0]: pair[1] for pair in table("zh")["script"]["traditional"].split()})


def fold(text: str) -> str:
    """Like `crawler.extract.clean.fold`, and traditional characters of known words in their simplified form.

    Character for character: offsets stay valid.
    """
    folded = clean.fold(text)
    return folded if folded.isascii() else _HAN.sub(lambda match: match[0].translate(_SIMPLIFIED), folded)
