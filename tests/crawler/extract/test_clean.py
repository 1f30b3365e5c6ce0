"""The text cleaner and the JSON reader, against what pages really contain."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.extract.clean import clean_line, clean_text, fold, safe_json
from tests.hang import ends

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))


@pytest.mark.parametrize(
    ("dirty", "clean"),
    [
        (None, None),
        ("", None),
        (" \n\t \u3000", None),
        ("\u200b\ufeff\u00ad", None),
        ("one\x00two\x07", "onetwo"),
        ("lone \ud83d surrogate", "lone surrogate"),
        ("a\u00a0\u3000 b\t\tc", "a b c"),
        ("first\r\nsecond\rthird\u2028fourth\x85fifth", "first\nsecond\nthird\nfourth\nfifth"),
        ("  one  \n\n \n  two  ", "one\ntwo"),
        ("left\u202eright\u202c \u2066x\u2069", "leftright x"),
        ("hyp\u00adhen", "hyphen"),
        ("Grüße, 肝脏 😀", "Grüße, 肝脏 😀"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("no\u200djoiner", "nojoiner"),
    ],
)
def test_text_loses_only_what_cannot_be_seen_or_stored(dirty: str | None, clean: str | None) -> None:
    assert clean_text(dirty) == clean


def test_text_over_the_limit_is_cut_without_a_trailing_space() -> None:
    assert clean_text("abcd efgh", limit=5) == "abcd"


def test_a_line_holds_no_line_break() -> None:
    assert clean_line("two\n lines") == "two lines"
    assert clean_line("two lines", limit=4) == "two"


@given(ANY_TEXT)
def test_clean_text_is_idempotent_and_stores_as_utf8(text: str) -> None:
    clean = clean_text(text)
    assert clean_text(clean) == clean
    if clean is not None:
        clean.encode("utf-8")
        assert clean == clean.strip()
        assert not any(unicodedata.category(char) in {"Cc", "Cs"} for char in clean if char != "\n")
        assert "  " not in clean
        assert "\n\n" not in clean


@given(ANY_TEXT)
def test_folding_keeps_offsets(text: str) -> None:
    assert len(fold(text)) == len(text)


def test_folding_lowers_letters_and_narrows_full_width_signs() -> None:
    assert fold("Ｓource：İ（Ａ）") == "source:İ(a)"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ('<!-- {"a": 1} -->', {"a": 1}),
        ('//<![CDATA[\n{"a": 1}\n//]]>', {"a": 1}),
        ('/*<![CDATA[*/ {"a": 1} /*]]>*/', {"a": 1}),
        ('\ufeff{"a": 1};', {"a": 1}),
        ('{"a": [1, 2, ], }', {"a": [1, 2]}),
        ('{"a": "one\ntwo\tthree"}', {"a": "one\ntwo\tthree"}),
        ('{"a": "stays ,] and ,}",}', {"a": "stays ,] and ,}"}),
        ("{&quot;a&quot;: &quot;x &amp; y&quot;}", {"a": "x & y"}),
        ('{"a": "x &quot;y&quot;"}', {"a": "x &quot;y&quot;"}),
        ('{"a": NaN, "b": 1e999}', {"a": None, "b": None}),
        ('{"a": "}]]>"}', {"a": "}]]>"}),
    ],
)
def test_json_is_read_as_browsers_would(text: str, value: object) -> None:
    assert safe_json(text) == value


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("<!-- -->", "empty"),
        ("{'a': 1}", "no JSON"),
        ('{"a": "never closed', "no JSON"),
        ('{"a": ' + "1" * 200 + "}", "200 digits"),
        ('{"a": 1.' + "1" * 200 + "}", "digits"),
        ("[" * 101 + "]" * 101, "deeper than 100"),
        ("[" * 100_000, "deeper than 100"),
        ('{"a":' * 5000 + "1" + "}" * 5000, "deeper than 100"),
        ('"' + "a" * 2_000_001 + '"', "longer than 2,000,000"),
    ],
)
def test_json_that_cannot_be_read_says_why_in_one_line(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why) as caught:
        safe_json(text)
    assert "\n" not in str(caught.value)


def test_hostile_json_is_refused_in_linear_time() -> None:
    for hostile in ('"\\"' * 300_000, "," * 900_000, ", " * 900_000 + "}", '{"' * 90_000):
        with ends(), pytest.raises(ValueError, match="JSON"):
            safe_json(hostile)


@given(ANY_TEXT)
def test_json_reading_raises_nothing_but_value_errors(text: str) -> None:
    for candidate in (text, "{" + text, '{"a": "' + text):
        try:
            safe_json(candidate)
        except ValueError:
            continue


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_valid_json_is_never_changed_by_a_repair(value: object) -> None:
    assert safe_json(json.dumps(value)) == value
