"""newspaper4k in an environment of its own, so that its dependencies never meet Galen's."""

from __future__ import annotations

import gzip
import json
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from types import TracebackType
from typing import Any, Self

PACKAGE = "newspaper4k[all]==0.9.6"
ENVIRONMENT = Path(__file__).resolve().parents[1] / ".venv-newspaper"


class Newspaper:
    """Context manager: a process that reads pages with newspaper4k; its environment is made when first needed."""

    def __enter__(self) -> Self:
        self._folder = tempfile.TemporaryDirectory()
        self._file = Path(self._folder.name) / "page.gz"
        self._process = subprocess.Popen(
            [_python(), str(Path(__file__).with_name("newspaper_worker.py"))],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()
        self._folder.cleanup()

    def read(self, html: bytes, url: str) -> tuple[dict[str, Any], float]:
        """Fields of a page and the CPU seconds that reading it took."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._file.write_bytes(gzip.compress(html, 1))
        self._process.stdin.write(json.dumps({"url": url, "file": str(self._file)}) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        return answer["fields"], answer["seconds"]


def _python() -> str:
    """The interpreter of the environment, made and filled if there is none. Raises CalledProcessError."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "ready").exists():
        print(f"installing {PACKAGE} into {ENVIRONMENT.name} ...", file=sys.stderr)
        if uv := shutil.which("uv"):
            subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, str(ENVIRONMENT)], check=True)
            subprocess.run([uv, "pip", "install", "-q", "--python", str(python), PACKAGE], check=True)
        else:
            venv.create(ENVIRONMENT, with_pip=True, clear=True)
            subprocess.run([str(python), "-m", "pip", "install", "-q", PACKAGE], check=True)
        (ENVIRONMENT / "ready").touch()
    return str(python)
