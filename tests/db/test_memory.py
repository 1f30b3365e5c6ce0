from __future__ import annotations

import subprocess
import sys

import pytest

HOLE = """
from pathlib import Path
from db.memory import release

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1])

texts = [bytearray(2000) for _ in range(50_000)]
last = bytearray(2000)
del texts
before = resident()
release()
print(before - resident())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only glibc can be asked")
def test_what_was_freed_below_something_that_stays_is_given_back() -> None:
    run = subprocess.run([sys.executable, "-c", HOLE], capture_output=True, text=True, check=True)

    assert int(run.stdout) > 10_000  # pages of 4 kB, of 25,000
