"""Redacted names in raw pages, in whatever way a page writes them."""

from __future__ import annotations

import unicodedata

import pytest

from crawler.raw.tombstoned import concerns
from db.connection import utc_now
from db.records import RawPage
from db.redaction import Tombstones, add_person, read_tombstones
from db.store import Store


@pytest.fixture(scope="module")
def stones(tmp_path_factory: pytest.TempPathFactory) -> Tombstones:
    store = Store.open(tmp_path_factory.mktemp("redacted") / "galen.db")
    with store.atomic():
        for name in ("Zoë Lindqvist-Åberg", "R. Okafor", "邓荣军"):
            add_person(store.connection, name, by="ana", now=utc_now(), note=None)
    found = read_tombstones(store.connection)
    store.close()
    return found


def page(text: str, charset: str = "utf-8") -> RawPage:
    return RawPage(
        url="https://hill.example/1", status=200, headers=(("Content-Type", f"text/html; charset={charset}"),),
        body=f"<p>Sleep well, says {text}, every night.</p>".encode(charset), fetched_at="2026-03-01T08:00:00Z",
    )  # fmt: skip


@pytest.mark.parametrize(
    "written",
    [
        "Zoë Lindqvist-Åberg",
        unicodedata.normalize("NFD", "Zoë Lindqvist-Åberg"),
        "ZOË LINDQVIST-ÅBERG",
        "Zo&euml; Lindqvist-&#197;berg",
        "Zo&amp;euml; Lindqvist-&amp;Aring;berg",
        "<b>Zoë</b>&nbsp;<i>Lindqvist</i>-Åberg",
        "Zoë Lind&shy;qvist-\u200bÅberg",
        '<a href="/people/zo%C3%AB-lindqvist-%C3%A5berg">our author</a>',
        '<script>{"author": "Zo\\u00eb Lindqvist-\\u00c5berg"}</script>',
        "Dr. R. Okafor",
        "R Okafor",
        "邓荣军医生",
        "&#37011;&#33635;&#20891;",
        "邓 荣 军",
        "<b>邓</b>荣军",
    ],
)
def test_a_name_is_found_however_a_page_writes_it(written: str, stones: Tombstones) -> None:
    assert concerns(stones, page(written))


@pytest.mark.parametrize("charset", ["gb18030", "utf-16"])
def test_a_name_is_found_in_other_encodings(charset: str, stones: Tombstones) -> None:
    assert concerns(stones, page("邓荣军", charset))


@pytest.mark.parametrize("written", ["Zoë Åberg", "S. Okafor", "R. B. Okafor", "邓荣", "Lindqvist-Åberg, Zoë"])
def test_others_are_not_taken_for_the_person(written: str, stones: Tombstones) -> None:
    assert not concerns(stones, page(written))
