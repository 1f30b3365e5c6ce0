"""Clusters of more articles than are computed anew together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from db.duplicates import clusters, edges, members, settle
from db.duplicates.verify import Finding
from db.store import Store
from tests.db.duplicates.texts import edited, essay
from tests.db.factories import SEEN, article, doctor, save

NEAR = Finding("near", "same", 0.8, 0.9, "near")
APART = Finding("near", "not_same", 0.8, 0.9, "liver -> kidney, 4 times")
PART = Finding("contains", "same", 0.3, 0.9, "part")


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    monkeypatch.setattr(settle, "MAX_COMPONENT", 3)
    with closing(Store.open(tmp_path / "galen.db")) as store:
        yield store


def groups(store: Store) -> list[list[int]]:
    found: dict[int, list[int]] = {}
    for row in store.connection.execute("SELECT id, cluster_id FROM articles WHERE cluster_id IS NOT NULL ORDER BY id"):
        found.setdefault(row["cluster_id"], []).append(row["id"])
    return sorted(found.values())


def refusals(store: Store) -> dict[tuple[int, int], str]:
    rows = store.connection.execute("SELECT a, b, refused FROM duplicate_edges WHERE refused IS NOT NULL")
    return {(row["a"], row["b"]): row["refused"] for row in rows}


def bare(store: Store, count: int) -> list[int]:
    """Articles too short to be compared, so that tests say which edges they have."""
    return save(store, *(article(f"{n}", f"short {n}") for n in range(count)))


def arrive(store: Store, article_id: int, **found: list[int]) -> None:
    """Settle an article with edges of these findings (near, apart, contains) to others."""
    with store.atomic():
        for finding, others in zip(
            (NEAR, APART, PART), (found.get(k, []) for k in ("near", "apart", "part")), strict=True
        ):
            for other in others:
                edges.put(store.connection, article_id, other, finding, SEEN)
        settle.settle(store.connection, article_id, SEEN)


def assert_counted(store: Store) -> None:
    """Sizes, sites and canonical articles are what counting everything anew gives."""
    said = store.connection.execute("SELECT id, canonical_id, size, sites FROM clusters ORDER BY id").fetchall()
    for row in said:
        members.refresh(store.connection, row["id"])
    counted = store.connection.execute("SELECT id, canonical_id, size, sites FROM clusters ORDER BY id").fetchall()
    assert [tuple(row) for row in said] == [tuple(row) for row in counted]


def test_many_copies_with_a_beginning_and_a_sibling_are_one_text(store: Store) -> None:
    ids = bare(store, 9)
    for n, one in enumerate(ids[:5]):
        arrive(store, one, near=ids[:n])
    arrive(store, ids[5], part=ids[:5])
    arrive(store, ids[6], apart=ids[:5])
    arrive(store, ids[7], near=ids[:4])
    arrive(store, ids[8], near=[ids[7]])

    assert groups(store) == [sorted(set(ids) - {ids[6]})]
    assert_counted(store)


def test_a_copy_of_a_sibling_is_not_joined_over_two_texts_that_differ(store: Store) -> None:
    ids = bare(store, 9)
    for n, one in enumerate(ids[:4]):
        arrive(store, one, near=ids[:n])
    arrive(store, ids[4], apart=ids[:4])
    arrive(store, ids[5], near=[ids[4]], apart=ids[:2])
    arrive(store, ids[6], near=[ids[5], ids[2]])

    assert not {ids[4], ids[0]} <= set(next(g for g in groups(store) if ids[6] in g))
    assert [why.startswith("articles ") for why in refusals(store).values()] == [True]


def test_an_article_that_differs_from_one_member_joins_none(store: Store) -> None:
    ids = bare(store, 6)
    for n, one in enumerate(ids[:5]):
        arrive(store, one, near=ids[:n])
    arrive(store, ids[5], near=ids[:4], apart=[ids[4]])

    assert groups(store) == [ids[:5]]
    assert set(refusals(store).values()) == {f"articles {ids[4]} and {ids[5]} are not the same"}


def test_a_part_never_joins_two_large_texts(store: Store) -> None:
    ids = bare(store, 9)
    for n, one in enumerate(ids[:4]):
        arrive(store, one, near=ids[:n])
    for n, one in enumerate(ids[4:8]):
        arrive(store, one, near=ids[4 : 4 + n])
    arrive(store, ids[8], part=ids[:8])

    assert len(groups(store)) == 2
    assert_counted(store)


def test_two_plain_groups_of_copies_become_one(store: Store) -> None:
    ids = bare(store, 9)
    for n, one in enumerate(ids[:4]):
        arrive(store, one, near=ids[:n])
    for n, one in enumerate(ids[4:8]):
        arrive(store, one, near=ids[4 : 4 + n])
    old = [row[0] for row in store.connection.execute("SELECT id FROM clusters")]
    arrive(store, ids[8], near=[ids[0], ids[4]])

    assert groups(store) == [ids]
    assert {members.current(store.connection, number) for number in old} == {
        members.cluster_of(store.connection, ids[8])
    }
    assert_counted(store)


def test_a_part_of_a_text_that_was_attached_to_a_large_one_is_not_joined_with_that(store: Store) -> None:
    ids = bare(store, 7)
    for n, one in enumerate(ids[:4]):
        arrive(store, one, near=ids[:n])
    roundup, other = ids[4], ids[5]
    arrive(store, roundup, part=ids[:4])
    arrive(store, other, part=[roundup])

    assert groups(store) == [ids[:5]]
    assert refusals(store) == {(roundup, other): settle.LARGE}


def test_copies_of_a_round_up_do_not_join_the_two_large_texts_that_it_was_shown_with(store: Store) -> None:
    ids = bare(store, 12)
    for n, one in enumerate(ids[:4]):
        arrive(store, one, near=ids[:n])
    for n, one in enumerate(ids[4:8]):
        arrive(store, one, near=ids[4 : 4 + n])
    arrive(store, ids[8], part=ids[:4])
    arrive(store, ids[9], part=ids[4:8])
    arrive(store, ids[10], near=[ids[8], ids[9]])

    assert len(groups(store)) == 2
    assert settle.LARGE in refusals(store).values()


def test_what_a_leaving_article_held_together_falls_apart(store: Store) -> None:
    ids = bare(store, 9)
    bridge = ids[8]
    arrive(store, bridge)
    for n, one in enumerate(ids[:4]):
        arrive(store, one, near=[*ids[:n], bridge])
    for n, one in enumerate(ids[4:8]):
        arrive(store, one, near=[*ids[4 : 4 + n], bridge])
    assert groups(store) == [ids]
    with store.atomic():
        copies = edges.joined(store.connection, bridge)
        edges.forget(store.connection, bridge)
        settle.part(store.connection, bridge, copies, SEEN)

    assert groups(store) == [ids[:4], ids[4:8]]
    assert_counted(store)


@pytest.mark.parametrize("seed", range(12))
def test_whatever_comes_and_goes_no_text_holds_two_that_differ_and_all_is_counted(store: Store, seed: int) -> None:
    draw = random.Random(seed)
    ids = bare(store, 24)
    here: list[int] = []
    for one in draw.sample(ids, len(ids)):
        others = draw.sample(here, min(len(here), draw.randint(0, 5)))
        kinds = {other: draw.choices(("near", "apart", "part"), (6, 1, 1))[0] for other in others}
        arrive(store, one, **{kind: [o for o in others if kinds[o] == kind] for kind in ("near", "apart", "part")})
        here.append(one)
        if draw.random() < 0.2:
            gone = draw.choice(here)
            with store.atomic():
                copies = edges.joined(store.connection, gone, refused_too=True)
                edges.forget(store.connection, gone)
                settle.part(store.connection, gone, copies, SEEN)
            assert members.cluster_of(store.connection, gone) is None
    together = {id_: n for n, group in enumerate(groups(store)) for id_ in group}
    apart = store.connection.execute("SELECT a, b FROM duplicate_edges WHERE verdict = 'not_same'").fetchall()
    assert not [tuple(row) for row in apart if together.get(row["a"], -1) == together.get(row["b"], -2)]
    joined = store.connection.execute(
        "SELECT a, b FROM duplicate_edges WHERE verdict = 'same' AND refused IS NULL"
    ).fetchall()
    assert not [tuple(row) for row in joined if together.get(row["a"], -1) != together.get(row["b"], -2)]
    assert_counted(store)


def test_real_copies_beyond_the_bound_are_one_text_with_the_right_original(store: Store) -> None:
    texts = [edited(essay(1), 0.02, n) for n in range(8)]
    texts.insert(3, essay(1)[:700])
    copies = [article(f"{n}", text, site=f"Site {n % 3}") for n, text in enumerate(texts)]
    save(store, *copies)
    save(store, article("first", edited(essay(1), 0.01, 9), published="2020-01-01", people=(doctor("Ivo Kern"),)))

    row = store.connection.execute(
        "SELECT size, sites, title FROM clusters JOIN articles ON articles.id = canonical_id"
    ).fetchall()
    assert [tuple(one) for one in row] == [(10, 4, "first")]
    save(store, replace(copies[2], body=essay(2)))
    assert [len(group) for group in groups(store)] == [9]
    assert_counted(store)


def test_the_cost_of_a_copy_does_not_grow_with_the_copies(store: Store) -> None:
    counts = []
    steps = [0]

    def one_more() -> int:
        steps[0] += 1
        return 0

    for n in range(60):
        text = essay(1)[:700] if n % 10 == 5 else edited(essay(1), 0.02, n)
        steps[0] = 0
        store.connection.set_progress_handler(one_more, 100)
        save(store, article(f"{n}", text))
        store.connection.set_progress_handler(None, 100)
        counts.append(steps[0])

    assert sum(counts[52:60]) < 2 * sum(counts[22:30])


def test_clusters_below_the_bound_are_computed_by_the_rule(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settle, "MAX_COMPONENT", 60)
    ids = bare(store, 4)
    for n, one in enumerate(ids):
        arrive(store, one, near=ids[:n])
    component = clusters.connected(store.connection, {ids[0]})

    assert component is not None
    assert component.articles == set(ids)
    assert clusters.connected(store.connection, {ids[0]}, 3) is None
