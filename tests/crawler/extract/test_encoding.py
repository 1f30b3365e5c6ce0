"""The charset vote (crawler/extract/encoding.py)."""

from __future__ import annotations

import pytest

from crawler.extract.encoding import decode

TEXTS = {
    "zh": "每天早睡早起，多喝水，少熬夜。",
    "zh-Hant": "每天運動對身體很好，請多喝水。",
    "ja": "毎日よく眠って、水をたくさん飲みましょう。",
    "ko": "매일 일찍 자고 물을 많이 마시세요.",
    "ru": "Каждый день ложитесь спать пораньше",
    "de": "Täglich früh schlafen ist für Ärzte üblich",
    "pl": "Codziennie śpij dłużej, pij wodę i jedz jabłka, proszę",
}
ENCODINGS = [
    ("zh", "gbk"),
    ("zh", "gb18030"),
    ("zh", "utf-8"),
    ("zh", "utf-16"),
    ("zh-Hant", "big5"),
    ("ja", "shift_jis"),
    ("ja", "euc-jp"),
    ("ko", "euc-kr"),
    ("ru", "windows-1251"),
    ("ru", "koi8-r"),
    ("de", "windows-1252"),
    ("pl", "windows-1250"),
]


def page(text: str, declared: str | None) -> str:
    meta = f'<meta charset="{declared}">' if declared else ""
    return f"<html><head>{meta}<title>{text}</title></head><body><p>plain words {text}</p></body></html>"


@pytest.mark.parametrize("declared", [None, "utf-8", "x-klingon"])
@pytest.mark.parametrize(("language", "encoding"), ENCODINGS)
def test_the_bytes_win_over_a_missing_or_wrong_declaration(language: str, encoding: str, declared: str | None) -> None:
    body = page(TEXTS[language], declared).encode(encoding)

    assert TEXTS[language] in decode(body).text


@pytest.mark.parametrize("declared", ["gbk", "big5", "windows-1252", "utf-16"])
def test_utf8_is_utf8_whatever_the_page_says(declared: str) -> None:
    body = page(TEXTS["zh"], declared).encode()

    assert decode(body, f"text/html; charset={declared}").encoding == "utf-8"


def test_a_declaration_decides_between_encodings_that_look_alike() -> None:
    body = page("Zdrowie i spokój na co dzień", "iso-8859-2").encode("iso-8859-2")

    assert "dzień" in decode(body).text


def test_the_http_header_counts_as_a_declaration() -> None:
    body = "<p>Wysoka gorączka trwa tydzień</p>".encode("iso-8859-2")

    assert "gorączka" in decode(body, "text/html; charset=ISO-8859-2").text


def test_a_few_damaged_places_do_not_turn_utf8_into_something_else() -> None:
    body = page(TEXTS["zh"] * 10, None).encode() + b"\xe5\x81"

    assert decode(body).encoding == "utf-8"


@pytest.mark.parametrize("order", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_seen_by_its_zeros(order: str) -> None:
    assert TEXTS["zh"] in decode(page(TEXTS["zh"], None).encode(order)).text


def test_no_bytes_raise() -> None:
    for label in ("idna", "punycode", "utf-7", "rot13", "hex", "unicode_escape", "mbcs"):
        assert decode(f'<meta charset="{label}">'.encode() + bytes(range(256))).text
