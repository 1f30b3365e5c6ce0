"""The built wheel works by itself: another environment, an empty folder, no checkout."""

from __future__ import annotations

import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

from tests.website import ROOT, galen_environment


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    source = tmp_path_factory.mktemp("source")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    for name in ("crawler", "db", "spiders"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    pip(sys.executable, "wheel", "-q", "--no-deps", "--no-build-isolation", "-w", str(source / "dist"), str(source))
    (built,) = (source / "dist").glob("galen-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Python of an environment that has the wheel and borrows every other package from ours."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    site_packages = next((folder / "lib").glob("python*/site-packages"))
    # A path file, so that our own editable install is not borrowed too.
    (site_packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip(str(python), "install", "-q", "--no-deps", str(wheel))
    return python


def pip(python: str, *arguments: str) -> None:
    done = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


def test_the_demo_runs_from_an_empty_folder(python: Path, tmp_path: Path) -> None:
    environment = galen_environment()
    del environment["PYTHONPATH"]
    done = subprocess.run(
        [python.with_name("galen"), "demo"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
    assert (tmp_path / "data" / "demo" / "articles.csv").stat().st_size > 10_000
    where = subprocess.run(
        [python, "-c", "import crawler; print(crawler.__file__)"],
        cwd=tmp_path, env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert str(ROOT) not in where.stdout


def test_everything_that_is_no_python_is_in_the_wheel(wheel: Path) -> None:
    packed = set(zipfile.ZipFile(wheel).namelist())
    kept = {
        str(path.relative_to(ROOT))
        for name in ("crawler", "db", "spiders")
        for path in (ROOT / name).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }

    assert kept - packed == set()
