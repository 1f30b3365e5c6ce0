"""Which snapshot is current: `current.json` beside the snapshots, replaced in one step."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

POINTER = "current.json"


class NothingPublishedError(Exception):
    """There is no snapshot to read; the message says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """What the pointer says of a published file."""

    file: str
    """Name of the file in the same folder: 'galen-12.db'."""
    number: int
    """Counts up with every publish."""
    tables: dict[str, int]
    """Rows of each of its tables, so that nobody need count them again."""
    bytes: int
    sha256: str
    published_at: str
    """UTC, ISO 8601, seconds, trailing Z."""
    source: str
    """State of the crawl database and of the table definitions it was made from; compared, not read."""

    @property
    def rows(self) -> int:
        """Articles in it."""
        return self.tables["articles"]


def current(public: Path) -> tuple[Snapshot, Path]:
    """The snapshot in force and its path.

    Raises NothingPublishedError if there is none, or if the file it names is gone or was cut.
    """
    pointer = public / POINTER
    try:
        snapshot = Snapshot(**json.loads(pointer.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise NothingPublishedError(f"Nothing is published in {public} yet. Run: galen publish") from None
    except (OSError, ValueError, TypeError) as error:
        raise NothingPublishedError(f"{pointer} cannot be read: {error}. Run: galen publish") from error
    path = public / Path(snapshot.file).name
    if not path.is_file() or path.stat().st_size != snapshot.bytes:
        raise NothingPublishedError(f"{path} is gone or incomplete. Run: galen publish")
    return snapshot, path


def point_to(public: Path, snapshot: Snapshot) -> None:
    """Make a snapshot the current one: whoever reads the pointer sees the old one or the new one."""
    temporary = public / f".{POINTER}.tmp"
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(asdict(snapshot), file, indent=2)
        file.write("\n")
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(public / POINTER)
    sync_folder(public)


def sync_folder(path: Path) -> None:
    """Make renames in a folder durable; of a file, what was written to it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
