from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from db.duplicates.signature import BANDS, PERMUTATIONS, VERSION, estimates, overlap, shingles, sign
from db.duplicates.text_form import read_text
from tests.db.duplicates.texts import edited, essay


def shingles_of(text: str):
    return shingles(read_text(text))


def test_a_stored_index_never_changes_hash() -> None:
    signature = sign(
        shingles_of("One of the two nurses wrote down 体温三十七度 before noon."),
        ["one two"],
        "what does it mean".split(),
    )

    assert VERSION == 203, "a new version needs new numbers here, and `galen reindex` in the notes of the release"
    assert signature.bands[0] == -7054811967888819346
    assert signature.bands[BANDS - 1] == -5337274228063367826
    assert signature.bands[BANDS:] == (8221517421354758622, 4640805558881352764)
    assert signature.sketch[:6].hex() == "9951d7812c80"


def test_the_permutations_are_independent_of_each_other() -> None:
    # Hashes without wrap-around keep their order: every permutation would pick the same shingle.
    pairs = [(essay(n), edited(essay(n), 0.2, n)) for n in range(60)]
    agree = np.array(
        [
            np.frombuffer(sign(shingles_of(a)).sketch, np.uint8) == np.frombuffer(sign(shingles_of(b)).sketch, np.uint8)
            for a, b in pairs
        ]
    )
    correlation = np.corrcoef(agree.astype(float), rowvar=False)

    assert agree.shape == (60, PERMUTATIONS)
    assert abs(correlation[~np.eye(PERMUTATIONS, dtype=bool)].mean()) < 0.03


def test_bands_find_as_many_pairs_as_independent_bands_would() -> None:
    found = expected = 0.0
    for number in range(150):
        a, b = essay(number), edited(essay(number), 0.18, number)
        jaccard, _ = overlap(shingles_of(a), shingles_of(b))
        expected += 1 - (1 - jaccard**3) ** BANDS
        found += bool(set(sign(shingles_of(a)).bands) & set(sign(shingles_of(b)).bands))

    assert 0.7 < expected / 150 < 0.95
    assert found == pytest.approx(expected, abs=15)


def test_unrelated_texts_share_no_band() -> None:
    bands = [set(sign(shingles_of(essay(number))).bands) for number in range(60)]

    assert not any(a & b for a, b in combinations(bands, 2))


def test_the_sketch_estimates_jaccard() -> None:
    errors = []
    for number in range(40):
        a, b = shingles_of(essay(number)), shingles_of(edited(essay(number), 0.1, number))
        jaccard, _ = overlap(a, b)
        errors.append(float(estimates(sign(a).sketch, [sign(b).sketch])[0]) - jaccard)

    assert abs(np.mean(errors)) < 0.02
    assert np.std(errors) < 0.08


def test_a_text_shorter_than_a_shingle_has_none() -> None:
    assert shingles_of("two words").size == 0
    with pytest.raises(ValueError, match="no signature"):
        sign(shingles_of("two words"))


def test_five_characters_make_a_shingle_where_words_are_not_written_apart() -> None:
    assert shingles_of("一二三四五六").size == 2
    assert shingles_of("one two three four").size == 2


@pytest.mark.parametrize("at_once", [1, 30_000, 1 << 30])
def test_texts_of_every_length_are_signed_the_same_however_many_shingles_are_held_at_a_time(
    monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    texts = [shingles_of(essay(1, words)) for words in (3, 40, 400, 12_000)]
    signed = [sign(text) for text in texts]

    monkeypatch.setattr("db.duplicates.signature._AT_ONCE", at_once)

    assert [sign(text) for text in texts] == signed
