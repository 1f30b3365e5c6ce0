"""Where two texts say the same and where one says something else in the same place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz.distance import LCSseq, Levenshtein

MAX_TOKENS = 4000
"""Longer texts are aligned in their first tokens from where they begin to agree: the cost grows with the square."""
_HINT = 63
"""Differences that are looked for first; a pair that has more costs what it would cost without."""


@dataclass(frozen=True, slots=True)
class Block:
    """Tokens of one text that stand where the other has different ones, or none."""

    a: tuple[str, ...]
    b: tuple[str, ...]
    before: int
    """Tokens that agree directly before the block."""
    after: int
    """Tokens that agree directly after it."""
    left: str
    """The last token that agrees before the block, '' at the beginning."""
    right: str
    """The first token that agrees after it, '' at the end."""


@dataclass(frozen=True, slots=True)
class Alignment:
    """Two token lists laid side by side."""

    blocks: tuple[Block, ...]
    equal: tuple[str, ...]
    """The tokens that agree, in order."""
    share: float
    """Part of the shorter list's tokens that agree in order, 0 to 1."""


def align(a: Sequence[str], b: Sequence[str]) -> Alignment:
    """Lay two token lists side by side with the fewest differences (Levenshtein distance over tokens)."""
    a, b = _overlapping(a, b)
    blocks: list[Block] = []
    equal: list[str] = []
    start_a = start_b = before = 0
    left = ""
    for step in Levenshtein.opcodes(a, b, score_hint=_HINT):
        if step.tag != "equal":
            continue
        if step.src_start > start_a or step.dest_start > start_b:
            differing = tuple(a[start_a : step.src_start]), tuple(b[start_b : step.dest_start])
            agreeing = step.src_end - step.src_start
            blocks.append(Block(*differing, before, agreeing, left, a[step.src_start]))
        equal.extend(a[step.src_start : step.src_end])
        start_a, start_b, left = step.src_end, step.dest_end, a[step.src_end - 1]
        before = step.src_end - step.src_start
    if len(a) > start_a or len(b) > start_b:
        blocks.append(Block(tuple(a[start_a:]), tuple(b[start_b:]), before, 0, left, ""))
    return Alignment(tuple(blocks), tuple(equal), len(equal) / max(1, min(len(a), len(b))))


def may_share(a: Sequence[str], b: Sequence[str], share: float) -> bool:
    """Whether an alignment can have this share or more; costs a tenth of it. (The longest common subsequence bounds
    what any alignment finds.)"""
    a, b = _overlapping(a, b)
    wanted = share * min(len(a), len(b))
    return LCSseq.similarity(a, b, score_cutoff=int(wanted)) >= wanted


def _overlapping(a: Sequence[str], b: Sequence[str]) -> tuple[Sequence[str], Sequence[str]]:
    """Both lists without what long texts have before the first place where they agree."""
    if max(len(a), len(b)) <= MAX_TOKENS:
        return a, b
    first_a, first_b = _first_common(a, b), _first_common(b, a)
    return a[first_a : first_a + MAX_TOKENS], b[first_b : first_b + MAX_TOKENS]


def _first_common(a: Sequence[str], b: Sequence[str], width: int = 6) -> int:
    """Position in `a` of its first run of `width` tokens that `b` has too; 0 where there is none."""
    runs = {tuple(b[i : i + width]) for i in range(len(b) - width + 1)}
    return next((i for i in range(len(a) - width + 1) if tuple(a[i : i + width]) in runs), 0)
