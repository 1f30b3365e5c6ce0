"""`galen serve`: the published snapshot in Datasette, on this machine or for a team."""

from __future__ import annotations

import asyncio
import importlib.util
import ipaddress
import os
import secrets
import socket
import webbrowser
from pathlib import Path

import click
import uvicorn

from crawler.cli.options import PUBLIC, CommandError, data_option
from crawler.cli.service import unit
from db.datasette.server import TEAM, TEAM_HASH, make_datasette
from db.publish import NothingPublishedError

HOST = "127.0.0.1"
PORT = 8001
SECRET = "cookie-secret"  # noqa: S105 - the name of the file, not the secret
"""File in the data folder that keeps people signed in over a restart."""

_NEEDS = f"""\
A shared instance needs two things:
1. the package that checks passwords:  pip install 'galen[team]'
2. the hash of one password for all, in the environment variable {TEAM_HASH}:
   export {TEAM_HASH}="$(datasette hash-password)"
Then everybody signs in as {TEAM!r}. Put it behind a web server that speaks https; Galen itself does not."""


@click.command("serve")
@data_option
@click.option("--port", type=click.IntRange(0, 65535), help=f"[default: {PORT}, or a free one if it is taken]")
@click.option("--host", default=HOST, show_default=True, help="Address to listen on; others than loopback need --team.")
@click.option("--team", is_flag=True, help="Pages and SQL for those who sign in only; says what that needs.")
@click.option("--print", "print_", type=click.Choice(["systemd"]), help="Print a service that keeps it running.")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def command(data: Path, port: int | None, host: str, team: bool, print_: str | None, open_browser: bool) -> None:
    """Serve the published snapshot in Datasette, to this machine only unless for a --team.

    A snapshot published meanwhile is served from then on.
    """
    if print_:
        click.echo(unit(data, port or PORT, host=host, team=team), nl=False)
        return
    _check(host, team=team)
    try:
        datasette = make_datasette(data / PUBLIC, team=team, secret=_secret(data) if team else None)
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    listener = _listen(host, port)
    url = f"http://{host if ':' not in host else f'[{host}]'}:{listener.getsockname()[1]}/"
    click.echo(f"Galen is at {url}  (Ctrl+C stops it)")
    if team:
        click.echo(f"People sign in as {TEAM!r}.")
    if open_browser:
        webbrowser.open(url)
    # 32 kB of query and some room: longer addresses are refused by the server, longer searches go by POST.
    config = uvicorn.Config(
        datasette.app(), log_level="warning", lifespan="on", http="h11", h11_max_incomplete_event_size=1 << 17
    )
    try:
        asyncio.run(_serve(datasette.invoke_startup(), uvicorn.Server(config), listener))
    except KeyboardInterrupt:
        click.echo("Stopped.")
        raise SystemExit(130) from None
    finally:
        listener.close()


def _check(host: str, *, team: bool) -> None:
    """Refuse to show texts of others to a whole network by accident."""
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local and not team:
        raise CommandError(f"{host} can be reached from other machines: that needs --team, which asks for a password.")
    if team and (importlib.util.find_spec("datasette_auth_passwords") is None or not os.environ.get(TEAM_HASH)):
        click.echo(_NEEDS, err=True)
        missing = (
            "the package datasette-auth-passwords" if os.environ.get(TEAM_HASH) else f"{TEAM_HASH} in the environment"
        )
        raise CommandError(f"--team needs {missing}.")


def _secret(data: Path) -> str:
    """The secret that signs cookies, made once, readable to this user only."""
    path = data / SECRET
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    except FileExistsError:
        pass
    except OSError as error:
        raise CommandError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path.read_text(encoding="ascii")


async def _serve(startup: object, server: uvicorn.Server, listener: socket.socket) -> None:
    await startup  # type: ignore[misc]
    await server.serve(sockets=[listener])


def _listen(host: str, port: int | None) -> socket.socket:
    """A socket on the port asked for, else on the usual one, else on a free one."""
    for candidate in (PORT, 0) if port is None else (port,):
        listener = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, candidate))
            # Whoever reads the address may come at once: the kernel lets them wait until the server is up.
            listener.listen(2048)
        except OSError as error:
            listener.close()
            problem = error
        else:
            return listener
    raise CommandError(f"Port {port or PORT} cannot be used: {problem.strerror}. Name another one with --port.")
