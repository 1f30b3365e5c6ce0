"""Two articles of one template whose subjects mention each other.

"What does a low sodium value mean?" speaks of potassium too, so neither term is missing from the
other text and no place shows one term for the other often enough. But the titles are the same up to
that one term, and either each text says its own term more often than the other one does (copies say
every term equally often), or one stands in the other's place in the text as it does in the title, and
nowhere that both texts agree (an editor who prefers another word leaves the old one somewhere).
"""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import Levenshtein

from db.duplicates.alignment import Alignment
from db.duplicates.guards import MAX_CHARACTERS, MAX_TERM, Difference, exchanged
from db.duplicates.signature import is_character
from db.duplicates.vocabulary import STOP_WORDS

HAN_NUMERALS = frozenset("一二三四五六七八九十百两")
MARGIN = 2
"""Times that a text must say its own term more often than the other text does."""

Tokens = tuple[str, ...]


def subject(alignment: Alignment, title_a: Tokens, title_b: Tokens) -> Difference | None:
    """Titles that are the same but for one term, and texts that each prefer the term of their own title."""
    terms = _one_exchange(title_a, title_b)
    if terms is None:
        return None
    term_a, term_b = terms
    text_a = [token for block in alignment.blocks for token in (*block.a, "")]
    text_b = [token for block in alignment.blocks for token in (*block.b, "")]
    # What stands in the places that agree is said equally often by both, so only the others count.
    more_a = _count(term_a, text_a) - _count(term_a, text_b)
    more_b = _count(term_b, text_b) - _count(term_b, text_a)
    if more_a >= MARGIN and more_b >= MARGIN:
        detail = f"said {more_a} and {more_b} times more in its own text"
        return Difference("titles: ", _written(term_a), _written(term_b), detail)
    in_place = sum(pair == terms for block in alignment.blocks for pair in exchanged(block))
    if in_place and not _count(term_a, alignment.equal) and not _count(term_b, alignment.equal):
        return Difference("titles: ", _written(term_a), _written(term_b), "in the same place of the text too")
    return None


def number(alignment: Alignment, title_a: Tokens, title_b: Tokens) -> Difference | None:
    """Titles that are the same but for a number, which stands for the other one in the text too.

    5 mg and 10 mg of a medicine, week 16 and week 17, two days on which a clinic is closed: nothing else need differ.
    """
    changes = [code for code in Levenshtein.opcodes(title_a, title_b) if code.tag != "equal"]
    same = len(title_a) - sum(code.src_end - code.src_start for code in changes)
    if same < sum(max(code.src_end - code.src_start, code.dest_end - code.dest_start) for code in changes):
        return None
    in_title = [
        pair
        for code in changes
        for pair in _other_numbers(title_a[code.src_start : code.src_end], title_b[code.dest_start : code.dest_end])
    ]
    in_text = {pair for block in alignment.blocks for pair in _other_numbers(block.a, block.b)} if in_title else ()
    for one, other in in_title:
        if (one, other) in in_text:
            return Difference("titles: ", one, other, "in the same place of the text too")
    return None


def _other_numbers(a: Sequence[str], b: Sequence[str]) -> list[tuple[str, str]]:
    """Numbers that stand for each other in a short passage."""
    if max(len(a), len(b)) > MAX_CHARACTERS:
        return []
    numbers = ([token for token in side if _is_number(token)] for side in (a, b))
    return [(x, y) for x, y in zip(*numbers, strict=False) if x != y]


def _is_number(token: str) -> bool:
    """Decimals, 'U8', 'B12', and the Han numerals, which are no words of their own elsewhere."""
    return any(character.isdecimal() for character in token) or token in HAN_NUMERALS


def _one_exchange(title_a: Tokens, title_b: Tokens) -> tuple[Tokens, Tokens] | None:
    """The one term in which two titles differ; None if they differ in more, or in nothing that says something."""
    changes = [code for code in Levenshtein.opcodes(title_a, title_b) if code.tag != "equal"]
    if not changes:
        return None
    first, last = changes[0], changes[-1]
    a, b = title_a[first.src_start : last.src_end], title_b[first.dest_start : last.dest_end]
    same = len(title_a) - len(a)
    if same < max(len(a), len(b)) or not _is_term(a) or not _is_term(b):
        return None
    return a, b


def _is_term(tokens: Tokens) -> bool:
    longest = MAX_CHARACTERS if any(map(is_character, tokens)) else MAX_TERM
    return 0 < len(tokens) <= longest and any(token.isalpha() and token not in STOP_WORDS for token in tokens)


def _count(term: Tokens, text: Sequence[str]) -> int:
    return f" {' '.join(text)} ".count(f" {' '.join(term)} ")


def _written(term: Tokens) -> str:
    return ("" if any(map(is_character, term)) else " ").join(term)
