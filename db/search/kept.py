"""Arrays that took long to work out, kept as long as there is room: searches come again, with a filter, a page on."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Any

from numpy.typing import NDArray

MOST_BYTES = 64 << 20


class Kept:
    """The arrays used last, within a bound; for any number of threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._bytes = 0
        self._arrays: OrderedDict[tuple[object, ...], NDArray[Any]] = OrderedDict()
        self._lock = Lock()

    def get(self, key: tuple[object, ...], work: Callable[[], NDArray[Any]]) -> NDArray[Any]:
        """What was kept under the key, else what `work` gives (or raises); it cannot be written to."""
        with self._lock:
            if key in self._arrays:
                self._arrays.move_to_end(key)
                return self._arrays[key]
        # Not under the lock: others need not wait for a slow search. Two may work on the same one then.
        array = work()
        array.flags.writeable = False
        with self._lock:
            replaced = self._arrays.pop(key, None)
            self._arrays[key] = array
            self._bytes += array.nbytes - (0 if replaced is None else replaced.nbytes)
            while self._bytes > self._most:
                self._bytes -= self._arrays.popitem(last=False)[1].nbytes
        return array
