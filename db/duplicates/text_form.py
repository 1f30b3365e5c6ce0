"""The form of a text that is compared: what a reader would call the same words.

Compatibility forms, case, width, punctuation, line breaks and the Chinese script make no difference; one token is one
word, or one Han, kana or hangul character. Labels and stock phrases that stand in articles on any subject are left out.
Stored hashes and signatures rest on this form: any change of it is a new `TEXT_FORM`, and `galen reindex` brings the
stored ones up to date.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from importlib import resources
from itertools import compress

import numpy as np
from numpy.typing import NDArray

TEXT_FORM = 2
"""Version of this form; stored hashes of another version are never compared with it."""

CJK = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uac00-\ud7af"
"""Characters that are tokens by themselves, as a range inside a regular expression's brackets."""

WORD = "\x00"
"""Stands for a word in a skeleton; no text holds it."""

_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+")
_RUN = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+")
_CHARACTER = re.compile(rf"[{CJK}]")
_ENDS = ".!?。！？"
_FIRST_CHARACTER = CJK[0]
_FIRST_HAN = 0x3400
SENTENCES = 4
MIN_SENTENCE = 12
"""Tokens of a sentence that is long enough to be somebody's own."""

LABELS = frozenset(
    "introduction|summary|abstract|overview|key points|key takeaways|in this article|table of contents|conclusion|"
    "einleitung|zusammenfassung|fazit|inhalt|résumé|sommaire|introducción|resumen|"
    "导语|导读|简介|摘要|概述|目录|前言|引言|总结|正文|核心提示".split("|")
)
"""Lines that say nothing but what part of an article begins, folded, without punctuation."""

STOCK_PHRASES = (
    "the detailed analysis is as follows",
    "the specific analysis is as follows",
    "detailed analysis is as follows",
    "specific analysis is as follows",
    "the details are as follows",
    "the specific details are as follows",
    "the specific situation is as follows",
    "具体情况分析如下",
    "具体分析如下",
    "详细分析如下",
    "具体介绍如下",
    "详细介绍如下",
    "具体情况如下",
    "具体内容如下",
    "具体如下",
)
"""Sentences that announce content and are none, folded."""


@dataclass(frozen=True)
class TextForm:
    """One text in the form that is compared.

    Its tokens are folded words and single Han, kana or hangul characters, kept in two parts, because most of a Chinese
    text's tokens are one character long and a list of those costs more than all that is done with them.
    """

    skeleton: str
    """One character a token: the character that it is, `WORD` where it is a word."""
    words: tuple[str, ...]
    """The words, in order."""
    content: str
    """The text folded, with its punctuation, without labels and stock phrases."""
    traditional: bool
    """Whether the text was in traditional Chinese: at least a fiftieth of its characters were converted."""

    @cached_property
    def tokens(self) -> tuple[str, ...]:
        """All tokens, in order."""
        if len(self.words) == len(self.skeleton):
            return self.words
        tokens, place = list(self.skeleton), -1
        for word in self.words:
            place = self.skeleton.index(WORD, place + 1)
            tokens[place] = word
        return tuple(tokens)

    @cached_property
    def sentences(self) -> tuple[str, ...]:
        """Its longest sentences, their tokens joined by spaces, longest first, at most `SENTENCES`."""
        content = self.content
        for end in _ENDS:
            content = content.replace(end, "\n")  # a fifth of what splitting by a pattern costs
        distinct = set(content.split("\n"))
        longest = sorted(zip(map(len, distinct), distinct, strict=True), reverse=True)[: 2 * SENTENCES]
        tokens = {tuple(_TOKEN.findall(sentence)) for _, sentence in longest}
        written = sorted((" ".join(t) for t in tokens if len(t) >= MIN_SENTENCE), key=lambda s: (-s.count(" "), s))
        return tuple(written[:SENTENCES])

    @cached_property
    def hash(self) -> str:
        """128 bits of the tokens in hexadecimal behind the version of the form: '2:9f86d0...'."""
        tokens = f"{self.skeleton} {' '.join(self.words)}"
        return f"{TEXT_FORM}:{blake2b(tokens.encode(), digest_size=16).hexdigest()}"


def read_text(text: str) -> TextForm:
    """The compared form of a text; pure and the same on every machine."""
    folded, converted = fold(text)
    content = _without_stock(folded)
    runs = _RUN.findall(content)
    if _CHARACTER.search(content) is None:
        skeleton, words = WORD * len(runs), runs
    else:
        of_words = [run[0] < _FIRST_CHARACTER or not _CHARACTER.match(run) for run in runs]
        skeleton = "".join(WORD if is_word else run for run, is_word in zip(runs, of_words, strict=True))
        words = list(compress(runs, of_words))
    # A word that many texts have lies in memory once: a hundred texts are kept at a time.
    return TextForm(skeleton, tuple(map(sys.intern, words)), content, converted * 50 > len(skeleton))


def text_hash(text: str) -> str:
    """Hash of the words of a text, as `TextForm.hash`."""
    return read_text(text).hash


def word_count(text: str) -> int:
    """Words of a text; a Han, kana or hangul character counts as a word of its own."""
    return len(_TOKEN.findall(text))


def fold(text: str) -> tuple[str, int]:
    """A text without compatibility forms, case and script, and how many Han characters were converted."""
    if text.isascii():
        return text.lower(), 0
    return simplify(unicodedata.normalize("NFKC", text).casefold())


def simplify(text: str) -> tuple[str, int]:
    """Traditional and variant Han characters as simplified ones, one by one, and how many those were.

    The table is ours (`simplified.txt`), not a library's: a stored hash must not change with an upgrade.
    """
    codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
    if not codes.size or int(codes.max()) < _FIRST_HAN:
        return text, 0
    table = _table()
    mapped = np.where(codes < table.size, table[np.minimum(codes, table.size - 1)], codes)
    converted = int(np.count_nonzero(mapped != codes))
    return (mapped.astype("<u4").tobytes().decode("utf-32-le"), converted) if converted else (text, 0)


def _without_stock(folded: str) -> str:
    for phrase in STOCK_PHRASES:
        if phrase in folded:
            folded = folded.replace(phrase, "\n")
    return "\n".join(line for line in folded.split("\n") if not _is_label(line))


def _is_label(line: str) -> bool:
    return len(line) < 40 and line.strip(" \t\r:：.。【】[]|-—") in LABELS


@cache
def _table() -> NDArray[np.uint32]:
    table = np.arange(0x10000, dtype=np.uint32)
    for traditional, simplified in _pairs():
        table[ord(traditional)] = ord(simplified)
    return table


def _pairs() -> Iterator[tuple[str, str]]:
    text = resources.files("db.duplicates").joinpath("simplified.txt").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    for traditional, simplified in zip(lines[::2], lines[1::2], strict=True):
        yield from zip(traditional, simplified, strict=True)
