from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.duplicates.partition import Edge, partition


def same(a: int, b: int, jaccard: float = 0.8, kind: str = "near") -> Edge:
    return Edge(min(a, b), max(a, b), kind, "same", jaccard, 0.9)


def apart(a: int, b: int, kind: str = "near") -> Edge:
    return Edge(min(a, b), max(a, b), kind, "not_same", 0.8, 0.9)


def groups(*edges: Edge, articles: int = 6) -> list[list[int]]:
    """Groups of two and more, sorted."""
    found = partition({number: f"key {number}" for number in range(1, articles + 1)}, edges)
    return sorted(sorted(group) for group in found.groups if len(group) > 1)


def test_copies_of_copies_are_one_text() -> None:
    assert groups(same(1, 2), same(2, 3), same(4, 5)) == [[1, 2, 3], [4, 5]]


def test_a_bridge_over_two_articles_known_to_differ_is_refused_and_flagged() -> None:
    edges = [same(1, 2, 0.9), same(3, 4, 0.9), same(2, 3, 0.6), apart(1, 4)]

    result = partition({number: str(number) for number in range(1, 5)}, edges)

    assert sorted(map(sorted, result.groups)) == [[1, 2], [3, 4]]
    assert result.refused == {(2, 3): (1, 4)}


def test_the_stronger_edge_wins_over_the_bridge() -> None:
    assert groups(same(1, 2, 0.6), same(2, 3, 0.9), apart(1, 3)) == [[2, 3]]


def test_a_text_of_unknown_length_between_two_others_is_shown_with_one_and_joins_them_not() -> None:
    roundup = [same(1, 3, 0.5, "contains"), same(2, 3, 0.4, "contains")]

    result = partition({1: "a", 2: "b", 3: "roundup"}, roundup)

    assert sorted(map(sorted, result.groups)) == [[1, 3], [2]]
    assert result.refused == {(2, 3): None}


def test_a_beginning_that_is_part_of_every_copy_is_shown_with_them() -> None:
    assert groups(same(1, 2), same(1, 3, 0.3, "contains"), same(2, 3, 0.3, "contains")) == [[1, 2, 3]]


def test_an_analysts_word_is_stronger_than_every_rule() -> None:
    assert groups(apart(1, 2), same(1, 3, kind="manual"), same(3, 2, kind="manual")) == [[1, 2, 3]]
    assert groups(same(1, 2, 1.0, "exact"), apart(1, 2, "manual")) == []


def test_an_analysts_split_is_stronger_than_an_analysts_chain() -> None:
    assert groups(apart(1, 3, "manual"), same(1, 2, kind="manual"), same(2, 3, kind="manual")) in ([[1, 2]], [[2, 3]])


_EDGES = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.integers(0, 7),
        st.sampled_from(["near", "contains", "exact"]),
        st.sampled_from(["same", "same", "not_same", "related"]),
        st.sampled_from([0.5, 0.6, 0.9]),
    ).filter(lambda edge: edge[0] != edge[1]),
    max_size=25,
    unique_by=lambda edge: frozenset(edge[:2]),
)


@given(_EDGES, st.randoms(use_true_random=False))
def test_neither_the_order_nor_the_numbers_of_articles_change_the_clusters(edges, draw: random.Random) -> None:
    names = list("abcdefgh")
    draw.shuffle(names)
    numbered = [
        Edge(*sorted((names.index("abcdefgh"[a]), names.index("abcdefgh"[b]))), kind, verdict, jaccard, jaccard)
        for a, b, kind, verdict, jaccard in edges
    ]
    draw.shuffle(numbered)
    plain = [Edge(*sorted((a, b)), kind, verdict, jaccard, jaccard) for a, b, kind, verdict, jaccard in edges]

    shuffled = partition(dict(enumerate(names)), numbered).groups
    straight = partition(dict(enumerate("abcdefgh")), plain).groups

    assert {frozenset(names[n] for n in group) for group in shuffled} == {
        frozenset("abcdefgh"[n] for n in group) for group in straight
    }


