"""py3langid's model of byte sequences, held in a fifth of the memory: the languages asked for, found by key.

The library's automaton takes 42 MB in each process and its weights for 142 languages 28 MB. Here its states are 64-bit
keys in one sorted array, and only the columns of some languages are kept. Scores are the library's.
"""

from __future__ import annotations

import lzma
import shutil
import tempfile
import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import py3langid.langid
from numpy.typing import NDArray

_ROWS_AT_ONCE = 4096

Numbers = NDArray[Any]


@dataclass(frozen=True, slots=True)
class LanguageModel:
    """Naive Bayes over the longest known byte sequence that ends at each place of a text (Lui and Baldwin 2012)."""

    keys: tuple[Numbers, ...]
    """Sorted byte sequences as numbers: those of one byte, of two, and so on."""
    features: tuple[Numbers, ...]
    """For each key the row of its weights, -1 for none."""
    weights: Numbers
    """A row a feature, a column a language."""
    priors: Numbers
    languages: tuple[str, ...]
    """ISO 639 codes of the columns; one may stand twice, for two scripts."""

    def best(self, text: str, among: Collection[str]) -> str | None:
        """The likeliest of some languages; None where no known sequence stands in the text."""
        rows, counts = np.unique(self._features_in(_encoded(text)), return_counts=True)
        if rows[:1].tolist() == [-1]:
            rows, counts = rows[1:], counts[1:]
        if not len(rows):
            return None
        scores = np.log1p(counts.astype(np.float32)) @ self.weights[rows].astype(np.float32) + self.priors
        known = [place for place, language in enumerate(self.languages) if language in among]
        return self.languages[max(known, key=lambda place: scores[place])] if known else None

    def _features_in(self, text: Numbers) -> Numbers:
        """The feature of the longest known sequence that ends at each byte, -1 for none."""
        found = np.full(len(text), -1, dtype=np.int64)
        unknown = np.ones(len(text), dtype=bool)
        for length in range(len(self.keys), 0, -1):
            ends = np.flatnonzero(unknown[length - 1 :]) + length - 1
            known = self.keys[length - 1]
            wanted = np.zeros(len(ends), dtype=np.int64)
            for back in range(length - 1, -1, -1):
                wanted = wanted << 8 | text[ends - back]
            places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
            hit = known[places] == wanted
            found[ends[hit]] = self.features[length - 1][places[hit]]
            unknown[ends[hit]] = False
        return found


def _encoded(text: str) -> Numbers:
    """The bytes of a text in the form in which the model was trained."""
    plain = unicodedata.normalize("NFC", text.lower() if text.isupper() else text)
    return np.frombuffer(plain.encode("utf-8", "replace"), dtype=np.uint8).astype(np.int64)


def load_model(languages: Collection[str]) -> LanguageModel:
    """The library's model with the columns of some languages only. Takes about a second."""
    module = py3langid.langid
    with tempfile.TemporaryFile(suffix=".npz") as unpacked:
        # as the library does, so that the unpacked model is never in memory as a whole
        with lzma.open(Path(module.MODEL_DIR) / module.MODEL_FILE) as packed:
            shutil.copyfileobj(packed, unpacked, length=1 << 20)
        unpacked.seek(0)
        with np.load(unpacked, allow_pickle=False) as stored:
            names = stored["classes"].tolist()
            columns = [place for place, name in enumerate(names) if name in languages]
            outputs = stored["out_feat"]
            levels = list(_sequences(stored["nextmove"].reshape(-1, 256), stored["nextmove_row"]))
            return LanguageModel(
                keys=tuple(keys for keys, _ in levels),
                features=tuple(outputs[states].astype(np.int32) for _, states in levels),
                weights=np.ascontiguousarray(stored["ptc"][:, columns]),
                priors=stored["pc"][columns],
                languages=tuple(names[place] for place in columns),
            )


def _sequences(rows: Numbers, row_of: Numbers) -> Iterator[tuple[Numbers, Numbers]]:
    """(sorted keys, states) of the automaton's states for sequences of one byte, of two, and so on.

    The automaton is Aho and Corasick's: a state's shortest way from the start spells its sequence.
    """
    seen = np.zeros(len(row_of), dtype=bool)
    seen[0] = True
    keys, states = np.zeros(1, dtype=np.int64), np.zeros(1, dtype=np.int64)
    while True:
        portions = [
            _following(rows, row_of, seen, keys[at : at + _ROWS_AT_ONCE], states[at : at + _ROWS_AT_ONCE])
            for at in range(0, len(states), _ROWS_AT_ONCE)
        ]
        keys, states = (np.concatenate(columns) for columns in zip(*portions, strict=True))
        if not len(states):
            return
        order = np.argsort(keys)
        keys, states = keys[order], states[order]
        yield keys, states


def _following(
    rows: Numbers, row_of: Numbers, seen: Numbers, keys: Numbers, states: Numbers
) -> tuple[Numbers, Numbers]:
    """Keys and states one byte further that were not seen yet; notes them as seen."""
    targets = rows[row_of[states]].ravel()
    new = np.flatnonzero(~seen[targets])
    reached, first = np.unique(targets[new], return_index=True)
    seen[reached] = True
    places = new[first]
    return keys[places >> 8] << 8 | (places & 255), reached.astype(np.int64)
