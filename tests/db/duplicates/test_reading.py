from __future__ import annotations

from collections.abc import Callable

from db.duplicates.reading import KEPT, stored_reading


def test_a_stored_text_is_read_once_while_it_is_in_memory_and_again_when_others_have_taken_its_place() -> None:
    asked: list[str] = []

    def body(text: str) -> Callable[[], str]:
        def read() -> str:
            asked.append(text)
            return text

        return read

    long = ("A dark and quiet room helps. " * (KEPT // 20))[:KEPT]
    first = stored_reading("Sleep", "hash 1", body("short"))
    assert stored_reading("Sleep", "hash 1", body("short")) is first
    stored_reading("Rooms", "hash 2", body(long))
    stored_reading("Sleep", "hash 1", body("short"))

    assert asked == ["short", long, "short"]
