"""Recognises what may follow a name in Latin script: degrees, licences, titles, departments, hospitals."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extract.byline.draft import Qualifier
from crawler.extract.byline.folding import fold
from crawler.extract.byline.names import capitalised, is_organisation, is_suffix
from crawler.extract.byline.vocabulary import Vocabulary, degree_key

MAX_WORDS = 12
_PLACE = 3
_IN = frozenset({"at", "à", "en", "em", "di", "im", "am"})
_SPLIT = re.compile(
    r"\s*[,，;；、]\s*|\s+[–—/|·-]+\s+|(?<=[a-zà-ÿ]{3})"
    # A dot ends a statement, unless it stands behind Prof., med., Univ., Dipl. and the like.
    r"(?<!med|nat|rer|ipl|riv|oec|rof|niv|sst|tra|cda|ott|soc|oph|ent|hil|ych|iol|urn|drg|drh|apt|mag|ing|pol|jur)\.\s+(?=[A-ZÀ-Þ])"
)
_ENDING_BRACKET = re.compile(r"(?P<before>.+?)\s*[(（](?P<inside>[^()（）]+)[)）]")
_OF = frozenset({"da", "do", "de", "du", "della", "from", "of", "for", "vom", "der"})
_BRACKET = re.compile(r"\s*[(（][^()（）]*[)）]")
_DOTTED = re.compile(r"(?:[A-Z][A-Za-z]{0,5}\.\s?-?)+[A-Z]?[A-Za-z-]{0,8}(?:\([A-Za-z]+\))?\.?")


_SIGN = re.compile(rf"(?P<open>[(（])|(?P<close>[)）])|{_SPLIT.pattern}")


def chunks(text: str) -> Iterator[str]:
    """The text between commas and dashes; a bracket behind the first chunk gives chunks too, others stay whole."""
    start = depth = 0
    first, opened = True, False
    for sign in _SIGN.finditer(text):
        if sign["open"] and not first:
            depth += 1
            continue
        if sign["close"] and (depth or not opened):
            depth = max(0, depth - 1)
            continue
        if depth:
            continue
        opened = bool(sign["open"]) or (opened and not sign["close"])
        first = False
        if chunk := text[start : sign.start()].strip(" ,;:|*"):
            yield chunk
        start = sign.end()
    if chunk := text[start:].strip(" ,;:|*"):
        yield chunk


def classify(chunk: str, words: Vocabulary) -> list[Qualifier]:
    """What a chunk says; [] where it is nothing known."""
    folded = fold(chunk).strip(" .")
    if is_suffix(chunk):
        return [Qualifier("suffix", chunk)]
    if len(chunk.split()) > MAX_WORDS or not folded:
        return []
    if words.licences.fullmatch(folded):
        return [Qualifier("credential", chunk, health=True)]
    bracketed = _ENDING_BRACKET.fullmatch(chunk)
    if bracketed and words.licences.fullmatch(fold(bracketed["inside"]).strip(" .")):
        return [*classify(bracketed["before"], words), Qualifier("credential", bracketed["inside"], health=True)]
    return (
        _degrees(chunk, words)
        or _department(chunk, folded, words)
        or _job(chunk, folded, words)
        or _title(chunk, folded, words)
        or _hospital(chunk, folded, words)
        or _acronym(chunk, words)
        or _joined(chunk, words)
    )


def _joined(chunk: str, words: Vocabulary) -> list[Qualifier]:
    """'matrona e IBCLC': two things that are known by themselves; [] where one is not."""
    joint = words.conjunction.search(fold(chunk))
    if joint is None:
        return []
    parts = [classify(part, words) for part in (chunk[: joint.start()], chunk[joint.end() :])]
    return [*parts[0], *parts[1]] if all(parts) else []


def is_degree(token: str, words: Vocabulary) -> bool:
    """Whether a word without a comma before it is a degree: short ones in capitals or with dots ('MA', not 'Ma')."""
    key = degree_key(token)
    return key in words.degrees and (len(key) > 3 or token.isupper() or "." in token or _mixed(token))


def _mixed(token: str) -> bool:
    return any(char.isupper() for char in token[1:])


def _degrees(chunk: str, words: Vocabulary) -> list[Qualifier]:
    bare = _BRACKET.sub("", chunk).strip()
    health = words.degrees.get(degree_key(bare))
    if health is not None and (len(bare) > 3 or bare[:1].isupper() or chunk.islower()):
        return [Qualifier("credential", chunk, health)]
    tokens = bare.split()
    if not tokens or not is_degree(tokens[0], words):
        return []
    if all(is_degree(token, words) for token in tokens) and "(" not in chunk:
        return [Qualifier("credential", token, words.degrees[degree_key(token)]) for token in tokens]
    # 'MD Dermatology', 'M.A. Public Health': a degree and its subject
    return [Qualifier("credential", chunk, words.degrees[degree_key(tokens[0])])] if len(tokens) <= 6 else []


def _department(chunk: str, folded: str, words: Vocabulary) -> list[Qualifier]:
    if folded in words.departments or words.department_beginnings.match(folded):
        return [Qualifier("department", chunk, health=True)]
    return []


def _title(chunk: str, folded: str, words: Vocabulary) -> list[Qualifier]:
    """'Consultant Cardiologist', also with a place: 'Dermatologist at Sunrise Hospital'."""
    if _is_title(folded, words):
        head, _, tail = folded.partition(" ")
        if head in words.titles and tail in words.departments:  # 'Chefarzt Kardiologie'
            return [
                Qualifier("title", chunk[: len(head)], health=True),
                Qualifier("department", chunk[len(head) + 1 :]),
            ]
        return [Qualifier("title", chunk, health=True)]
    for joint in words.at.finditer(folded):
        place = chunk[joint.end() :]
        if words.hospitals.search(folded, joint.end()) and _is_title(folded[: joint.start()], words):
            return [Qualifier("title", chunk[: joint.start()], health=True), Qualifier("hospital", place)]
        town = joint[0].strip() in _IN and place[:1].isupper() and len(place.split()) <= _PLACE
        if town and _is_title(folded[: joint.start()], words):
            return [Qualifier("title", chunk[: joint.start()], health=True)]  # 'dermatologue à Villeneuve'
    return []


def _is_title(folded: str, words: Vocabulary) -> bool:
    tokens = folded.split()
    if folded in words.titles:
        return True
    if not tokens or len(tokens) > 7:
        return False
    if words.title_beginnings.match(folded):
        return not words.hospitals.search(folded)
    return tokens[-1].endswith(words.title_endings) and len(tokens) <= 5


def _hospital(chunk: str, folded: str, words: Vocabulary) -> list[Qualifier]:
    if words.hospitals.search(folded) and capitalised(chunk):
        return [Qualifier("hospital", chunk)]
    return []


def _job(chunk: str, folded: str, words: Vocabulary) -> list[Qualifier]:
    head = words.at.split(folded, maxsplit=1)[0]
    tokens = head.split()
    if folded.split()[0] in _OF and is_organisation(chunk, words):
        return [Qualifier("job", chunk)]  # 'da redação ...': whom somebody writes for
    if tokens and (head in words.jobs or tokens[-1] in words.jobs):
        return [Qualifier("job", chunk)]  # of the press, or a science that treats nobody
    return []


def _acronym(chunk: str, words: Vocabulary) -> list[Qualifier]:
    """Degrees that no table knows ('XACM Level III-AB', 'B.Pharm'); they make nobody a clinician by themselves."""
    if fold(chunk) in words.agencies or len(chunk) > 40:
        return []
    first = chunk.split()[0]
    capitals = sum(char.isupper() for char in chunk)
    letters = sum(char.isalpha() for char in chunk)
    short = not re.search(r"[^\W\d_]{6}", first) and len(chunk.split()) <= 4
    acronym = letters > 2 and sum(char.isupper() for char in first) >= 2 and capitals * 2 >= letters and short
    return [Qualifier("acronym", chunk)] if acronym or _DOTTED.fullmatch(chunk) else []
