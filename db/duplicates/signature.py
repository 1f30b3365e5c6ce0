"""Signatures: what of a text is stored, so that texts that share much of it find each other.

A text is the set of its shingles (3 words, or 5 characters where words are not written apart). MinHash (Broder 1997)
keeps the smallest value of the set under each of 84 permutations; two texts agree in a permutation as often as their
sets overlap (Jaccard). Three permutations make a band; equal bands make candidates (banding after Leskovec, Rajaraman,
Ullman, Mining of Massive Datasets, 3.4). All constants are derived here by integer arithmetic alone, so that a stored
index means the same on every machine and under every version of every library.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from xxhash import xxh3_64_intdigest

from db.duplicates.text_form import CJK, TEXT_FORM, TextForm

SIGNATURE_FORM = 3
"""Version of shingles, hashes, permutations and bands."""
VERSION = TEXT_FORM * 100 + SIGNATURE_FORM
"""What a stored signature rests on; signatures of different versions are never compared."""

WORD_WIDTH = 3
CHARACTER_WIDTH = 5
BANDS = 28
ROWS = 3
MIN_TITLE = 4
"""Tokens of a title that is a key of its own."""
PERMUTATIONS = BANDS * ROWS
"""28 bands of 3: a pair at Jaccard .5 is found with 98 %, at .4 with 84 %, at .02 (two unrelated texts) with .02 %."""

_AT_ONCE = 1 << 16
"""Permuted shingles held at a time, 512 kB: what the processor keeps near."""
_MASK = (1 << 64) - 1
_MEMO_LIMIT = 200_000

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Signature:
    """What is stored of one text."""

    sketch: bytes
    """One byte of each permutation's minimum: an estimate of Jaccard before any text is read."""
    bands: tuple[int, ...]
    """Signed 64-bit keys, the number of the band folded in."""


def shingles(text: TextForm) -> Hashes:
    """The set of a text's shingles as sorted 64-bit hashes; empty where it has fewer tokens than one shingle."""
    marked = _hashed(text)
    windows = marked.size - WORD_WIDTH + 1
    if windows <= 0:
        return np.empty(0, np.uint64)
    mixed = marked[:windows] * _STEP[0] + marked[1 : windows + 1] * _STEP[1] + marked[2 : windows + 2] * _STEP[2]
    # A window that begins with a character reaches two tokens further: three characters are but a word or two.
    characters = (marked[:windows] & np.uint64(1)).astype(bool)
    wide = windows - (CHARACTER_WIDTH - WORD_WIDTH)
    if characters.any():
        reach = np.zeros(windows, np.uint64)
        reach[:wide] = marked[3 : wide + 3] * _STEP[3] + marked[4 : wide + 4] * _STEP[4] if wide > 0 else 0
        mixed = np.where(characters, mixed + reach, mixed)
        characters[: max(wide, 0)] = False
        mixed = mixed[~characters]
    values = np.sort(_mixed(mixed))
    first = np.ones(values.size, bool)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return values[first]


def sign(shingle_set: Hashes, sentences: Sequence[str] = (), title: Sequence[str] = ()) -> Signature:
    """The signature of a set of shingles, of the text's longest sentences and of the tokens of its title.

    Each sentence is a band of its own: a text and the page that holds it among much else (menus, other articles) have
    few shingles in common, but the longest sentences of both are the text's. So is the title, unless it is short: that
    finds texts whose words were changed all over.
    Raises ValueError for an empty set: nothing can be said of it.
    """
    if not shingle_set.size:
        raise ValueError("a text without shingles has no signature")
    smallest = _smallest(shingle_set)
    rows = _mixed(smallest).reshape(BANDS, ROWS)
    keys = _mixed(rows[:, 0] * _STEP[0] + rows[:, 1] * _STEP[1] + rows[:, 2] * _STEP[2] + _BAND_NUMBERS)
    # The lowest byte: minima are small numbers, so only their mixed form fills a byte evenly.
    sketch = (rows.reshape(-1) & np.uint64(0xFF)).astype(np.uint8).tobytes()
    spoken = (xxh3_64_intdigest(sentence.encode(), seed=_SENTENCE_SEED) - (1 << 63) for sentence in sentences)
    titled = (
        [xxh3_64_intdigest(" ".join(title).encode(), seed=_TITLE_SEED) - (1 << 63)] if len(title) >= MIN_TITLE else []
    )
    return Signature(sketch, (*keys.view(np.int64).tolist(), *spoken, *titled))


