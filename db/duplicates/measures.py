"""Other doses in the same places: leaflets of two strengths, dosing sheets of two ages, reports of two places.

Their titles may be the same to the letter and the rest of the text, too, with many numbers that stay (hours of opening,
telephones). An editor shortens, rewords and converts, but writes no other dose in the same words.
"""

from __future__ import annotations

from db.duplicates.alignment import Alignment, Block
from db.duplicates.guards import MAX_PASSAGE, MIN_CONTEXT, Difference, Tokens
from db.duplicates.vocabulary import MEASURES

MIN_MEASURES = 2
"""Places with another number before the same unit."""


def measures(alignment: Alignment) -> Difference | None:
    """Other numbers before the same units of measurement, in two places at least."""
    found = [pair for block in alignment.blocks if (pair := _other_measure(block))]
    if len(found) < MIN_MEASURES:
        return None
    shown = [", ".join(side) for side in zip(*found[:3], strict=True)]
    return Difference("measures: ", shown[0], shown[1], f"in {len(found)} places")


def _other_measure(block: Block) -> tuple[str, str] | None:
    """The first measure of each side of a block, where the unit is the same and the number is not."""
    if block.before + block.after < MIN_CONTEXT or max(len(block.a), len(block.b)) > MAX_PASSAGE:
        return None
    ones, others = _measured(block.a, block.right), _measured(block.b, block.right)
    for unit, number in ones.items():
        if unit in others and others[unit] != number:
            return f"{number} {unit}", f"{others[unit]} {unit}"
    return None


def _measured(tokens: Tokens, right: str) -> dict[str, str]:
    """Unit -> the number before it."""
    return {
        behind: token
        for token, behind in zip(tokens, (*tokens[1:], right), strict=False)
        if token.isdecimal() and behind in MEASURES
    }
