"""Memory that was freed, given back to the operating system."""

from __future__ import annotations

import ctypes
import sys


def release() -> None:
    """Give freed pages of the C heap back where the C library can (glibc); takes a millisecond or a few.

    Trees of pages and texts of articles come and go in two threads. What lies between what stays is free but not given
    back: sixty of 260 MB after some hundred articles.
    """
    if sys.platform == "linux":
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # musl has none
        if trim is not None:
            trim(0)
