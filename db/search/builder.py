"""From a parsed query and filters to SQL: the one place, for search, exports and Datasette alike.

Works on the crawl database and on a published snapshot: both have the same names, `article_facets` among
them, the narrow columns of `articles` (a view in the first, a table in the second). Values travel as
parameters only, lists as JSON; FTS5 sees nothing but quoted strings, AND, OR, NOT and column names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field

from db.search.query import Query, Term, parse_date, through
from db.search.text import CJK_RUN, index_text

WORD_LENGTH = 4
"""A run of Chinese up to this long is taken as one word and not cut when a search is loosened."""
MAX_PIECES = 64

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


@dataclass(frozen=True, slots=True)
class Selection:
    """A SELECT of all articles that match: COLUMNS, score being bm25 (smaller is better)."""

    sql: str
    params: dict[str, str | None] = field(default_factory=dict)


COLUMNS = "id, score, published, published_year, source_id, site_id, language, cluster_id"


def all_words(query: Query) -> str | None:
    """The FTS5 expression for articles that meet every clause; None if no words were asked for."""
    return _match(" AND ".join(_any_of(clause) for clause in query.clauses), query.excluded)


def some_words(query: Query, *, cut_words: bool = False) -> str | None:
    """The FTS5 expression for articles that meet some of it; None if that is no wider than `all_words`.

    Quoted phrases and fields stay required. Chinese longer than a word is cut into phrases of two
    characters (so is every Chinese word if `cut_words`): whole sentences hardly ever occur twice.
    """
    required = _required(query)
    loose = [term.text for clause in query.clauses if clause not in required for term in clause]
    pieces = list(dict.fromkeys(piece for text in loose for piece in _pieces(text, cut_words=cut_words)))[:MAX_PIECES]
    return one_of(query, pieces) if len(pieces) > 1 else None


def one_of(query: Query, words: Iterable[str]) -> str | None:
    """The FTS5 expression for articles with at least one of the words and all that the query insists on."""
    some = " OR ".join(_quote(word) for word in words)
    return _match(" AND ".join([f"({some})", *map(_any_of, _required(query))]), query.excluded)


def _required(query: Query) -> list[tuple[Term, ...]]:
    """Clauses that are never loosened."""
    return [clause for clause in query.clauses if any(term.quoted or term.column for term in clause)]


def select(query: Query, filters: Filters, match: str | None) -> Selection:
    """All articles that meet `match` (an expression of `all_words` or `some_words`), query and filters."""
    where, params = conditions(query, filters)
    if match is not None:
        source, score = "search_fts JOIN article_facets AS articles ON articles.id = search_fts.rowid", BM25
        where.insert(0, "search_fts MATCH :match")
        params["match"] = match
    else:
        source, score = "article_facets AS articles", "0.0"
        if query.excluded:
            where.append("articles.id NOT IN (SELECT rowid FROM search_fts WHERE search_fts MATCH :excluded)")
            params["excluded"] = _any_of(query.excluded)
    # S608: every part is a constant of this file
    sql = (
        f"SELECT articles.id AS id, {score} AS score, published, published_year, source_id, site_id, language,"  # noqa: S608
        f" cluster_id FROM {source} WHERE {' AND '.join(where) or '1'}"
    )
    return Selection(sql, params)


_LISTS = {
    "sources": """articles.source_id IN (
        SELECT id FROM sources WHERE name IN (SELECT value FROM json_each(:sources)))""",
    "doctors": """articles.id IN (
        SELECT article_id FROM article_doctors JOIN doctors ON doctors.id = article_doctors.doctor_id
        WHERE doctors.name COLLATE NOCASE IN (SELECT value FROM json_each(:doctors)))""",
    "sites": """articles.site_id IN (
        SELECT id FROM sites WHERE name COLLATE NOCASE IN (SELECT value FROM json_each(:sites)))""",
    "languages": "articles.language COLLATE NOCASE IN (SELECT value FROM json_each(:languages))",
    "query_sites": """articles.site_id IN (
        SELECT sites.id FROM sites JOIN json_each(:query_sites) AS part
        ON instr(lower(sites.name || ' ' || sites.domains), part.value) > 0)""",
    "excluded_sites": """articles.site_id NOT IN (
        SELECT sites.id FROM sites JOIN json_each(:excluded_sites) AS part
        ON instr(lower(sites.name || ' ' || sites.domains), part.value) > 0)""",
    "query_languages": "articles.language IN (SELECT value FROM json_each(:query_languages))",
    "excluded_languages": "coalesce(articles.language, '') NOT IN (SELECT value FROM json_each(:excluded_languages))",
}
"""Conditions on lists of values, each the JSON array of the parameter it is called by."""


def conditions(query: Query, filters: Filters) -> tuple[list[str], dict[str, str | None]]:
    """The conditions beside the words, for a WHERE over `articles`, and their parameters.

    Raises ValueError for a filter's date that is none.
    """
    lists = {
        "sources": filters.sources,
        "doctors": filters.doctors,
        "sites": filters.sites,
        "languages": filters.languages,
        "query_sites": query.sites,
        "excluded_sites": query.excluded_sites,
        "query_languages": query.languages,
        "excluded_languages": query.excluded_languages,
    }
    bounds = {
        "since": (">=", parse_date(filters.since) if filters.since else None),
        "until": ("<", through(parse_date(filters.until)) if filters.until else None),
        "published_from": (">=", query.published_from),
        "published_below": ("<", query.published_below),
    }
    where = [_LISTS[name] for name, values in lists.items() if values]
    where += [f"articles.published {sign} :{name}" for name, (sign, bound) in bounds.items() if bound]
    params: dict[str, str | None] = {name: json.dumps(values) for name, values in lists.items() if values}
    return where, params | {name: bound for name, (_, bound) in bounds.items() if bound}


def _quote(text: str, column: str | None = None) -> str:
    phrase = '"' + index_text(text).replace('"', '""') + '"'
    return f"{column} : {phrase}" if column else phrase


def _any_of(terms: Iterable[Term]) -> str:
    return "(" + " OR ".join(_quote(term.text, term.column) for term in terms) + ")"


def _match(wanted: str, excluded: tuple[Term, ...]) -> str | None:
    if not wanted or not excluded:
        return wanted or None
    return f"({wanted}) NOT {_any_of(excluded)}"


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
