"""From a parsed query to FTS5 and SQL: the one place, for search, exports and Datasette alike.

Values travel as parameters only, lists as JSON; FTS5 sees nothing but quoted strings, AND, OR, NOT and column names.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from db.search.query import STOP_WORDS, Query, Term
from db.search.text import CJK_RUN, index_text, scripts

WORD_LENGTH = 4
"""A run of Chinese up to this long is taken as one word and not cut when a search is loosened."""
MAX_PIECES = 64
_WORD = re.compile(r"[^\W_]+")

BM25 = "bm25(search_fts, 2.0, 1.0, 1.0, 1.0, 1.0)"
"""Title twice as heavy as summary, body, source and doctor: more was measured to bring nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """Conditions beside the words, by exact name (ASCII case does not matter); several values of one are OR."""

    sources: tuple[str, ...] = ()
    doctors: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    """ISO 639-1 codes."""
    since: str | None = None
    """First publication date, ISO 8601, any precision; an article dated '2024' counts as its first day."""
    until: str | None = None
    """Last publication date, included to its end: '2024-05' includes all of May."""
    copies: bool = True
    """False = of each cluster only one row of those that match, the canonical one first."""


def all_words(query: Query) -> str | None:
    """The FTS5 expression for articles that meet every clause; None if no words were asked for."""
    wanted = " AND ".join(any_of(clause) for clause in query.clauses)
    return _without(wanted, query.excluded) if wanted else None


def loosened(query: Query, *, cut_words: bool = False) -> tuple[str, ...]:
    """The words any of which will do when a search is loosened; none if that is no wider than `all_words`.

    Quoted phrases and fields stay required. Chinese longer than a word is cut into phrases of two
    characters (so is every Chinese word if `cut_words`): whole sentences hardly ever occur twice.
    """
    required = _required(query)
    loose = [term.text for clause in query.clauses if clause not in required for term in clause]
    pieces = list(dict.fromkeys(piece for text in loose for piece in _pieces(text, cut_words=cut_words)))[:MAX_PIECES]
    return tuple(pieces) if len(pieces) > 1 or any(map(parts, pieces)) else ()


def parts(piece: str) -> tuple[str, ...]:
    """The words of a compound ('low-fat', 'aspirin/ibuprofen') that say something alone; none for a single word."""
    if CJK_RUN.search(piece):
        return ()
    words = [word for word in _WORD.findall(piece) if len(word) > 2 and word.lower() not in STOP_WORDS]
    return tuple(words) if words and words != [piece] else ()


def some_words(query: Query, *, cut_words: bool = False) -> str | None:
    """The FTS5 expression for articles that meet some of it; None if that is no wider than `all_words`."""
    pieces = loosened(query, cut_words=cut_words)
    return one_of(query, pieces) if pieces else None


def one_of(query: Query, words: Iterable[str]) -> str:
    """The FTS5 expression for articles with at least one of the words and all that the query insists on."""
    some = " OR ".join(quoted for word in words for quoted in _quoted(word))
    return _without(" AND ".join([f"({some})", *map(any_of, _required(query))]), query.excluded)


def _required(query: Query) -> list[tuple[Term, ...]]:
    """Clauses that are never loosened."""
    return [clause for clause in query.clauses if any(term.quoted or term.column for term in clause)]


def in_title(match: str) -> str:
    """The FTS5 expression for articles that meet one by their title alone."""
    return f"{{title}} : ({match})"


SITES_NAMED = """SELECT sites.id FROM sites JOIN json_each({}) AS part
    ON instr(lower(sites.name || ' ' || sites.domains), part.value) > 0"""
"""Sites whose name or domain has one of the parts in a parameter, lower case, a JSON array."""

_LISTS = {
    "query_sites": f"articles.site_id IN ({SITES_NAMED.format(':query_sites')})",
    "excluded_sites": f"articles.site_id NOT IN ({SITES_NAMED.format(':excluded_sites')})",
    "query_languages": "articles.language IN (SELECT value FROM json_each(:query_languages))",
    "excluded_languages": "coalesce(articles.language, '') NOT IN (SELECT value FROM json_each(:excluded_languages))",
}
"""Conditions on lists of values, each the JSON array of the parameter it is called by."""


def conditions(query: Query) -> tuple[list[str], dict[str, str]]:
    """What a query says beside words, for a WHERE over `articles`, and its parameters."""
    lists = {
        "query_sites": query.sites,
        "excluded_sites": query.excluded_sites,
        "query_languages": query.languages,
        "excluded_languages": query.excluded_languages,
    }
    bounds = {"published_from": (">=", query.published_from), "published_below": ("<", query.published_below)}
    where = [_LISTS[name] for name, values in lists.items() if values]
    where += [f"articles.published {sign} :{name}" for name, (sign, bound) in bounds.items() if bound]
    params = {name: json.dumps(values) for name, values in lists.items() if values}
    return where, params | {name: bound for name, (_, bound) in bounds.items() if bound}


def _quoted(text: str, column: str | None = None) -> Iterator[str]:
    """A phrase in both scripts of Chinese, where they differ."""
    for written in scripts(text):
        phrase = '"' + index_text(written).replace('"', '""') + '"'
        yield f"{column} : {phrase}" if column else phrase


def any_of(terms: Iterable[Term]) -> str:
    """The FTS5 expression for articles with at least one of the terms."""
    return "(" + " OR ".join(quoted for term in terms for quoted in _quoted(term.text, term.column)) + ")"


def _without(wanted: str, excluded: tuple[Term, ...]) -> str:
    return f"({wanted}) NOT {any_of(excluded)}" if excluded else wanted


def _pieces(text: str, *, cut_words: bool) -> Iterable[str]:
    """What a word falls into when a search is loosened: two-character phrases of long Chinese, the rest as it is."""
    longest = 2 if cut_words else WORD_LENGTH
    rest = CJK_RUN.sub(" ", text).strip()
    if any(char.isalnum() for char in rest):
        yield rest
    for run in CJK_RUN.findall(text):
        if len(run) <= longest:
            yield run
        else:
            yield from (run[start : start + 2] for start in range(len(run) - 1))
