"""The verdict on a candidate pair: copy, part of it, or two articles, with the reason in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from db.duplicates import guards, subject
from db.duplicates.alignment import Alignment, align, may_share
from db.duplicates.measures import measures
from db.duplicates.reading import Outline, Reading
from db.duplicates.signature import overlap

RULES = 5
"""Version of the thresholds and guards; an edge says which version made it."""

Kind = Literal["exact", "near", "contains", "version"]
Verdict = Literal["same", "not_same", "related"]
Likeness = Literal["copy", "related", "none"]
"""What two texts can be at most."""

MIN_JACCARD = 0.5
MIN_CONTAINMENT = 0.7
MIN_LENGTH_RATIO = 0.2
"""A copy shares half of all shingles; or one text holds seven tenths of the other, which is a fifth of it or more."""
REWORDED_JACCARD = 0.3
REWORDED_SHARE = 0.85
REWORDED_SLOPE = 0.75
REWORDED_RATIO = 0.5
"""Words changed all over a text break many shingles: then so much of it must stand in the same order."""
RELATED_JACCARD = 0.1
RELATED_SHARE = 0.55
"""Less than a copy, more than chance: another translation of the same text. Shown, never joined."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What the comparison of two articles gave."""

    kind: Kind
    verdict: Verdict
    jaccard: float
    containment: float
    reason: str
    """Read from the first article to the second: 'liver -> kidney, 4 times'."""
    turned: str = ""
    """The same, read from the second to the first."""

    def __post_init__(self) -> None:
        if not self.turned:
            object.__setattr__(self, "turned", self.reason)


SAME_WORDS = Finding("exact", "same", 1.0, 1.0, "the same words in the same order")


def compare(a: Reading, b: Reading) -> Finding | None:
    """The verdict on two articles, None where they share too little to be called anything.

    The verdict is the same for (b, a); the reason reads from `a` to `b`.
    """
    if a.text_hash == b.text_hash:
        return SAME_WORDS
    scripts_differ = a.text.traditional != b.text.traditional
    if not scripts_differ:
        finding = _verdict(a, b, scripts_differ=False)
        # Two texts in traditional characters may be of two regions with words of their own, too.
        if not a.text.traditional or finding is None or finding.verdict == "same":
            return finding
    return _verdict(a.in_simplified_phrases, b.in_simplified_phrases, scripts_differ=scripts_differ)


def _verdict(a: Reading, b: Reading, *, scripts_differ: bool) -> Finding | None:
    jaccard, containment = overlap(a.shingles, b.shingles)
    kind = _kind(a.shingles.size, b.shingles.size, jaccard, containment)
    if kind is None and not _may_be_reworded(a, b, jaccard):
        return None
    turned = a.key > b.key  # aligned in one direction, so that the verdict has none
    alignment = align(b.text.tokens, a.text.tokens) if turned else align(a.text.tokens, b.text.tokens)
    if kind is None:
        kind = _reworded(jaccard, alignment)
    if kind is None:
        return None
    titles = (b.title_tokens, a.title_tokens) if turned else (a.title_tokens, b.title_tokens)
    difference = _difference(alignment, titles, scripts_differ=scripts_differ)
    if difference is None:
        verdict: Verdict = "related" if kind == "version" else "same"
        reason = _likeness(kind, jaccard, containment, alignment.share, scripts_differ)
        return Finding(kind, verdict, jaccard, containment, reason)
    if kind == "version":
        return None
    words = str(difference), str(difference.turned())
    return Finding(kind, "not_same", jaccard, containment, words[turned], words[not turned])


def likeness(a: Outline, b: Outline) -> Likeness:
    """What the shingles of two texts say, before any of their words are laid side by side."""
    if a.traditional != b.traditional:
        return "copy"  # their shingles say too little: each region has words of its own
    jaccard, containment = overlap(a.shingles, b.shingles)
    if _kind(a.shingles.size, b.shingles.size, jaccard, containment) or jaccard >= REWORDED_JACCARD:
        return "copy"
    return "related" if jaccard >= RELATED_JACCARD else "none"


def _kind(size: int, other: int, jaccard: float, containment: float) -> Kind | None:
    if jaccard >= MIN_JACCARD:
        return "near"
    smaller, larger = sorted((size, other))
    if containment >= MIN_CONTAINMENT and smaller >= MIN_LENGTH_RATIO * larger:
        return "contains"
    return None


def _may_be_reworded(a: Reading, b: Reading, jaccard: float) -> bool:
    if jaccard < RELATED_JACCARD:
        return False
    shorter, longer = sorted((len(a.text.skeleton), len(b.text.skeleton)))
    return shorter >= REWORDED_RATIO * longer and may_share(a.text.tokens, b.text.tokens, RELATED_SHARE)


def _reworded(jaccard: float, alignment: Alignment) -> Kind | None:
    if jaccard >= REWORDED_JACCARD:
        # From .85 of the words at a Jaccard similarity of .3 down to .7 at .5, where their order is not asked any more.
        wanted = REWORDED_SHARE - REWORDED_SLOPE * (jaccard - REWORDED_JACCARD)
        if alignment.share >= wanted:
            return "near"
    return "version" if alignment.share >= RELATED_SHARE else None


def _difference(
    alignment: Alignment, titles: tuple[tuple[str, ...], tuple[str, ...]], *, scripts_differ: bool
) -> guards.Difference | None:
    return (
        guards.substitution(alignment, *titles, scripts_differ=scripts_differ)
        or guards.numbers(alignment)
        or measures(alignment)
        or guards.title(alignment, *titles)
        or subject.subject(alignment, *titles)
        or subject.number(alignment, *titles)
    )


def _likeness(kind: Kind, jaccard: float, containment: float, share: float, scripts_differ: bool) -> str:
    script = ", one in traditional, one in simplified characters" if scripts_differ else ""
    if kind == "version":
        return f"{share:.0%} of the words stand in the same order, the others differ: another translation?{script}"
    if kind == "near" and jaccard < MIN_JACCARD:
        return f"{share:.0%} of the words stand in the same order, single words were changed{script}"
    if kind == "near":
        return f"{jaccard:.0%} of all phrases are shared{script}"
    return f"one holds {containment:.0%} of the phrases of the other, shorter one{script}"
