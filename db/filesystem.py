"""On which file system a path lies: SQLite's write-ahead log needs a local one."""

from __future__ import annotations

from pathlib import Path

MOUNTS = Path("/proc/self/mounts")
NETWORK = (
    "nfs",
    "cifs",
    "smb",
    "afs",
    "ceph",
    "gluster",
    "lustre",
    "9p",
    "fuse.sshfs",
    "fuse.s3fs",
    "fuse.rclone",
    "ncp",
)


def network_filesystem(path: Path, mounts: str | None = None) -> str | None:
    """Type of the network file system that holds `path`; None where it is local or cannot be told."""
    kind = filesystem(path, mounts)
    return kind if kind is not None and kind.startswith(NETWORK) else None


def filesystem(path: Path, mounts: str | None = None) -> str | None:
    """Type of the file system that holds `path`; None where it cannot be told.

    `mounts` is a table in the form of /proc/self/mounts, by default the system's (Linux only).
    """
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    target = str(path.resolve())
    best, kind = "", ""
    for line in mounts.splitlines():
        fields = line.split(" ")
        if len(fields) < 3:
            continue
        # Blanks in a mount point are written as octal escapes.
        place = fields[1].replace("\\040", " ").replace("\\011", "\t")
        inside = target == place or target.startswith(place.rstrip("/") + "/")
        if inside and len(place) >= len(best):
            best, kind = place, fields[2]
    return kind or None
