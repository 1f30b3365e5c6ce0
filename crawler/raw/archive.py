"""WARC files of raw pages (ISO 28500, one gzip member a record), rotated by size.

A file that is being written is locked and ends in '.open'; what a killed process left is cut after its last whole
record by the next one. A record's place never changes while it is kept, so that one page is read without its file.
"""

from __future__ import annotations

import fcntl
import gzip
import os
import re
import zlib
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import IO

from warcio.archiveiterator import ArchiveIterator
from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from crawler import __version__
from crawler.raw.tombstoned import concerns
from db.records import RawPage, RawPlace
from db.redaction import NO_TOMBSTONES, Tombstones

ROTATE_AT = 256 * 2**20
"""Bytes at which a file is closed and the next one begun."""
OPEN = ".open"
SUFFIX = ".warc.gz"
COPIES = f"*-r*{SUFFIX}"
"""Files that were made by rewriting others."""
_BLOCK = 1 << 20
ENCODINGS = frozenset({"content-encoding", "transfer-encoding", "content-length"})
"""Headers that say nothing of a body that is kept decoded."""


class RawPageLost(Exception):
    """A raw page cannot be read; the message says which and why."""


class Archive:
    """Writes raw pages into a folder. Opens nothing before the first page; one thread."""

    def __init__(self, folder: Path, rotate_at: int = ROTATE_AT) -> None:
        self._folder = folder
        self._rotate_at = rotate_at
        self._file: IO[bytes] | None = None
        self._path = folder
        self._buffer = BytesIO()
        self._builder = WARCWriter(self._buffer, gzip=False)

    def write(self, page: RawPage, stones: Tombstones = NO_TOMBSTONES) -> RawPlace | None:
        """Keep a page; it is with the operating system on return. None where a tombstone forbids it. Raises OSError."""
        if stones and concerns(stones, page):
            return None
        if self._file is not None and self._file.tell() >= self._rotate_at:
            self.close()
        if self._file is None:
            self._open()
        headers = [*page.headers, ("Content-Length", str(len(page.body)))]
        return self._append(
            self._builder.create_warc_record(
                page.url,
                "response",
                payload=BytesIO(page.body),
                length=len(page.body),
                http_headers=StatusAndHeaders(f"{page.status} OK", headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": page.fetched_at},
            )
        )

    def close(self) -> None:
        """Leave a complete file behind. Raises OSError; the file then keeps its '.open' and is mended like others."""
        if self._file is None:
            return
        file, self._file = self._file, None
        try:
            with file:
                os.fsync(file.fileno())
                self._path.rename(self._path.with_name(self._path.name.removesuffix(OPEN)))
        except OSError as error:
            raise OSError(error.errno, error.strerror, str(self._path)) from error

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        mend(self._folder)
        for path in sorted(self._folder.glob(f"*{SUFFIX}"), reverse=True):
            if path.stat().st_size < self._rotate_at and self._take(path):
                return
        stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%f")
        path = self._folder / f"galen-{stamp}-{os.getpid()}{SUFFIX}"
        if not self._take(path):
            raise FileExistsError(f"{path} is being written by another process")
        about = {"software": f"Galen/{__version__}", "format": "WARC File Format 1.0"}
        self._append(self._builder.create_warcinfo_record(path.name, about))

    def _append(self, record: ArcWarcRecord) -> RawPlace:
        assert self._file is not None
        self._buffer.seek(0)
        self._buffer.truncate()
        self._builder.write_record(record)
        # Not by warcio: it compresses at level 9, which takes three times the time of level 4 for five percent.
        member = gzip.compress(self._buffer.getvalue(), compresslevel=4)
        offset = self._file.tell()
        rest = memoryview(member)
        try:
            # Without a buffer, which would try again in `close` what a full disk has refused.
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            # Half a record would hide all that follow it from whoever reads the file.
            self._file.truncate(offset)
            self._file.seek(offset)
            raise OSError(error.errno, error.strerror, str(self._path)) from error
        return RawPlace(self._path.name.removesuffix(OPEN), offset, len(member))

    def _take(self, path: Path) -> bool:
        """Lock a file and write at its end; False if another process has it."""
        file = path.open("ab", buffering=0)
        if not _locked(file) or not path.exists():
            file.close()
            return False
        self._path = path.rename(path.with_name(path.name + OPEN))
        self._file = file
        self._file.seek(0, os.SEEK_END)
        return True


def mend(folder: Path) -> int:
    """Cut what killed processes left half written; returns how many files were mended."""
    mended = 0
    for path in folder.glob(f"*{SUFFIX}{OPEN}"):
        with path.open("r+b") as file:
            if not _locked(file) or not path.exists():
                continue
            file.truncate(_whole_members(file))
            path.rename(path.with_name(path.name.removesuffix(OPEN)))
            mended += 1
    return mended


def read(folder: Path, place: RawPlace) -> RawPage:
    """The raw page at a place. Raises RawPageLost."""
    path = folder / place.file
    try:
        with (path if path.exists() else path.with_name(path.name + OPEN)).open("rb") as file:
            file.seek(place.offset)
            for record in ArchiveIterator(BytesIO(file.read(place.length))):
                return _page(record)
    except (OSError, ArchiveLoadFailed, zlib.error, EOFError, ValueError) as error:
        raise RawPageLost(f"raw page at {place.offset} of {place.file}: {error}") from error
    raise RawPageLost(f"raw page at {place.offset} of {place.file}: nothing is there")


def rewrite(
    folder: Path, unwanted: Callable[[RawPage, RawPlace], bool], names: Collection[str] | None = None
) -> Iterator[tuple[Path, list[tuple[RawPlace, RawPlace | None]]]]:
    """Copy every file (or those with these `names`) without the pages that are `unwanted`; say what lies where now.

    Yields (old file, moves) for each file that held one; the old file is the caller's to delete, after the moves
    are stored and before it asks for the next. A file that another process writes is left out.
    """
    mend(folder)
    for path in sorted(folder.glob(f"*{SUFFIX}")):
        if names is None or path.name in names:
            with path.open("rb") as old:
                if _locked(old) and (moves := _copied(folder, path, old, unwanted)):
                    yield path, moves


def _copied(
    folder: Path, path: Path, old: IO[bytes], unwanted: Callable[[RawPage, RawPlace], bool]
) -> list[tuple[RawPlace, RawPlace | None]]:
    """Copy one file without what is unwanted; [] where there is nothing of the kind, and then no copy either."""
    found = list(_places(path))
    dropped = {place for place, page in found if page is not None and unwanted(page, place)}
    moves: list[tuple[RawPlace, RawPlace | None]] = []
    if dropped:
        stem = re.sub(r"-r\d+$", "", path.name.removesuffix(SUFFIX))
        number = next(n for n in range(1, 10_000) if not (folder / f"{stem}-r{n}{SUFFIX}").exists())
        target = folder / f"{stem}-r{number}{SUFFIX}"
        with target.open("wb") as new:
            for place, _ in found:
                if place in dropped:
                    moves.append((place, None))
                    continue
                old.seek(place.offset)
                moves.append((place, RawPlace(target.name, new.tell(), place.length)))
                new.write(old.read(place.length))
            os.fsync(new.fileno())
    return moves


def _places(path: Path) -> Iterator[tuple[RawPlace, RawPage | None]]:
    with path.open("rb") as file:
        records = ArchiveIterator(file)
        for record in records:
            page = _page(record) if record.rec_type == "response" else None
            offset = records.get_record_offset()
            yield RawPlace(path.name, offset, records.get_record_length()), page


def _page(record: ArcWarcRecord) -> RawPage:
    headers = record.http_headers
    return RawPage(
        url=record.rec_headers.get_header("WARC-Target-URI", "").strip("<>"),
        status=int(headers.get_statuscode() or 0),
        headers=tuple((name, value) for name, value in headers.headers if name.lower() not in ENCODINGS),
        body=record.content_stream().read(),
        fetched_at=record.rec_headers.get_header("WARC-Date", ""),
    )


def _locked(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _whole_members(file: IO[bytes]) -> int:
    """Offset of the end of the last whole gzip member."""
    end = position = 0
    file.seek(0)
    inflate = zlib.decompressobj(wbits=31)
    while block := file.read(_BLOCK):
        while block:
            try:
                inflate.decompress(block)
            except zlib.error:
                return end
            if not inflate.eof:
                position += len(block)
                break
            position += len(block) - len(inflate.unused_data)
            end, block = position, inflate.unused_data
            inflate = zlib.decompressobj(wbits=31)
    return end
