"""What keeps two texts apart although they share most of their words.

No threshold of similarity separates a copy from another article of the same template ("What does liver calcification
mean?", "What does kidney calcification mean?"). Where they differ does: a copy is edited here and there, a template
says another term in the same places, or other numbers. Each guard answers with the difference, or with nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Indel

from db.duplicates.alignment import Alignment, Block
from db.duplicates.signature import is_character
from db.duplicates.vocabulary import CALENDAR, DATE_UNITS, STOP_WORDS, spelling, synonyms

Tokens = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """Why two texts are two: what stands in the one and in the other."""

    label: str
    a: str
    b: str
    detail: str

    def __str__(self) -> str:
        """In words: 'liver -> kidney, 4 times'."""
        return f"{self.label}{self.a} -> {self.b}, {self.detail}"

    def turned(self) -> Difference:
        """The same, read from the other article."""
        return Difference(self.label, self.b, self.a, self.detail)


MIN_REPLACED = 2
"""How often one term must give way to the same other one."""
SYSTEMATIC = 3
MAX_KEPT = 0.25
"""Exchanged so often, one of the two terms must be (nearly) gone from the places that agree; less often, both: an
editor's other word here and there is no other subject."""
MIN_CONTEXT = 3
"""Tokens beside an exchange that must agree: otherwise two unrelated passages only lie side by side."""
ALIKE = 0.7
"""Share of letters two terms have in common to be perhaps two spellings of one name."""
MIN_HEAD = 4
"""Letters of a word that others are made with."""
MAX_TERM = 4
"""Words of a term."""
MAX_CHARACTERS = 8
"""Characters of a term, in writing without spaces."""
MAX_PASSAGE = 60
"""Tokens of a passage that may hold the term of a title, where the texts agree on both sides of it."""
MIN_NUMBERS = 3
NUMBER_SHARE = 0.4
"""A bulletin has at least so many other numbers, and at least this share of all numbers in the same places."""


def substitution(
    alignment: Alignment, title_a: Tokens, title_b: Tokens, *, scripts_differ: bool = False
) -> Difference | None:
    """One term that stands in the same places as one other term of the other text: liver -> kidney, 4 times.

    Some exchanges count only if the titles name both terms: single letters, numbers and particles with the word beside
    them (type 1 -> type 2), terms that are spelled alike (a house writes Kiev, another one Kyiv), two words for one
    thing (doctor, physician; mask, face mask), and all terms between two scripts (the regions use other words).
    """
    strong: Counter[tuple[Tokens, Tokens]] = Counter()
    weak: Counter[tuple[Tokens, Tokens]] = Counter()
    for block in alignment.blocks:
        strong.update(exchanged(block))
        weak.update(_exchanged_beside(block))
    for (term_a, term_b), times in (*strong.most_common(), *weak.most_common()):
        doubtful = scripts_differ or (term_a, term_b) in weak or _one_thing(term_a, term_b)
        if times < MIN_REPLACED or (doubtful and not (_count(term_a, title_a) and _count(term_b, title_b))):
            continue
        kept = sorted(_count(term, alignment.equal) for term in (term_a, term_b))
        if kept[times < SYSTEMATIC] <= MAX_KEPT * times:
            return Difference("", _written(term_a), _written(term_b), f"{times} times")
    return None


def numbers(alignment: Alignment) -> Difference | None:
    """Other numbers in the same places while the words stayed: a bulletin of another day, another product's table."""
    pairs = [
        (x, y)
        for block in alignment.blocks
        if max(len(block.a), len(block.b)) <= MAX_CHARACTERS
        for x, y in zip(_undated(block.a, block.right), _undated(block.b, block.right), strict=False)
        if x != y
    ]
    if len(pairs) < MIN_NUMBERS:
        return None
    aligned = len(pairs) + len(_numbers(alignment.equal))
    if len(pairs) < NUMBER_SHARE * aligned:
        return None
    shown = [", ".join(side) for side in zip(*pairs[:3], strict=True)]
    return Difference("numbers: ", shown[0], shown[1], f"{len(pairs)} of {aligned} are other ones")


def title(alignment: Alignment, title_a: Tokens, title_b: Tokens) -> Difference | None:
    """Each title names something that its own text has, in a passage of its own, and the other text has nowhere."""
    passages = [passage for block in alignment.blocks if (passage := _passage(block))]
    own_a = [token for passage in passages for token in passage[0]]
    own_b = [token for passage in passages for token in passage[1]]
    everything_a = (*alignment.equal, *(token for block in alignment.blocks for token in block.a), *title_a)
    everything_b = (*alignment.equal, *(token for block in alignment.blocks for token in block.b), *title_b)
    named_a = _named_only(title_a, own_a, everything_b)
    named_b = _named_only(title_b, own_b, everything_a)
    if not named_a or not named_b:
        return None
    return Difference("titles: ", _written(named_a[0]), _written(named_b[0]), "each in its own text only")


def exchanged(block: Block) -> Iterable[tuple[Tokens, Tokens]]:
    """The terms that one block exchanges: the whole block, and in a short one of equal length each word by itself."""
    if not block.a or not block.b or block.before + block.after < MIN_CONTEXT:
        return
    whole = _term(block.a), _term(block.b)
    if _is_exchange(*whole):
        yield whole
    if 1 < len(block.a) == len(block.b) <= MAX_TERM:
        for x, y in zip(block.a, block.b, strict=True):
            if ((x,), (y,)) != whole and not is_character(x) and _is_exchange((x,), (y,)):
                yield (x,), (y,)


