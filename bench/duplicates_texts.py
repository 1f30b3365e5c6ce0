"""Synthetic texts for the measurements of `bench.duplicates`, and the rows that hold them."""

from __future__ import annotations

import random

from db.duplicates.text_form import text_hash


def edited(text: str, draw: random.Random) -> str:
    """Three pieces of a hundred changed."""
    pieces = text.split("。") if "。" in text else text.split(" ")
    for n in draw.sample(range(len(pieces)), max(1, len(pieces) * 3 // 100)):
        pieces[n] = "".join(draw.choices("aeioustr", k=6))
    return ("。" if "。" in text else " ").join(pieces)


def english(draw: random.Random) -> str:
    """490 words, some 3,700 characters, as often as words are in a language (Zipf)."""
    words = draw.choices(WORDS, _FREQUENCY, k=490)
    ends = sorted(draw.sample(range(20, 490), 30))
    return " ".join(f"{word}." if n in ends else word for n, word in enumerate(words))


def chinese(draw: random.Random) -> str:
    """3,700 characters and 150 full stops."""
    characters = draw.choices(_HAN, _HAN_FREQUENCY, k=3700)
    ends = set(draw.sample(range(20, 3700), 150))
    return "".join(f"{character}。" if n in ends else character for n, character in enumerate(characters))


def row(number: int, title: str, text: str) -> tuple[object, ...]:
    """Parameters of `ARTICLE`."""
    return number, f"u{number}", f"u{number}", title, text, text_hash(text)


_LETTERS = random.Random(3)
WORDS = ["".join(_LETTERS.choices("etaoinsrhldcumfpg", k=_LETTERS.randint(2, 11))) for _ in range(30_000)]
_FREQUENCY = [1 / (rank + 3) for rank in range(30_000)]
_HAN = [chr(0x4E00 + 5 * n) for n in range(3000)]
_HAN_FREQUENCY = [1 / (rank + 20) for rank in range(3000)]

ARTICLE = """
INSERT INTO articles (id, url, url_key, site_id, title, body, words, text_hash, first_seen, last_seen, last_changed,
    extractor)
VALUES (?, ?, ?, 1, ?, ?, 1, ?, '', '', '', '')"""
