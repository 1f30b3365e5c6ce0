"""Does a line open with the label of a role? Asked where a byline may stand that no title is above."""

from __future__ import annotations

import re

from crawler.extract.byline.folding import fold
from crawler.extract.byline.vocabulary import vocabulary

_SIGNING = frozenset({"author", "medical_reviewer", "reviewer", "author_reviewer", "answerer"})
_MAX_LABEL = 40
_COLON = re.compile(r"\s*[:|/]")


def is_role_label(text: str, language: str | None) -> bool:
    """Whether a line is nothing but the label of who wrote, reviewed or answered: 'About the author'."""
    return len(text) <= _MAX_LABEL and vocabulary(language).colon_kinds.get(fold(text).strip(" :")) in _SIGNING


def opens_with_role(text: str, language: str | None) -> bool:
    """Whether a line begins with such a label and its colon, or with one of several words: 'Texte relu par ...'."""
    words = vocabulary(language)
    folded = fold(text[:_MAX_LABEL])
    label = words.labels.match(folded)
    if label is None or words.colon_kinds.get(" ".join(label[0].split())) not in _SIGNING:
        return False
    return " " in label[0] or _COLON.match(folded, label.end()) is not None
