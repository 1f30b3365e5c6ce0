"""One process crawls a site at a time: a file lock that the kernel releases on any death."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import IO


class SiteBusy(Exception):
    """Another process is crawling the site."""


class SiteLock:
    """Right to a site's pages, held until `release` or until the process dies."""

    def __init__(self, folder: Path, site: str, *, shared: bool = False) -> None:
        """Take the lock of `site` in `folder`, alone or together with others that share it.

        Raises SiteBusy if another process holds it in a way that does not go with ours.
        """
        folder.mkdir(parents=True, exist_ok=True)
        readable = re.sub(r"[^A-Za-z0-9.-]+", "_", site)[:80]
        # The hash keeps apart what the readable part folds together.
        self.path = folder / f"{readable}-{blake2b(site.encode(), digest_size=6).hexdigest()}.lock"
        self._file: IO[str] = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except BlockingIOError:
            self._file.seek(0)
            owner = self._file.read().strip() or "unknown"
            self._file.close()
            raise SiteBusy(f"{site} is being crawled by another process (pid {owner})") from None
        self._file.truncate(0)
        self._file.write(str(os.getpid()))
        self._file.flush()

    def release(self) -> None:
        """Let another process crawl the site."""
        self._file.close()


@contextmanager
def no_crawl(folder: Path) -> Iterator[None]:
    """Hold the locks of every site that was ever crawled. Raises SiteBusy if one is being crawled."""
    with ExitStack() as held:
        for path in sorted(folder.glob("*.lock")):
            file = held.enter_context(path.open("a+", encoding="utf-8"))
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise SiteBusy(
                    f"{path.stem} is being crawled (pid {file.read().strip() or 'unknown'}). Wait for it or stop it."
                ) from None
        yield
