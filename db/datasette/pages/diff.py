"""Differences between two texts, word by word."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Literal

from db.search.text import CJK_RUN

_TOKEN = re.compile(rf"{CJK_RUN.pattern[:-1]}|\w+|\s+|[^\w\s]")
_MOST = 12_000
"""Words beyond which only whole paragraphs are compared."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that is in both, only in the old one, or only in the new one."""

    kind: Literal["same", "old", "new"]
    text: str


def word_diff(old: str | None, new: str | None) -> list[Piece]:
    """What became of a text: its pieces in reading order, words and Chinese characters being the units."""
    before, after = _TOKEN.findall(old or ""), _TOKEN.findall(new or "")
    if len(before) + len(after) > _MOST:
        before, after = (old or "").splitlines(keepends=True), (new or "").splitlines(keepends=True)
    pieces: list[Piece] = []
    for action, a, b, c, d in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if action == "equal":
            pieces.append(Piece("same", "".join(before[a:b])))
            continue
        if b > a:
            pieces.append(Piece("old", "".join(before[a:b])))
        if d > c:
            pieces.append(Piece("new", "".join(after[c:d])))
    return pieces
