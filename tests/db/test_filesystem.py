from __future__ import annotations

from pathlib import Path

import pytest

from db import connection
from db.filesystem import network_filesystem

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
server:/export /mnt/shared nfs4 rw 0 0
tmpfs /mnt/shared/local tmpfs rw 0 0
//nas/data /mnt/my\\040nas cifs rw 0 0
broken
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/galen/data", None),
        ("/mnt/shared", "nfs4"),
        ("/mnt/shared/galen/data", "nfs4"),
        ("/mnt/shared2/data", None),
        ("/mnt/shared/local/data", None),
        ("/mnt/my nas/data", "cifs"),
    ],
)
def test_the_innermost_mount_decides(path: str, kind: str | None) -> None:
    assert network_filesystem(Path(path), MOUNTS) == kind


def test_the_folder_of_a_test_is_local(tmp_path: Path) -> None:
    assert network_filesystem(tmp_path) is None


def test_a_database_on_a_network_file_system_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("db.filesystem.MOUNTS", tmp_path / "mounts")
    (tmp_path / "mounts").write_text(f"server:/export {tmp_path.resolve()} nfs rw 0 0\n")

    with pytest.raises(connection.StorageError, match=r"network file system \(nfs\).*--data"):
        connection.open_database(tmp_path / "galen.db")
    assert not (tmp_path / "galen.db").exists()
