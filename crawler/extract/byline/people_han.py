"""Reads people in Chinese: doctor cards of name, title, hospital and department in any order, often glued."""

from __future__ import annotations

import re
from collections.abc import Iterator

from crawler.extract.byline.draft import Draft, Qualifier
from crawler.extract.byline.folding import fold
from crawler.extract.byline.names import is_organisation, is_placeholder, without_staff_number
from crawler.extract.byline.vocabulary import Vocabulary

_GAP = re.compile(r"[\s,，、|·()（）/:：;；\-—\[\]【】]+")
_TOKEN = re.compile(r"[^\s|,，、;；]+")
_SPACED = re.compile(r"^([\u4e00-\u9fff]) ([\u4e00-\u9fff])(?=\s|\Z)")
_PEN_NAME = re.compile(r"[\w·.\-]{2,12}")
_MAX_PEN_NAME = 6


_HAN = re.compile("[\u3400-\u9fff]")
_NO_LETTERS = bytes(code for code in range(128) if not chr(code).isalpha())


def is_han(text: str) -> bool:
    """Whether the text is in Chinese, a Latin word or two aside."""
    if text.isascii():
        return False
    han = len(_HAN.findall(text))
    # the letters of ASCII are counted at a tenth of the price, and decide nearly always
    latin = len(text.encode("ascii", "ignore").translate(None, _NO_LETTERS))
    return han > 0 and han * 2 >= latin and han * 2 >= sum(map(str.isalpha, text))


def read_card(text: str, words: Vocabulary) -> tuple[list[tuple[str, Qualifier]], str]:
    """The names, titles, departments and hospitals in order, and what was left over from the first unknown word on.

    A name is given as the kind 'name'; its qualifier's value is the name.
    """
    found: list[tuple[str, Qualifier]] = []
    text = _SPACED.sub(r"\1\2", text)
    position, folded = 0, fold(text)
    while position < len(text):
        if gap := _GAP.match(folded, position):
            position = gap.end()
            continue
        step = _element(text, folded, position, words)
        if step is None:
            return found, text[position:]
        position, qualifier = step
        if qualifier.kind != "grade":
            found.append((qualifier.kind, qualifier))
    return found, ""


def _element(text: str, folded: str, at: int, words: Vocabulary) -> tuple[int, Qualifier] | None:
    han = words.han
    for pattern, kind, health in (
        (han.grade, "grade", False),
        (han.hospital, "hospital", False),
        (han.title, "title", True),
        (han.department, "department", True),
        (han.name, "name", False),
    ):
        match = pattern.match(folded, at)
        if match is None or (kind == "hospital" and han.not_in_hospitals.search(match[0])):
            continue
        if kind == "name" and match[0] in words.not_names:
            continue
        return match.end(), Qualifier(kind, text[at : match.end()], health)
    token = _TOKEN.match(folded, at)
    if token and words.noise.fullmatch(token[0]):
        return token.end(), Qualifier("grade", token[0])
    return None


def cards(found: list[tuple[str, Qualifier]]) -> tuple[list[Draft], list[Qualifier]]:
    """People out of the elements of a card, and the qualifiers where it has no name.

    Qualifiers belong to the name before them, and to the one after where the card begins with a title.
    """
    drafts: list[Draft] = []
    loose: list[Qualifier] = []
    forward = bool(found) and found[0][0] == "title"
    for kind, qualifier in found:
        if kind == "name":
            drafts.append(Draft(name=qualifier.value, raw=qualifier.value))
            if forward or len(drafts) == 1:
                for waiting in loose:
                    drafts[-1].apply(waiting)
                loose = []
        elif drafts and not (forward and sum(name == "name" for name, _ in found) > len(drafts)):
            drafts[-1].apply(qualifier)
        else:
            loose.append(qualifier)
    for waiting in loose if drafts else ():
        drafts[-1].apply(waiting)
    return drafts, [] if drafts else loose


def read_people_han(text: str, words: Vocabulary, *, pen_names: bool = True) -> tuple[list[Draft], str]:
    """The people in the value of a role label, and what was left over.

    `pen_names` admits names that begin with no known surname, as authors have them.
    """
    lead = words.lead_ins.match(fold(text))
    bare = text[lead.end() if lead else 0 :].strip(" ,，;；:：")
    found, rest = read_card(bare, words)
    drafts, _ = cards(found)
    if drafts:
        for draft in drafts:
            draft.raw = bare if len(drafts) == 1 else draft.raw
        return drafts, rest
    return list(_unusual_names(bare, words, pen_names=pen_names)), ""


def _without_job(name: str, words: Vocabulary) -> str:
    """'方晓' for '记者方晓'."""
    folded = fold(name)
    job = max((one for one in words.jobs if folded.startswith(one) and len(name) - len(one) >= 2), key=len, default="")
    return name[len(job) :] if is_han(job) else name


def _unusual_names(text: str, words: Vocabulary, *, pen_names: bool) -> Iterator[Draft]:
    """Names that look like none: of organisations, in Latin, or taken for writing."""
    for part in re.split(r"[、,，;；]|\s+", text)[:4]:
        name = _without_job(without_staff_number(part.strip("()（） ")), words)
        if is_placeholder(name, words) or not _PEN_NAME.fullmatch(name):
            continue
        organisation = is_organisation(name, words)
        if organisation or (pen_names and len(name) <= (_MAX_PEN_NAME if is_han(name) else 12)):
            yield Draft(name=name, raw=part, organisation=organisation)
