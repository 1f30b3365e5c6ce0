"""The vocabulary tables, read once: what is known about a language is data, one TOML file each.

A new language is a new file in byline/vocabulary/; `languages()` finds it by its name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).with_name("byline") / "vocabulary"


@cache
def languages() -> tuple[str, ...]:
    """ISO 639-1 codes of the languages that have a table, sorted."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.toml")))


@cache
def table(language: str) -> Mapping[str, Any]:
    """The whole table of one of `languages()`."""
    return tomllib.loads((_FOLDER / f"{language}.toml").read_text(encoding="utf-8"))


def primary(language: str | None) -> str | None:
    """'zh' for 'zh-Hant' or 'ZH_tw'; None for a language without a table."""
    code = re.split("[-_]", (language or "").lower(), maxsplit=1)[0]
    return code if code in languages() else None


def any_of(words: Iterable[str]) -> str:
    """A regular expression that matches any of the words, the longest first; it nests common beginnings.

    A plain alternation of some hundred words is tried word by word at every position; nested, most
    positions fail at their first character. A space in a word matches any run of spaces. No words
    match nothing.
    """
    distinct = sorted(set(words))
    return _nested(distinct) if distinct else "(?!)"


def _nested(words: list[str]) -> str:
    ends = "" in words
    branches: dict[str, list[str]] = {}
    for word in words:
        if word:
            branches.setdefault(word[0], []).append(word[1:])
    alternatives = [_step(first) + _nested(rest) for first, rest in branches.items()]
    if not alternatives:
        return ""
    body = alternatives[0] if len(alternatives) == 1 and not ends else f"(?:{'|'.join(alternatives)})"
    return f"{body}?" if ends else body


def _step(char: str) -> str:
    return r"\s+" if char == " " else re.escape(char)
