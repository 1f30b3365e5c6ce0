"""Who holds a lease: a process, told alive from dead by a file lock that the kernel releases."""

from __future__ import annotations

import fcntl
import os
import uuid
from pathlib import Path
from typing import IO


class Owner:
    """This process as a holder of leases, for as long as it lives or until `release`."""

    def __init__(self, folder: Path) -> None:
        """Take a name of our own in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.name = f"{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self._file: IO[str] = self._path(self.name).open("w", encoding="utf-8")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def is_alive(self, name: str) -> bool:
        """Whether the owner of that name still holds its leases."""
        if name == self.name:
            return True
        path = self._path(name)
        try:
            with path.open("r+", encoding="utf-8") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return False
        except BlockingIOError:
            return True
        path.unlink(missing_ok=True)
        return False

    def release(self) -> None:
        """Give the name up."""
        self._path(self.name).unlink(missing_ok=True)
        self._file.close()

    def _path(self, name: str) -> Path:
        return self._folder / f"owner-{name}.lock"
