"""A systemd service for `galen serve`."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path


def unit(data: Path, port: int, *, host: str, team: bool) -> str:
    """The unit file; put it into ~/.config/systemd/user/galen.service or /etc/systemd/system/."""
    galen = Path(sys.executable).with_name("galen")
    words = [str(galen), "serve", "--data", str(data.resolve()), "--port", str(port)]
    words += ["--host", host] if host != "127.0.0.1" else []
    words += ["--team"] if team else []
    # systemd reads % as the start of a specifier.
    command = " ".join(shlex.quote(word) for word in words).replace("%", "%%")
    secret = "# The line GALEN_TEAM_PASSWORD_HASH=... stands in this file, readable to root only.\n" if team else ""
    environment = f"{secret}EnvironmentFile=/etc/galen.env\n" if team else ""
    folder = str(data.resolve()).replace("%", "%%")
    return f"""\
# galen.service: the analysts' pages, kept running. Print again after an update of Python or a move of the data.
#   galen serve --print systemd > ~/.config/systemd/user/galen.service
#   systemctl --user daemon-reload && systemctl --user enable --now galen
[Unit]
Description=Galen: published health articles
After=network.target

[Service]
ExecStart={command}
{environment}Restart=on-failure
RestartSec=5
NoNewPrivileges=yes
PrivateTmp=yes
ProtectSystem=strict
ReadWritePaths={folder}

[Install]
WantedBy=default.target
"""
