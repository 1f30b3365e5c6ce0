"""A guard against input that never ends: no measure of speed, machines differ and are shared."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

CPU_SECONDS = 100.0


@contextmanager
def ends() -> Iterator[None]:
    """Raise where the block takes more CPU than any machine needs for seconds of work.

    For input that takes hours if it is read in quadratic time, and a second or a few if it is not.
    """

    def give_up(*_: object) -> None:
        raise AssertionError(f"after {CPU_SECONDS:.0f} s of CPU it has not ended")

    before = signal.signal(signal.SIGVTALRM, give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, CPU_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)
