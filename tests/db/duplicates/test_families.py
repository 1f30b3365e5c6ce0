from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import closing
from itertools import combinations
from pathlib import Path

import opencc
import pytest

from db.duplicates.reading import Reading
from db.duplicates.verify import compare
from db.store import Store
from tests.db.duplicates.families import FAMILIES
from tests.db.factories import article, save

ENGLISH, CHINESE = ([name for name in FAMILIES if name.endswith(language)] for language in ("_en", "_zh"))
MENU = {
    "_en": (
        "Menu Home News Contact Letter. Cookies make this page better. Accept all or choose.\n",
        "\nImprint.",
    ),
    "_zh": ("首页 资讯 问答 医院 专家 登录 注册 下载客户端\n", "\n版权声明：本文仅供参考，不能代替医生诊断 返回顶部"),
}
NOTICE = {
    "_en": "\nADVERTISEMENT: The new Comfy mattress with a hundred nights on trial, see the shop.\n",
    "_zh": "\n广告：舒睡牌床垫限时七折，支持一百天试睡，点击了解详情。\n",
}


def reworded(text: str) -> str:
    """Small words put in here and there."""
    draw = random.Random(1)
    words = text.split(" ")
    for place in draw.sample(range(len(words)), len(words) // 25):
        words[place] = f"{draw.choice(('really', 'quite', 'indeed', 'simply'))} {words[place]}"
    return " ".join(words)


@pytest.mark.parametrize("name", FAMILIES)
def test_articles_that_differ_in_few_words_are_all_told_apart(name: str) -> None:
    articles = FAMILIES[name].articles()
    assert len(articles) >= 8
    for a, b in combinations(articles, 2):
        finding = compare(Reading(*a), Reading(*b))
        assert finding is None or finding.verdict != "same", (a[0], b[0])


@pytest.mark.parametrize("name", FAMILIES)
@pytest.mark.parametrize(
    "republish",
    [
        lambda text, language: text.join(MENU[language]),
        lambda text, language: text.replace("\n", NOTICE[language]),
        lambda text, language: text.rpartition("\n")[0],
        lambda text, language: text.upper().replace(",", " ;"),
    ],
    ids=["menu", "advertisement", "last paragraph cut", "case and punctuation"],
)
def test_an_article_published_elsewhere_is_a_copy(name: str, republish: Callable[[str, str], str]) -> None:
    for title, body in FAMILIES[name].articles():
        finding = compare(Reading(title, body), Reading(title, republish(body, name[-3:])))
        assert finding is not None
        assert finding.verdict == "same", (title, finding.reason)


@pytest.mark.parametrize("name", ENGLISH)
def test_an_article_with_small_words_put_in_is_a_copy(name: str) -> None:
    for title, body in FAMILIES[name].articles():
        finding = compare(Reading(title, body), Reading(f"Health desk: {title}", reworded(body)))
        assert finding is not None
        assert finding.verdict == "same", (title, finding.reason)


@pytest.mark.parametrize("script", ["s2t", "s2twp", "s2hk"])
@pytest.mark.parametrize("name", CHINESE)
def test_an_article_in_the_other_script_is_a_copy(name: str, script: str) -> None:
    convert = opencc.OpenCC(script).convert
    for title, body in FAMILIES[name].articles():
        finding = compare(Reading(title, body), Reading(convert(title), convert(body)))
        assert finding is not None
        assert finding.verdict == "same", (title, finding.reason)


def test_families_and_their_copies_make_the_same_clusters_in_any_order(tmp_path: Path) -> None:
    texts = [
        (f"{name} {n}", title, version)
        for name in ("leaflet_en", "means_zh")
        for n, (title, body) in enumerate(FAMILIES[name].articles())
        for version in (body, body.join(MENU[name[-3:]]))
    ]
    for seed in range(3):
        draw = random.Random(seed)
        with closing(Store.open(tmp_path / f"{seed}.db")) as store:
            some = draw.sample(texts, len(texts))
            ids = save(store, *(article(title, body) for _, title, body in some))
            rows = dict(store.connection.execute("SELECT id, cluster_id FROM articles").fetchall())
        together: dict[int, set[str]] = {}
        for (label, _, _), row in zip(some, ids, strict=True):
            together.setdefault(rows[row], set()).add(label)
        assert len(together) == len(texts) // 2
        assert all(len(labels) == 1 for labels in together.values())
