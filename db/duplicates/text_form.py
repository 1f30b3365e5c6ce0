"""The form of a text that is compared: what a reader would call the same words."""

from __future__ import annotations

import re
import unicodedata
from hashlib import blake2b

TEXT_FORM = 1
"""Version of this form; stored hashes of another version are never compared with it."""

_TOKEN = re.compile(r"\w+")


def text_hash(text: str) -> str:
    """Hash of the words of a text, whatever its case, width, punctuation and line breaks.

    128 bits in hexadecimal behind the version of the form: '1:9f86d0...'.
    """
    words = " ".join(_TOKEN.findall(unicodedata.normalize("NFKC", text).casefold()))
    return f"{TEXT_FORM}:{blake2b(words.encode(), digest_size=16).hexdigest()}"


def word_count(text: str) -> int:
    """Words of a text; a Han, kana or hangul character counts as a word of its own."""
    return sum(1 for _ in _WORD.finditer(text))


_CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