def _smallest(shingle_set: Hashes) -> Hashes:
    """The minimum of a set of shingles under each permutation."""
    smallest = np.empty(PERMUTATIONS, np.uint64)
    together = min(PERMUTATIONS, max(1, _AT_ONCE // shingle_set.size))
    # Written over again and again: a new array of this size costs more than the numbers that go into it.
    block = np.empty((together, shingle_set.size), np.uint64)
    for start in range(0, PERMUTATIONS, together):
        some = slice(start, start + together)
        permuted = block[: smallest[some].size]
        np.multiply(_FACTORS[some, None], shingle_set, out=permuted)
        permuted += _OFFSETS[some, None]
        permuted.min(axis=1, out=smallest[some])
    return smallest


def overlap(a: NDArray[np.unsignedinteger], b: NDArray[np.unsignedinteger]) -> tuple[float, float]:
    """Jaccard similarity and containment (of the smaller in the larger) of two sorted sets, each 0 to 1, exact."""
    if not a.size or not b.size:
        return 0.0, 0.0
    small, large = (a, b) if a.size <= b.size else (b, a)
    places = np.minimum(np.searchsorted(large, small), large.size - 1)
    shared = int(np.count_nonzero(large[places] == small))
    return shared / (a.size + b.size - shared), shared / min(a.size, b.size)


def estimates(sketch: bytes, others: Sequence[bytes]) -> NDArray[np.float64]:
    """Estimated Jaccard of a text with each of others (b-bit MinHash, Li and Koenig 2010, b = 8)."""
    own = np.frombuffer(sketch, np.uint8)
    rows = np.frombuffer(b"".join(others), np.uint8).reshape(len(others), own.size)
    agree = np.count_nonzero(rows == own, axis=1) / own.size
    by_chance = 1 / 256
    return np.asarray((agree - by_chance) / (1 - by_chance), np.float64)


def _mixed(values: Hashes) -> Hashes:
    """Every bit of the answer hangs on every bit of the value (finaliser of splitmix64, Steele and others 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))


def _constants(seed: int, count: int) -> Hashes:
    """`count` numbers of the splitmix64 sequence that begins at `seed`."""
    states = [(seed + 0x9E3779B97F4A7C15 * step) & _MASK for step in range(1, count + 1)]
    return _mixed(np.array(states, np.uint64))


def _hashed(text: TextForm) -> Hashes:
    """Hash of each token, the lowest bit saying whether it is a character."""
    codes = np.frombuffer(text.skeleton.encode("utf-16-le"), "<u2")
    hashes: Hashes = _CHARACTERS[codes]
    if not hashes.all():
        for code in set(codes[hashes == 0].tolist()) - {0}:
            _CHARACTERS[code] = xxh3_64_intdigest(chr(code).encode()) | 1
        hashes = _CHARACTERS[codes]
    if text.words:
        hashes[codes == 0] = np.fromiter(map(_WORDS.__getitem__, text.words), np.uint64, count=len(text.words))
    return hashes


class _Words(dict[str, int]):
    """Hash of each word, the lowest bit 0. Forgotten as a whole when it grows."""

    def __missing__(self, word: str) -> int:
        if len(self) >= _MEMO_LIMIT:
            self.clear()
        value = self[word] = xxh3_64_intdigest(word.encode()) & ~1
        return value


def is_character(token: str) -> bool:
    """Whether a token is one Han, kana or hangul character."""
    return len(token) == 1 and any(low <= token <= high for low, high in _RANGES)


_RANGES = tuple((CJK[i], CJK[i + 2]) for i in range(0, len(CJK), 3))
_WORDS = _Words()
_CHARACTERS: Hashes = np.zeros(0x10000, np.uint64)
_SENTENCE_SEED = 0x73656E74
_TITLE_SEED = 0x7469746C
_ODD = np.uint64(1)
_STEP = _constants(0x67616C656E, 5) | _ODD
_FACTORS = _constants(0x736967, PERMUTATIONS) | _ODD
_OFFSETS = _constants(0x6F6666, PERMUTATIONS)
_BAND_NUMBERS = _constants(0x62616E64, BANDS)