def _exchanged_beside(block: Block) -> Iterable[tuple[Tokens, Tokens]]:
    """What says nothing by itself, with the word before or behind it: 'type 1', 'hepatitis b', 'before surgery'."""
    a, b = block.a, block.b
    if not a or not b or max(len(a), len(b)) > 2 or block.before + block.after < MIN_CONTEXT:
        return
    if any(_says_something(side) or any(token.isdecimal() and len(token) > 3 for token in side) for side in (a, b)):
        return
    if block.left and _says_something((block.left,)):
        yield (block.left, *a), (block.left, *b)
    if block.right and _says_something((block.right,)):
        yield (*a, block.right), (*b, block.right)


def _one_thing(a: Tokens, b: Tokens) -> bool:
    """Whether two terms are perhaps two spellings or two words of one thing."""
    one, two = _written(a), _written(b)
    return synonyms(one, two) or _is_head(one, two) or _is_head(two, one) or _spelled_alike(one, two)


def _is_head(one: str, two: str) -> bool:
    """Whether a term is what another one ends with: 'mask' of 'face mask', 'Kaffee' of 'Bohnenkaffee'."""
    return len(one) >= MIN_HEAD and two.endswith(one)


def _spelled_alike(one: str, two: str) -> bool:
    return one[0] == two[0] and min(len(one), len(two)) > 3 and Indel.normalized_similarity(one, two) >= ALIKE


def _passage(block: Block) -> tuple[Tokens, Tokens] | None:
    """What the two texts say in one place, with the tokens around it; None where they only lie side by side.

    Before the first and behind the last place that agrees stand menus and notices: of those only the nearest tokens.
    """
    if not block.a or not block.b or block.before + block.after < MIN_CONTEXT:
        return None
    a, b = block.a, block.b
    if not block.before:
        a, b = a[-MAX_CHARACTERS:], b[-MAX_CHARACTERS:]
    elif not block.after:
        a, b = a[:MAX_CHARACTERS], b[:MAX_CHARACTERS]
    elif max(len(a), len(b)) > MAX_PASSAGE:
        return None
    return (block.left, *a, block.right, ""), (block.left, *b, block.right, "")


def _term(tokens: Tokens) -> Tokens:
    """Tokens without the stop words around them."""
    start, end = 0, len(tokens)
    while start < end and tokens[start] in STOP_WORDS:
        start += 1
    while end > start and tokens[end - 1] in STOP_WORDS:
        end -= 1
    return tokens[start:end]


def _is_exchange(a: Tokens, b: Tokens) -> bool:
    """Whether two terms may name two subjects: content on both sides, one kind of script, not two spellings."""
    if not (_says_something(a) and _says_something(b)) or len(a) > _longest(a) or len(b) > _longest(b):
        return False
    # The next edition's date is not another subject.
    if all(token in CALENDAR for token in (*a, *b)):
        return False
    # Machine-translated pages keep untranslated terms: that is the same term.
    if any(map(is_character, a)) != any(map(is_character, b)):
        return False
    return "".join(map(spelling, a)) != "".join(map(spelling, b))


def _longest(term: Tokens) -> int:
    return MAX_CHARACTERS if any(map(is_character, term)) else MAX_TERM


def _says_something(term: Tokens) -> bool:
    return any(
        token not in STOP_WORDS and token.isalpha() and (len(token) > 1 or is_character(token)) for token in term
    )


def _count(term: Tokens, text: Sequence[str]) -> int:
    return f" {' '.join(text)} ".count(f" {' '.join(term)} ")


def _undated(tokens: Tokens, right: str) -> list[str]:
    """Numbers of a passage but for those of a date: the day on which a page was looked through is not its content."""
    followed = zip(tokens, (*tokens[1:], right), strict=False)
    found = [token for token, behind in followed if token.isdecimal() and behind not in DATE_UNITS]
    return [] if _is_date(found) else found


def _is_date(numbers: Sequence[str]) -> bool:
    """2023-10-17, 17.10.2023, 10/17/2023."""
    if len(numbers) != 3:
        return False
    year, *rest = sorted(numbers, key=len, reverse=True)
    return len(year) == 4 and year[:2] in ("19", "20") and all(1 <= int(number) <= 31 for number in rest)


def _numbers(tokens: Iterable[str]) -> list[str]:
    return [token for token in tokens if token.isdecimal()]


def _named_only(own_title: Tokens, own_passages: Sequence[str], other: Sequence[str]) -> list[Tokens]:
    """Terms of a title that its own text has in a passage of its own and the other article has nowhere."""
    words = set(other)
    found = [
        term
        for term in _title_terms(own_title)
        if _count(term, own_passages) and not (term[0] in words if len(term) == 1 else _count(term, other))
    ]
    if any(len(term) == 1 for term in found):
        spelled = set(map(spelling, words))
        found = [term for term in found if len(term) > 1 or spelling(term[0]) not in spelled]
    return found


def _title_terms(tokens: Tokens) -> Iterable[Tokens]:
    """Words of three letters and more; of writing without spaces every pair of neighbours."""
    for i, token in enumerate(tokens):
        if not is_character(token):
            if len(token) > 2 and _says_something((token,)):
                yield (token,)
        elif i + 1 < len(tokens) and is_character(tokens[i + 1]) and _says_something(tokens[i : i + 2]):
            yield tokens[i : i + 2]


def _written(term: Tokens) -> str:
    return ("" if any(map(is_character, term)) else " ").join(term)
