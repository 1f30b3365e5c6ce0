"""Chinese names, titles, departments and hospitals as regular expressions built from the table.

Chinese runs words together, so each kind is recognised by its own endings: 邵明远 + 副主任医师,
临江市中心医院 + 乳腺外科.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from crawler.extract.byline.folding import fold
from crawler.extract.words import any_of, table

_RANGES = "\u3400-\u4dbf\u4e00-\u9fff"
HAN = f"[{_RANGES}]"


@dataclass(frozen=True, slots=True)
class HanWords:
    """Patterns over folded text (`crawler.extract.byline.folding.fold`), each matched at a position."""

    title: re.Pattern[str]
    """The longest title that begins here."""
    department: re.Pattern[str]
    hospital: re.Pattern[str]
    grade: re.Pattern[str]
    """三级甲等 and the like: part of no name."""
    name: re.Pattern[str]
    """Surname and one or two characters, up to a title, a space, a sign or the end."""
    not_in_hospitals: re.Pattern[str]
    source_endings: tuple[str, ...]
    """How the names of media end."""
    passive: Mapping[str, str]
    """'审核' in '本文由 ... 审核' -> 'reviewer'."""
    speech: re.Pattern[str]
    """Verbs of speech, which follow the name."""
    name_source: str
    title_source: str
    department_source: str
    hospital_source: str


@cache
def han_words() -> HanWords:
    """Compiled once from vocabulary/zh.toml."""
    chinese = table("zh")

    def words(section: str, key: str) -> list[str]:
        return [fold(word) for word in chinese[section][key]]

    def people(key: str) -> str:
        return any_of(words("people", key))

    title, grade = people("titles"), people("grades")
    stem, ending = people("department_stems"), people("department_endings")
    department = rf"(?:(?:{stem})+(?:{ending})(?:[一二三四五六七八九十]病?区)?|{people('departments')})"
    hospital = (
        rf"(?:(?!{title}|{grade})[{_RANGES}0-9a-z·]|\({HAN}{{1,8}}\)){{2,30}}"
        rf"(?<=[{_RANGES})])(?:{people('hospital_endings')})(?:\(?(?:{people('hospital_tails')})\)?)?"
    )
    surname = rf"(?:{people('compound_surnames')}|[{fold(chinese['people']['surnames'])}])"
    name = rf"(?:{surname}{HAN}{{1,2}}?|{HAN}{{2,5}}·{HAN}{{2,8}})"
    return HanWords(
        title=re.compile(title),
        department=re.compile(rf"{department}(?!{HAN})|{department}(?={title}|{surname})"),
        hospital=re.compile(hospital),
        grade=re.compile(grade),
        name=re.compile(rf"{name}(?={title}|[^{_RANGES}·]|\Z)"),
        not_in_hospitals=re.compile(people("not_in_hospitals")),
        source_endings=tuple(words("words", "source_endings")),
        passive={fold(verb): kind for kind, verbs in chinese["passive"].items() for verb in verbs},
        speech=re.compile(any_of(words("experts", "after"))),
        name_source=name,
        title_source=f"(?:{title})",
        department_source=department,
        hospital_source=hospital,
    )
