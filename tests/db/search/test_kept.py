import numpy as np
import pytest

from db.search.kept import Kept


def test_what_is_kept_is_not_worked_out_again() -> None:
    kept = Kept()
    first = kept.get(("a",), lambda: np.arange(3))
    assert kept.get(("a",), lambda: np.arange(9)) is first


def test_what_was_not_asked_for_lately_gives_way() -> None:
    kept = Kept(most_bytes=64)
    for name in ("a", "b", "a", "c"):
        kept.get((name,), lambda: np.zeros(4))
    assert kept.get(("a",), lambda: np.ones(1)).tolist() == [0, 0, 0, 0]
    assert kept.get(("b",), lambda: np.ones(1)).tolist() == [1]


def test_what_is_larger_than_all_the_room_is_given_and_not_kept() -> None:
    kept = Kept(most_bytes=8)
    assert len(kept.get(("a",), lambda: np.zeros(4))) == 4
    assert kept.get(("a",), lambda: np.ones(1)).tolist() == [1]


def test_nobody_can_change_what_others_are_given() -> None:
    array = Kept().get(("a",), lambda: np.arange(3))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 1


def test_what_fails_is_asked_again() -> None:
    kept = Kept()
    with pytest.raises(ZeroDivisionError):
        kept.get(("a",), lambda: np.array(1 // 0))
    assert kept.get(("a",), lambda: np.ones(1)).tolist() == [1]
