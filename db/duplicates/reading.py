"""One article as the comparison reads it: title and body in the compared form, its shingles and its script."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b

import opencc
from xxhash import xxh3_64_intdigest

from db.duplicates.signature import Hashes, Signature, shingles, sign
from db.duplicates.text_form import TextForm, read_text

MIN_TOKENS = 20
"""Shorter texts say nothing: 'Page is being updated.' stands on many pages."""
MAX_CHARACTERS = 400_000
"""Of longer texts (books, logs) the beginning is compared."""
KEPT = 1_000_000
"""Characters of all the readings that are kept in memory: 10 to 25 MB."""
MAX_OUTLINE = 8_000
"""Shingles of the longest text whose outline is kept in memory."""
OUTLINES = 500
"""Outlines kept in memory: 2 to 15 MB."""


@dataclass(frozen=True)
class Reading:
    """Title and body of one article; everything else follows from them."""

    title: str
    body: str

    @cached_property
    def text(self) -> TextForm:
        """The body in the compared form."""
        return read_text(self.body[:MAX_CHARACTERS])

    @cached_property
    def title_tokens(self) -> tuple[str, ...]:
        """The title in the compared form."""
        return read_text(self.title).tokens

    @cached_property
    def shingles(self) -> Hashes:
        """The set of the body's shingles."""
        return shingles(self.text)

    @cached_property
    def text_hash(self) -> str:
        """Hash of the body's words."""
        return self.text.hash

    @cached_property
    def key(self) -> str:
        """Equal for two articles exactly if no comparison can tell them apart: hash of body and title."""
        title = blake2b(" ".join(self.title_tokens).encode(), digest_size=8).hexdigest()
        return f"{self.text_hash}:{title}"

    @cached_property
    def number(self) -> int:
        """`key` as the signed 64-bit number that is stored."""
        return xxh3_64_intdigest(self.key.encode()) - (1 << 63)

    @property
    def comparable(self) -> bool:
        """Whether the text is long enough to say anything."""
        return len(self.text.skeleton) >= MIN_TOKENS and self.shingles.size > 0

    def sign(self) -> Signature:
        """The signature of title and body. Raises ValueError where the text is not `comparable`."""
        return sign(self.shingles, self.text.sentences, self.title_tokens)

    @cached_property
    def in_simplified_phrases(self) -> Reading:
        """A traditional Chinese article with its words, not only its characters, as the mainland writes them.

        The stored forms never rest on this conversion: it may change with the library's dictionaries.
        """
        if not self.text.traditional:
            return self
        convert = _phrases().convert
        return Reading(convert(self.title), convert(self.body[:MAX_CHARACTERS]))


@cache
def _phrases() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")


@dataclass(frozen=True, slots=True)
class Outline:
    """What tells most candidates apart from a copy."""

    shingles: Hashes
    traditional: bool


def stored_reading(title: str, text_hash: str, body: Callable[[], str]) -> Reading:
    """The reading of a stored article; `body` is asked for its text where it is not in memory.

    The last ones are kept: the first articles of a template are candidates of all others of it.
    """
    return _readings.get((title, text_hash)) or _readings.keep((title, text_hash), Reading(title, body()))


def stored_outline(text_hash: str, read: Callable[[], Reading]) -> Outline:
    """The outline of the stored text that has this hash; `read` is asked for it where it is not in memory."""
    outline = _outlines.pop(text_hash, None)
    if outline is None:
        reading = read()
        outline = Outline(reading.shingles, reading.text.traditional)
    if outline.shingles.size <= MAX_OUTLINE:
        _outlines[text_hash] = outline
    while len(_outlines) > OUTLINES:
        _outlines.popitem(last=False)
    return outline


class _Readings:
    """By title and text hash, those asked for last, as many as fit into `KEPT` characters."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Reading] = OrderedDict()
        self._characters = 0

    def get(self, key: tuple[str, str]) -> Reading | None:
        if key not in self._kept:
            return None
        self._kept.move_to_end(key)
        return self._kept[key]

    def keep(self, key: tuple[str, str], reading: Reading) -> Reading:
        self._kept[key] = reading
        self._characters += len(reading.body)
        while self._characters > KEPT:
            self._characters -= len(self._kept.popitem(last=False)[1].body)
        return reading


_readings = _Readings()

_outlines: OrderedDict[str, Outline] = OrderedDict()
"""By text hash, the one that was asked for longest ago first."""
