from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from db.article_loader import find_article
from db.correcting import correct
from db.integrity import damages, index_damage
from db.records import Evidence, Fragment, Link, Origin, Tag
from db.redact import purge, redact_person, redact_url
from db.redaction import read_tombstones
from db.store import Store
from tests.db.factories import LONG, article, doctor, save

LATER = "2026-04-01T08:00:00Z"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "galen.db")
    yield store
    store.close()


def one(store: Store, sql: str, *values: Any) -> Any:
    return store.connection.execute(sql, values).fetchone()[0]


def dump(store: Store) -> str:
    """Every row of every table as text."""
    return "\n".join(store.connection.iterdump())


def whole(store: Store) -> None:
    assert damages(store.connection) == []
    assert index_damage(store.connection) is None


def test_a_name_goes_from_every_table(store: Store) -> None:
    given = article(
        "Eve Moor explains sleep", f"{LONG}\nAsked by us, EVE MOOR said: Eve-Moor sleeps.", summary="With Eve Moor.",
        source="Eve Moor", source_raw="(Eve  Moor)", byline_raw="By Dr. Eve Moor",
        people=(doctor("Eve Moor"), doctor("Ada Penn")), tags=(Tag(tag="eve moor"), Tag(tag="sleep")),
        evidence=(Evidence(field="doctor", value="Eve Moor", origin=Origin.BYLINE, chosen=True),),
        fragments=(Fragment(text="x", context="Eve Moor x"),),
    )  # fmt: skip
    (article_id,) = save(store, given)
    save(store, replace(given, summary="Again with Eve Moor."), seen=LATER)
    correct(store, article_id, {"title": "Eve Moor on sleep"}, by="ana")
    gone = redact_person(store, "Eve Moor", by="ana")
    purge(store.connection)

    assert gone.articles == 1
    assert "moor" not in dump(store).lower()
    assert b"moor" not in (Path(one(store, "SELECT file FROM pragma_database_list"))).read_bytes().lower()
    assert one(store, "SELECT group_concat(name) FROM doctors") == "Ada Penn"
    assert one(store, "SELECT body FROM articles").endswith("[redacted] said: [redacted] sleeps.")
    assert one(store, "SELECT count(*) FROM revisions WHERE summary = 'With [redacted].'") == 1
    whole(store)


def test_a_chinese_name_is_found_inside_a_run_of_characters(store: Store) -> None:
    save(
        store,
        article(
            "睡眠", "据邓荣军医生介绍,每晚应睡七到八小时。邓荣说得不同。" * 3, people=(doctor("邓荣军"),), language="zh"
        ),
    )
    redact_person(store, "邓荣军", by="ana")

    assert one(store, "SELECT body FROM articles").startswith("据[redacted]医生介绍")
    assert "邓荣说" in one(store, "SELECT body FROM articles")
    assert one(store, "SELECT count(*) FROM doctors") == 0


def test_other_people_who_share_a_word_of_the_name_stay(store: Store) -> None:
    save(store, article("Sleep", f"{LONG} Eve Smith met Ann Moor and Eve, Moor's town.", people=(doctor("Eve Smith"),)))
    gone = redact_person(store, "Eve Ann Moor", by="ana")

    assert gone.articles == 0
    assert one(store, "SELECT name FROM doctors") == "Eve Smith"


def test_the_name_does_not_come_back_by_crawl_or_by_correction(store: Store) -> None:
    given = article("Sleep", f"{LONG} Eve Moor said so.", people=(doctor("Eve Moor"),))
    (article_id,) = save(store, given)
    redact_person(store, "Eve Moor", by="ana")
    save(store, replace(given, title="Sleep by Eve Moor"), seen=LATER)

    assert one(store, "SELECT title FROM articles") == "Sleep by [redacted]"
    assert one(store, "SELECT count(*) FROM doctors") == 0
    assert "moor" not in dump(store).lower()
    with pytest.raises(ValueError, match="was redacted"):
        correct(store, article_id, {"doctor": [{"name": "Eve Moor"}]}, by="ben")
    assert "moor" not in dump(store).lower()


def test_a_correction_that_named_the_person_names_nobody_any_more(store: Store) -> None:
    given = article("Sleep", people=(doctor("Ada Penn"),))
    (article_id,) = save(store, given)
    correct(store, article_id, {"doctor": [{"name": "Eve Moor"}]}, by="ana")
    redact_person(store, "Eve Moor", by="ana")
    save(store, given, seen=LATER)

    assert one(store, "SELECT doctors FROM articles_flat") == "Ada Penn"


def test_a_tombstone_holds_no_name_and_counts_once(store: Store) -> None:
    for _ in range(2):
        redact_person(store, "Eve Moor", by="ana", note="asked by letter")

    assert "moor" not in dump(store).lower()
    assert one(store, "SELECT count(*) FROM tombstones WHERE made_by = 'ana' AND note = 'asked by letter'") == 1
    assert read_tombstones(store.connection).mask("Dr. EVE MOOR, MD") == "Dr. [redacted], MD"


