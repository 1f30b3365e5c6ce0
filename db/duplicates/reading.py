"""One article as the comparison reads it: title and body in the compared form, its shingles and its script."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b

import numpy as np
import opencc
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from db.duplicates.recent import Recent
from db.duplicates.signature import Hashes, Signature, shingles, sign
from db.duplicates.text_form import TextForm, read_text

MIN_TOKENS = 20
"""Shorter texts say nothing: 'Page is being updated.' stands on many pages."""
MAX_CHARACTERS = 400_000
"""Of longer texts (books, logs) the beginning is compared."""
KEPT = 500_000
"""Characters of all the readings that are kept in memory: 5 to 15 MB."""
OUTLINED = 2_000_000
"""Shingles of all the outlines that are kept in memory: 8 MB, 1,700 articles of 1,200 words.

On a site of common phrases an article has thirty candidates out of 1,750: with 500 outlines sixteen of them were read
anew for each article, with 2,000 four.
"""


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
    def outline(self) -> Outline:
        """The little of it by which most candidates are dismissed."""
        # Half of a hash tells shingles of one text apart as well: two of 1,200 are taken for one in 6,000 texts.
        return Outline((self.shingles >> np.uint64(32)).astype(np.uint32), self.text.traditional)

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

    shingles: NDArray[np.uint32]
    """The upper halves of the shingles' hashes, sorted."""
    traditional: bool


def stored_reading(title: str, text_hash: str, body: Callable[[], str]) -> Reading:
    """The reading of a stored article; `body` is asked for its text where it is not in memory."""
    return _readings.get((title, text_hash), lambda: Reading(title, body()))


def stored_outline(text_hash: str, read: Callable[[], Reading]) -> Outline:
    """The outline of the stored text that has this hash; `read` is asked for it where it is not in memory."""
    return _outlines.get(text_hash, lambda: read().outline)


_readings: Recent[tuple[str, str], Reading] = Recent(KEPT, lambda reading: len(reading.body))
"""By title and text hash."""
_outlines: Recent[str, Outline] = Recent(OUTLINED, lambda outline: outline.shingles.size)
"""By text hash."""
