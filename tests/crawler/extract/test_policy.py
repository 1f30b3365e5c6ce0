"""Signals of a page about its use (crawler/extract/policy.py)."""

from __future__ import annotations

import pytest
from lxml import html

from crawler.extract.policy import policy_signals


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        ('<meta name="robots" content="noarchive, NoAI,noindex">', ("noarchive", "noai", "noindex")),
        ('<meta name="ROBOTS" content="none"><meta name="robots" content="noindex">', ("noindex", "nofollow")),
        ('<meta name="tdm-reservation" content="1">', ("tdm-reservation",)),
        ('<meta name="tdm-reservation" content="0">', ("tdm-reservation:0",)),
        ('<meta name="robots" content="index, follow, max-snippet:-1">', ()),
        ('<meta name="description" content="noindex">', ()),
        ("", ()),
    ],
)
def test_signals_are_read_from_robots_and_tdm_meta_elements(head: str, expected: tuple[str, ...]) -> None:
    tree = html.document_fromstring(f"<html><head>{head}</head><body><p>x</p></body></html>")

    assert policy_signals(tree.iter("meta")) == expected