def test_an_address_with_the_name_in_it_is_told_and_kept(store: Store) -> None:
    save(store, article("Sleep", url="https://hill.example/people/eve-moor"))
    gone = redact_person(store, "Eve Moor", by="ana")

    assert gone.addresses == ["https://hill.example/people/eve-moor"]


def test_a_page_goes_with_all_that_hangs_on_it_and_its_copies_are_told(store: Store) -> None:
    first = article("Sleep", people=(doctor("Eve Moor"),), source="Moor Press", tags=(Tag(tag="moor"),))
    copy = article("Sleep", site="Far Hill")
    ids = save(store, first, copy)
    save(store, replace(first, summary="New."), seen=LATER)
    correct(store, ids[0], {"title": "Moor"}, by="ana")
    gone = redact_url(store, f"{first.url}?utm_source=mail", by="ana")
    purge(store.connection)

    assert (gone.articles, gone.copies) == (1, [copy.url])
    assert "moor" not in dump(store).lower()
    assert first.url not in dump(store)
    assert one(store, "SELECT group_concat(id) FROM articles") == str(ids[1])
    assert one(store, "SELECT cluster_id FROM articles") is None
    whole(store)


def test_a_redacted_page_does_not_come_back_under_an_equal_address(store: Store) -> None:
    given = article("Sleep")
    save(store, given)
    redact_url(store, given.url, by="ana")
    save(store, article("Sleep", url=f"{given.url}?utm_source=mail"), seen=LATER)
    save(store, article("Sleep", url="https://m.bluehill.example/x", canonical_url=given.url), seen=LATER)

    assert one(store, "SELECT count(*) FROM articles") == 0
    assert one(store, "SELECT count(*) FROM pages WHERE reason = 'redacted' AND url LIKE 'redacted:%'") == 3
    assert one(store, "SELECT count(*) FROM pages") == 3


def test_whatever_the_frontier_does_a_redacted_page_stays_as_it_is(store: Store) -> None:
    given = article("Sleep")
    save(store, given)
    redact_url(store, given.url, by="ana")
    link = Link(url=given.url, fingerprint=given.url.encode(), refetch=True, lastmod="2026-05-01")
    store.add_links(1, [link], run_id=0)
    store.connection.execute("UPDATE pages SET state = 'pending', due = NULL")

    assert one(store, "SELECT state || ' ' || reason || ' ' || url FROM pages") == "rejected redacted redacted:1"


def test_nothing_is_left_in_free_pages_of_the_file(store: Store) -> None:
    store.connection.execute("PRAGMA secure_delete = OFF")
    given = article("Sleep", f"{LONG} Eve Moor was here. " * 2000)
    save(store, given, article("Rest"))
    redact_url(store, given.url, by="ana")
    store.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path = Path(one(store, "SELECT file FROM pragma_database_list"))
    assert b"Eve Moor" in path.read_bytes()
    purge(store.connection)

    assert b"Eve Moor" not in path.read_bytes()
    assert path.with_name(f"{path.name}-wal").stat().st_size == 0


def test_a_page_that_was_never_seen_is_kept_out_as_well(store: Store) -> None:
    gone = redact_url(store, "https://hill.example/not-yet", by="ana")
    save(store, article("Sleep", url="https://hill.example/not-yet"))

    assert gone.articles == 0
    assert one(store, "SELECT count(*) FROM articles") == 0


@pytest.mark.parametrize("name", ["Moor", "邓", " ", "..."])
def test_a_single_word_is_refused(store: Store, name: str) -> None:
    with pytest.raises(ValueError, match="in full"):
        redact_person(store, name, by="ana")


def test_where_a_parameter_chooses_the_page_only_that_page_goes(store: Store) -> None:
    chosen = [
        replace(article("Sleep"), url=f"https://bluehill.example/read?spm={number}", id_parameters=("spm",), body=body)
        for number, body in ((1, LONG), (2, f"{LONG} And a second text."))
    ]
    save(store, *chosen)
    store.site_id("Blue Hill", spider="blue", domains=("bluehill.example",), id_parameters=("SPM",))
    gone = redact_url(store, "http://www.bluehill.example/read?utm_source=x&spm=1", by="ana")

    assert gone.articles == 1
    stones = read_tombstones(store.connection)
    assert [stones.holds_url(each.url) for each in chosen] == [True, False]
    assert [row["url"] for row in store.connection.execute("SELECT url FROM articles")] == [chosen[1].url]
    assert one(store, "SELECT count(*) FROM pages WHERE url = ?", chosen[1].url) == 1


def test_an_article_is_found_by_a_url_whose_parameter_chooses_it(store: Store) -> None:
    second = replace(article("Rest"), url="https://bluehill.example/read?spm=2", id_parameters=("spm",))
    (article_id,) = save(store, second)
    store.site_id("Blue Hill", spider="blue", domains=("bluehill.example",), id_parameters=("spm",))

    assert find_article(store.connection, "http://bluehill.example/read?spm=2&utm_medium=mail") == article_id
    with pytest.raises(LookupError):
        find_article(store.connection, "http://bluehill.example/read?spm=3")
