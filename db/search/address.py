"""A search as a web address, and back: what the page, its JSON, its feed and its exports read.

Names of the parameters are stable (docs/api.md). Nothing in an address is an error: what cannot be
obeyed is left out and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from db.search.builder import Filters
from db.search.matching import Question
from db.search.query import MAX_CHARACTERS, parse_date
from db.search.ranking import Sort

PAGE_SIZE = 20
MOST_PER_PAGE = 100

_LISTS = {"source": "sources", "doctor": "doctors", "site": "sites", "lang": "languages"}
_MAX_NAMES = 50
_MAX_NAME = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """A search as the page was asked for it."""

    question: Question
    sort: Sort = "relevance"
    page: int = 1
    """Counted from 1."""
    size: int = PAGE_SIZE
    notes: tuple[str, ...] = ()
    """Sentences on parameters that were left out."""

    def query_string(self, **changes: str | None) -> str:
        """The search as parameters, some of them changed (None = left out); an empty search is ''."""
        return urlencode(_with(self.parameters(), changes), errors="replace")

    def parameters(self) -> list[tuple[str, str]]:
        """Name and value of everything that is not as usual; `read_address` reads it back."""
        question, filters = self.question, self.question.filters
        flags = {
            "since": filters.since,
            "until": filters.until,
            "copies": "1" if filters.copies else None,
            "match": "all" if question.all_words else None,
            "broaden": "1" if question.broaden else None,
            "sort": "date" if self.sort == "date" else None,
            "size": str(self.size) if self.size != PAGE_SIZE else None,
            "page": str(self.page) if self.page > 1 else None,
        }
        pairs = [("q", question.text)] if question.text else []
        pairs += [(name, value) for name, kept in _LISTS.items() for value in getattr(filters, kept)]
        return pairs + [(name, value) for name, value in flags.items() if value]

    def without(self, name: str, value: str) -> str:
        """The parameters without one value of one name, on the first page."""
        return urlencode(
            [pair for pair in self.parameters() if pair != (name, value) and pair[0] != "page"], errors="replace"
        )

    def including(self, name: str, value: str) -> str:
        """The parameters with one more value of one name, on the first page."""
        pairs = [pair for pair in self.parameters() if pair[0] != "page"]
        return urlencode(pairs if (name, value) in pairs else [*pairs, (name, value)], errors="replace")


def _with(pairs: Iterable[tuple[str, str]], changes: Mapping[str, str | None]) -> list[tuple[str, str]]:
    kept = [(name, value) for name, value in pairs if name not in changes]
    return kept + [(name, value) for name, value in changes.items() if value]


def read_address(args: Mapping[str, Sequence[str]]) -> Address:
    """The search that the parameters of a URL or of a form ask for."""
    notes: list[str] = []

    def first(name: str) -> str:
        return next(iter(args.get(name, ())), "").strip()

    def names(name: str) -> tuple[str, ...]:
        given = list(dict.fromkeys(value.strip()[:_MAX_NAME] for value in args.get(name, ()) if value.strip()))
        if len(given) > _MAX_NAMES:
            notes.append(f"Of {name} only the first {_MAX_NAMES} were applied.")
        return tuple(given[:_MAX_NAMES])

    def day(name: str) -> str | None:
        try:
            return parse_date(first(name)) if first(name) else None
        except ValueError as error:
            notes.append(f"{name} was left out: {error}.")
            return None

    filters = Filters(
        sources=names("source"),
        doctors=names("doctor"),
        sites=names("site"),
        languages=names("lang"),
        since=day("since"),
        until=day("until"),
        copies=first("copies") == "1",
    )
    if year := first("year"):
        # Years are counted beside the results; choosing one sets both ends.
        try:
            filters = replace(filters, since=parse_date(year)[:4], until=parse_date(year)[:4])
        except ValueError as error:
            notes.append(f"year was left out: {error}.")
    # The parser cuts what is longer and says so; one character more is kept so that it still does.
    text = next(iter(args.get("q", ())), "")[: MAX_CHARACTERS + 1]
    return Address(
        question=Question(
            text=text, filters=filters, all_words=first("match") == "all", broaden=first("broaden") == "1"
        ),
        sort="date" if first("sort") == "date" else "relevance",
        page=_number(first("page"), 1, 1_000_000),
        size=_number(first("size"), PAGE_SIZE, MOST_PER_PAGE),
        notes=tuple(notes),
    )


def _number(text: str, usual: int, most: int) -> int:
    return min(max(int(text), 1), most) if text.isascii() and text.isdigit() and len(text) < 10 else usual
