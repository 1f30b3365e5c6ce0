"""When two mentions are one doctor: the same name, up to the ways of writing it, in the same place.

Never by the name alone: names are shared by many. Pure.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile(r"[\u0300-\u036f]")
_NO_LETTER = re.compile(r"[\W_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# articles and legal forms that one page writes and the next leaves out
_LOOSE_WORDS = re.compile(r"\b(?:the|inc|ltd|llc|gmbh|plc)\b\.?", re.IGNORECASE)
_GRADE = re.compile(r"[（(]?三级甲等[）)]?|[（(]?三甲[）)]?")


def natural_key(name: str, hospital: str | None, site: str) -> str:
    """Natural key of a doctor: name and hospital, or name and site where the page names no hospital."""
    place = f"hospital:{_place(hospital)}" if hospital else f"site:{site.casefold()}"
    return f"{name_key(name)}|{place}"


def renewed_key(key: str) -> str:
    """Today's key for one of the first version ('name|hospital:...', 'name|site:...', perhaps '|split:<id>')."""
    name, _, place = key.partition("|")
    kind, colon, rest = place.partition(":")
    if not colon:
        return key
    where, split, number = rest.partition("|split:")
    return f"{name_key(name)}|{kind}:{_place(where) if kind == 'hospital' else where}{split}{number}"


def name_key(name: str) -> str:
    """What the ways of writing a name share: letters without case, accents, spaces and middle initials.

    'Rachel A. Link' is 'Rachel Link', 'Zhu Dan Hua' is 'ZHU Danhua', 'José Peña' is 'Jose Pena'; the order of the
    words stays, since 'Gao Jun' and 'Jun Gao' may be two.
    """
    words = name.split()
    if len(words) > 2 and _LATIN.search(name):
        # the first and the last word may be an initial themselves: 'J. Robert Roe'
        words = [words[0], *(word for word in words[1:-1] if len(word.rstrip(".")) > 1), words[-1]]
    return _letters("".join(words)) or name.casefold()


def _place(hospital: str) -> str:
    """What the ways of writing a hospital share."""
    return _letters(_LOOSE_WORDS.sub("", _GRADE.sub("", hospital)).replace("&", "and")) or hospital.casefold()


def _letters(text: str) -> str:
    """Letters and digits only, case folded, full width as half width, Latin letters without accents."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    if _LATIN.search(folded):
        folded = unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", folded)))
    return _NO_LETTER.sub("", folded)
