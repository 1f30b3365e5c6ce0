"""What people type into a search box, read into a small tree; no input is an error.

    insomnia "blood pressure" -children title:sleep source:who doctor:gao site:sunrise
    lang:zh after:2023-05 before:2025 year:2024 year:2020-2022 melatonin OR valerian

Words must all occur, `OR` binds its two neighbours, `-` excludes. `after:` includes the date named,
`before:` does not. `doctor:` and `source:` look for words of a name. What cannot be obeyed is
ignored and said so in `Query.notes`.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

MAX_CHARACTERS = 1_000
MAX_TERMS = 32

STOP_WORDS = frozenset(
    "a about an and are as at be been but by can could did do does for from had has have how i if in into is it its "
    "me my not of on or our should so than that the their them then there these they this those to was we were what "
    "when where which while who why will with would you your".split()
)
"""English words that say nothing about an article's subject; dropped outside quotes."""

_EDGES = re.compile(r"^[\W_]+|[\W_]+$")
_SHORTENED = re.compile(r"(?:'(?:s|re|ve|ll|d|m)|n't)$", re.IGNORECASE)
_POSSESSIVE = re.compile(r"(?<=\w)'s\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Term:
    """Words to look for, as one phrase."""

    text: str
    quoted: bool = False
    """True where the user put quotes: then it is never loosened."""
    column: str | None = None
    """'title', 'source' or 'doctor'; None = anywhere in the article."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A search, understood."""

    clauses: tuple[tuple[Term, ...], ...] = ()
    """Every clause must be met, by any of its terms."""
    excluded: tuple[Term, ...] = ()
    sites: tuple[str, ...] = ()
    """Parts of a site's name or domain, any of which will do."""
    excluded_sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes, lower case, any of which will do."""
    excluded_languages: tuple[str, ...] = ()
    published_from: str | None = None
    """First date included, to any precision: '2024', '2024-05'."""
    published_below: str | None = None
    """First text that is too late; compared as text, so '2024-05~' still includes all of May."""
    notes: tuple[str, ...] = ()
    """One sentence for each part that was ignored, cut or changed."""


_QUOTES = str.maketrans({**dict.fromkeys("“”„‟«»〝〞〟「」『』″", '"'), **dict.fromkeys("‘’‛", "'")})
_TOKEN = re.compile(
    r"""(?P<minus>-|\bNOT\s+)?
        (?:(?P<field>title|source|doctor|site|language|lang|after|before|year):\s*)?
        (?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"()]+))""",
    re.VERBOSE | re.IGNORECASE,
)
_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?", re.ASCII)
_YEARS = re.compile(r"(\d{4})(?:(?:-|\.\.+)(\d{4}))?", re.ASCII)


def clean(text: str) -> str:
    """Input as the parser reads it: plain quotes, NFKC, no control characters, at most MAX_CHARACTERS."""
    folded = unicodedata.normalize("NFKC", text[:MAX_CHARACTERS].translate(_QUOTES))
    spaced = "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in folded)
    return spaced[:MAX_CHARACTERS]


def parse_date(text: str) -> str:
    """'2024', '2024-5' or '2024/05/03' as ISO 8601 of the same precision; ValueError if there is no such date."""
    matched = _DATE.fullmatch(text.strip())
    if matched is None:
        raise ValueError(f"{text!r} is no date such as 2024, 2024-05 or 2024-05-31")
    year, month, day = matched.groups()
    try:
        known = date(int(year), int(month or 1), int(day or 1))
    except ValueError as error:
        raise ValueError(f"{text!r} is no date: {error}") from error
    return known.isoformat()[: 10 if day else 7 if month else 4]


def through(last: str) -> str:
    """Upper bound for text comparison that includes all of a day, month or year ('~' sorts after '-' and 'T')."""
    return f"{last}~"


def parse(text: str) -> Query:
    """A query read leniently: whatever is typed gives a Query, with notes on what was ignored."""
    reader = _Reader()
    if len(text) > MAX_CHARACTERS:
        reader.notes.append(f"Only the first {MAX_CHARACTERS:,} characters were read.")
    for token in _TOKEN.finditer(clean(text)):
        if reader.terms >= MAX_TERMS:
            reader.notes.append(f"Only the first {MAX_TERMS} words were searched for.")
            break
        reader.read(token)
    return reader.query()


class _Reader:
    """What has been read so far of one query."""

    def __init__(self) -> None:
        self.clauses: list[list[Term]] = []
        self.excluded: list[Term] = []
        self.lists: dict[str, list[str]] = {"site": [], "-site": [], "lang": [], "-lang": []}
        self.lower: list[str] = []
        self.upper: list[str] = []
        self.notes: list[str] = []
        self.terms = 0
        self._or = False

    def read(self, token: re.Match[str]) -> None:
        quoted = token["phrase"] is not None
        value = (token["phrase"] if quoted else token["word"]).strip()
        field = (token["field"] or "").lower()
        if not quoted and not field and not token["minus"] and value in {"OR", "|", "AND", "&"}:
            self._or = value in {"OR", "|"} and bool(self.clauses)
            return
        if not any(_is_token(char) for char in value):
            return
        if field in {"", "title", "source", "doctor"}:
            # The index has "Crohn's" as two words, "crohn" and "s": without the second both spellings are found.
            value = value if quoted else _POSSESSIVE.sub("", value) or value
            self._add(Term(value, quoted, field or None), excluded=bool(token["minus"]))
        else:
            self._filter(field, value, excluded=bool(token["minus"]))
        self._or = False

    def _add(self, term: Term, *, excluded: bool) -> None:
        self.terms += not _is_stop_word(term)
        if excluded:
            self.excluded.append(term)
        elif self._or:
            self.clauses[-1].append(term)
        else:
            self.clauses.append([term])

    def _filter(self, field: str, value: str, *, excluded: bool) -> None:
        if self._or:
            self.notes.append(f"OR does not work with {field}:, both parts were applied.")
        if field in {"site", "lang", "language"}:
            key = ("-" if excluded else "") + ("site" if field == "site" else "lang")
            self.lists[key].append(value.lower())
            return
        if excluded:
            self.notes.append(f"-{field}:{value} was ignored: dates cannot be excluded, use after: and before:.")
            return
        try:
            self._dates(field, value)
        except ValueError as error:
            self.notes.append(f"{field}: was ignored: {error}.")

    def _dates(self, field: str, value: str) -> None:
        if field == "after":
            self.lower.append(parse_date(value))
        elif field == "before":
            self.upper.append(parse_date(value))
        else:
            years = _YEARS.fullmatch(value)
            if years is None:
                raise ValueError(f"{value!r} is no year such as 2024 or 2020-2024")
            first, last = sorted((parse_date(years[1]), parse_date(years[2] or years[1])))
            self.lower.append(first)
            self.upper.append(through(last))

    def query(self) -> Query:
        return Query(
            clauses=tuple(_without_stop_words(self.clauses)),
            excluded=tuple(self.excluded),
            sites=tuple(self.lists["site"]),
            excluded_sites=tuple(self.lists["-site"]),
            languages=tuple(self.lists["lang"]),
            excluded_languages=tuple(self.lists["-lang"]),
            published_from=max(self.lower, default=None),
            published_below=min(self.upper, default=None),
            notes=tuple(dict.fromkeys(self.notes)),
        )


def _without_stop_words(clauses: list[list[Term]]) -> Iterator[tuple[Term, ...]]:
    """The clauses without 'the' and 'of', unless nothing else was asked for."""
    kept = [tuple(term for term in clause if not _is_stop_word(term)) for clause in clauses]
    yield from ((clause for clause in kept if clause) if any(kept) else map(tuple, clauses[:MAX_TERMS]))


def _is_stop_word(term: Term) -> bool:
    # WHO and IT in capitals are names, not words
    shouted = len(term.text) > 1 and term.text.isupper()
    if term.quoted or term.column or shouted:
        return False
    word = _EDGES.sub("", term.text).lower()
    return word in STOP_WORDS or _SHORTENED.sub("", word) in STOP_WORDS or word in {"can't", "won't"}


def _is_token(char: str) -> bool:
    """Whether unicode61 makes a token of the character: letters, digits and private use."""
    return unicodedata.category(char)[0] in "LN" or unicodedata.category(char) == "Co"
