"""The byline grammar: source, people and dates out of the short lines around an article.

`read_byline` tells the story; the words of each language are tables in vocabulary/.
"""

from crawler.extract.byline.experts import find_experts, sure_experts
from crawler.extract.byline.grammar import read_byline
from crawler.extract.byline.health import is_proven, without_other_doctors
from crawler.extract.byline.labels import is_role_label, opens_with_role
from crawler.extract.byline.record import Byline

__all__ = [
    "Byline",
    "find_experts",
    "is_proven",
    "is_role_label",
    "opens_with_role",
    "read_byline",
    "sure_experts",
    "without_other_doctors",
]
