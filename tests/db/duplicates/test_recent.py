from __future__ import annotations

from db.duplicates.recent import Recent


def test_what_was_asked_for_last_is_kept_within_bounds() -> None:
    recent: Recent[int, str] = Recent(3, len)
    made: list[int] = []

    def make(number: int) -> str:
        made.append(number)
        return "x"

    for number in (1, 2, 1, 3, 4, 1, 2):
        assert recent.get(number, lambda number=number: make(number)) == "x"  # type: ignore[misc]

    assert made == [1, 2, 3, 4, 2]


def test_what_is_larger_than_the_bound_is_given_and_drives_out_nothing() -> None:
    recent: Recent[str, str] = Recent(3, len)
    recent.get("small", lambda: "ab")

    assert recent.get("large", lambda: "abcd") == "abcd"
    assert recent.get("large", lambda: "again") == "again"
    assert recent.get("small", lambda: "new") == "ab"
