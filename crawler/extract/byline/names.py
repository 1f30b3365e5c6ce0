"""What can be the name of a person, and what is a placeholder or an organisation instead."""

from __future__ import annotations

import re

from crawler.extract.byline.folding import fold
from crawler.extract.byline.vocabulary import Vocabulary

_PARTICLES = frozenset(
    "de da do dos das del della di du des la le el al el- y e i van von vom zu zum zur der den dem".split()
    + "ten ter te bin ibn binti bte".split()
)
_TOKEN = re.compile(r"[^\W\d_][\w'’.\-]*|[dlDLO]['’][^\W\d_][\w\-]*")
_SUFFIX = re.compile(r"(?:jr|sr|ii|iii|iv|2nd|3rd)\.?", re.IGNORECASE)
_ROMAN = frozenset({"II", "III", "IV"})
_STAFF_NUMBER = re.compile(r"[\s_-]*[A-Za-z]{1,3}\d{3,}$|_\w+$|[（(]\w*\d\w*[)）]$")
_CODE = re.compile(r"[A-Za-z]{0,4}[-_]?\d[\w-]*|[\w.-]+@[\w.-]+|https?:.*")
_DOMAIN = re.compile(r"[a-z0-9-]{3,}\.(?:com|org|net|info|[a-z]{2})(?![\w.])")
MAX_NAME = 80


def is_suffix(text: str) -> bool:
    """'Jr.', 'II': part of the name before it."""
    return bool(_SUFFIX.fullmatch(text))


def is_name(text: str, words: Vocabulary, *, labelled: bool, titled: bool = False, lower: bool = False) -> bool:
    """Whether Latin text can be a person's name: one to six capitalised words and particles between them.

    Without a label before it the words of headings ('Heart', 'Guide') are refused too. With a clinical
    title or a degree (`titled`) a name may begin like a sentence ('An Tran'); `lower` admits names
    written without capitals.
    """
    tokens = text.split()
    if not tokens or len(text) > MAX_NAME or len(tokens) > 9:
        return False
    plain = [fold(token).strip(".") for token in tokens]
    initial = [len(low) == 1 and token[0].isupper() for token, low in zip(tokens, plain, strict=True)]
    odd = [
        low in words.not_names and low not in _PARTICLES and not (first and number)
        for number, (low, first) in enumerate(zip(plain, initial, strict=True))
    ]
    if any(odd[1:]) or (plain[0] in words.not_names and not (titled and len(tokens) > 1)):
        return False
    if not labelled and any(token in words.topics for token in plain):
        return False
    if any(words.prefixes.fullmatch(token) for token in plain[1:]):
        return False  # 'With Dr. Jane Roe': what stands before a title is no name
    full = [token for token, low in zip(tokens, plain, strict=True) if low not in _PARTICLES]
    if not 1 <= len(full) <= 6 or plain[-1] in _PARTICLES:
        return False
    if not all(_TOKEN.fullmatch(token) and (lower or _is_capital(token)) for token in full):
        return False
    return any(len(token.strip(".")) > 1 for token in full)


def _is_capital(token: str) -> bool:
    core = re.sub(r"^(?:[dlDLO]['’]|[Aa]l-)", "", token)
    return not core[:1].islower()


def written_name(text: str) -> str:
    """The name as people write it: capitals throughout become first letters, signs at its edges go."""
    name = text.strip(" ,;:-–—|/*")
    tokens = name.split()
    if len(tokens) in {4, 6} and tokens[: len(tokens) // 2] == tokens[len(tokens) // 2 :]:
        name = " ".join(tokens[: len(tokens) // 2])
    letters = [char for char in name if char.isalpha()]
    if len(letters) > 3 and name.isupper():
        return " ".join(_capitalised(token) for token in name.split())
    return name


def _capitalised(token: str) -> str:
    if token in _ROMAN or re.fullmatch(r"(?:[^\W\d_]\.)+", token):
        return token
    if token.lower() in _PARTICLES:
        return token.lower()
    return re.sub(r"[^\W\d_]+", lambda match: match[0][0] + match[0][1:].lower(), token)


def without_staff_number(text: str) -> str:
    """'周一鸣' for '周一鸣_XY1203'."""
    return _STAFF_NUMBER.sub("", text).strip()


def is_placeholder(text: str, words: Vocabulary) -> bool:
    """'Admin', '未知', a staff code or a log-in name: nobody."""
    plain = fold(text).strip(" .:()[]-_")
    return not plain or plain in words.placeholders or bool(_CODE.fullmatch(plain))


def is_organisation(text: str, words: Vocabulary) -> bool:
    """A staff, a society, a newspaper: it carries one of the words or endings that only those have."""
    plain = fold(text)
    if any("\u3400" <= char <= "\u9fff" for char in plain):
        return any(plain.endswith(word) for word in words.organisations if len(plain) > len(word))
    if _DOMAIN.search(plain):
        return True
    tokens = re.findall(r"[^\W_]+(?:'s)?", plain)
    if len(tokens) == 1 and text.isupper() and 2 <= len(text) <= 6:
        return True
    if any(token in words.organisations or token in words.agencies for token in tokens):
        return True
    return any(token.endswith(word) for token in tokens for word in words.compounds)


_SMALL = frozenset(
    "a an and of the for in on de da do dos das del della van von der den du la le les el y e et".split()
    + "und dan di bin al & x".split()
)


def capitalised(text: str) -> bool:
    """At most eight words that all begin with a capital, a digit or a sign, small words between them aside."""
    tokens = text.split()
    if len(tokens) > 8:
        return False
    return all(not token[0].islower() or token.lower() in _SMALL or token.lower().startswith("dr") for token in tokens)
