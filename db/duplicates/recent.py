"""What was asked for last, within a bound: the first articles of a template are asked for by all others of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Keeps values by their keys; the one that was asked for longest ago goes first. For one thread."""

    def __init__(self, most: int, size: Callable[[Value], int]) -> None:
        """`most`: sum of the sizes of all that is kept."""
        self._most, self._size = most, size
        self._kept: OrderedDict[Key, Value] = OrderedDict()
        self._total = 0

    def get(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made where it is not kept."""
        if key in self._kept:
            self._kept.move_to_end(key)
            return self._kept[key]
        value = make()
        if (size := self._size(value)) > self._most:
            return value  # nothing else should have to go for it
        self._kept[key] = value
        self._total += size
        while self._total > self._most:
            self._total -= self._size(self._kept.popitem(last=False)[1])
        return value