@pytest.mark.parametrize("seed", range(5))
def test_no_cluster_holds_two_articles_known_to_differ(seed: int) -> None:
    draw = random.Random(seed)
    pairs = [tuple(sorted(draw.sample(range(30), 2))) for _ in range(80)]
    edges = [Edge(a, b, "near", draw.choice(["same", "not_same"]), draw.random(), 1.0) for a, b in dict.fromkeys(pairs)]

    found = partition({number: str(number) for number in range(30)}, edges).groups

    assert not [e for e in edges if e.verdict == "not_same" and any({e.a, e.b} <= group for group in found)]


@pytest.mark.parametrize("copies", [[], [same(1, 4), same(3, 4, 0.4, "contains")]], ids=["no copies", "a copy of one"])
def test_a_round_up_known_by_its_length_is_a_text_of_its_own(copies: list[Edge]) -> None:
    edges = [same(1, 3, 0.5, "contains"), same(2, 3, 0.4, "contains"), *copies]
    result = partition({1: "a", 2: "b", 3: "roundup", 4: "copy"}, edges, {1: 300, 2: 250, 3: 560, 4: 330})

    assert [3] in sorted(map(sorted, result.groups))
    assert result.refused == dict.fromkeys(e.pair for e in edges if e.kind == "contains")


def test_a_round_up_that_is_shown_with_the_text_that_fills_most_of_it_joins_it_with_no_other() -> None:
    edges = [same(1, 3, 0.7), same(2, 3, 0.3, "contains")]
    result = partition({1: "most", 2: "rest", 3: "roundup"}, edges, {1: 400, 2: 170, 3: 570})

    assert sorted(map(sorted, result.groups)) == [[1, 3], [2]]
    assert result.refused == {(2, 3): None}


def test_two_shortened_copies_of_one_article_bear_its_title_and_are_one_text() -> None:
    edges = [same(1, 3, 0.7), same(2, 3, 0.3, "contains")]
    words = {1: 400, 2: 170, 3: 570}
    titles = {1: "Sleep well | Harbour News", 2: "Sleep well", 3: "Sleep well"}

    assert [1, 2, 3] in sorted(map(sorted, partition(dict.fromkeys(words, ""), edges, words, titles).groups))


def test_a_copy_with_a_long_menu_of_what_else_a_round_up_holds_is_not_joined_either() -> None:
    edges = [same(1, 3, 0.7), same(2, 3, 0.3, "contains"), same(4, 3, 0.3, "contains"), same(2, 4)]
    words = {1: 400, 2: 170, 3: 570, 4: 260}

    assert sorted(map(sorted, partition(dict.fromkeys(words, ""), edges, words).groups)) == [[1, 3], [2, 4]]


def test_a_round_up_of_two_texts_of_one_length_joins_them_not_though_both_are_near_to_it() -> None:
    edges = [same(1, 3, 0.51), same(2, 3, 0.5)]
    result = partition({1: "half", 2: "half too", 3: "roundup"}, edges, {1: 300, 2: 290, 3: 580})

    assert sorted(map(sorted, result.groups)) == [[1, 3], [2]]


def test_a_lead_that_one_shortened_copy_lacks_and_another_has_is_shown_with_all() -> None:
    edges = [
        same(1, 2, 0.6),
        same(1, 3, 0.3, "contains"),
        same(1, 4, 0.9),
        same(3, 4, 0.3, "contains"),
        same(2, 4, 0.6),
    ]
    words = {1: 500, 2: 450, 3: 120, 4: 480}

    assert [1, 2, 3, 4] in sorted(map(sorted, partition(dict.fromkeys(words, ""), edges, words).groups))


def test_a_text_that_holds_two_parts_too_long_to_stand_side_by_side_is_shown_with_one() -> None:
    edges = [same(1, 3, 0.5, "contains"), same(2, 3, 0.4, "contains")]
    result = partition({1: "edited", 2: "lead", 3: "whole"}, edges, {1: 540, 2: 120, 3: 560})

    assert [1, 3] in sorted(map(sorted, result.groups))


def test_a_lead_that_stands_in_two_texts_is_shown_with_one_of_them() -> None:
    edges = [same(1, 3, 0.5, "contains"), same(2, 3, 0.4, "contains")]
    result = partition({1: "a", 2: "b", 3: "lead"}, edges, {1: 300, 2: 250, 3: 100})

    assert sorted(map(sorted, result.groups)) == [[1, 3], [2]]
