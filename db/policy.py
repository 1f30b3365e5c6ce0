"""What a page or its site says about its use, and what follows from it.

Signals are words, kept as they are found: 'noindex', 'nofollow', 'noarchive', 'nosnippet', 'noai', 'noimageai',
'unavailable_after:2026-12-31', 'tdm-reservation', 'tdm-reservation:0', 'content-usage:train-ai=n',
'content-signal:ai-train=no'. A table of rules says which of them are obeyed, and how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from db.records import Article

UNPUBLISHED = "unpublished"
"""The article is kept and not published."""
METADATA = "metadata"
"""Title, link, people, source and dates are kept and published; no text is kept at all."""
KEEP = "keep"
"""The signal is stored, nothing follows."""
ACTIONS = frozenset({UNPUBLISHED, METADATA, KEEP})

DEFAULT_RULES: Mapping[str, str] = {
    "noindex": UNPUBLISHED,
    "content-usage:search=n": UNPUBLISHED,
    "content-signal:search=no": UNPUBLISHED,
    "noarchive": METADATA,
    "tdm-reservation": METADATA,
    "content-usage:bots=n": METADATA,
}
"""Galen is a search engine with a memory: signals about training models are stored, and nothing follows from them."""


def withheld_by(policy: tuple[str, ...], rules: Mapping[str, str]) -> str | None:
    """The first signal because of which no text may be kept; None where it may."""
    return next((signal for signal in policy if rules.get(signal) == METADATA), None)


def hidden_by(policy: tuple[str, ...], rules: Mapping[str, str]) -> str | None:
    """The first signal because of which an article is not published; None where it is."""
    return next((signal for signal in policy if rules.get(signal) == UNPUBLISHED), None)


def obey(article: Article, rules: Mapping[str, str]) -> Article:
    """The article as the rules let it be kept: where its text is withheld, its title stands for the body.

    A body is never empty in the database, and nothing is invented: whoever reads `withheld` knows that there is none.
    """
    hidden, withheld = hidden_by(article.policy, rules), withheld_by(article.policy, rules)
    if withheld is None:
        return replace(article, hidden=hidden)
    return replace(
        article, hidden=hidden, withheld=withheld, body=article.title, summary=None, fragments=(), next_part=None
    )
