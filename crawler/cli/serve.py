"""`galen serve`: the published snapshot in Datasette, on this machine."""

from __future__ import annotations

import asyncio
import socket
import webbrowser
from pathlib import Path

import click
import uvicorn

from crawler.cli.options import PUBLIC, CommandError, data_option
from db.datasette.server import make_datasette
from db.publish import NothingPublishedError

HOST = "127.0.0.1"
PORT = 8001


@click.command("serve")
@data_option
@click.option("--port", type=click.IntRange(0, 65535), help=f"[default: {PORT}, or a free one if it is taken]")
@click.option("--open", "open_browser", is_flag=True, help="Open the page in a browser.")
def command(data: Path, port: int | None, open_browser: bool) -> None:
    """Serve the published snapshot in Datasette, to this machine only.

    A snapshot published meanwhile is served from then on.
    """
    try:
        datasette = make_datasette(data / PUBLIC)
    except NothingPublishedError as error:
        raise CommandError(str(error)) from error
    listener = _listen(port)
    url = f"http://{HOST}:{listener.getsockname()[1]}/"
    click.echo(f"Galen is at {url}  (Ctrl+C stops it)")
    if open_browser:
        webbrowser.open(url)
    config = uvicorn.Config(datasette.app(), log_level="warning", lifespan="on")
    try:
        asyncio.run(_serve(datasette.invoke_startup(), uvicorn.Server(config), listener))
    except KeyboardInterrupt:
        click.echo("Stopped.")
        raise SystemExit(130) from None
    finally:
        listener.close()


async def _serve(startup: object, server: uvicorn.Server, listener: socket.socket) -> None:
    await startup  # type: ignore[misc]
    await server.serve(sockets=[listener])


def _listen(port: int | None) -> socket.socket:
    """A socket on the port asked for, else on the usual one, else on a free one."""
    for candidate in (PORT, 0) if port is None else (port,):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            # Whoever reads the address may come at once: the kernel lets them wait until the server is up.
            listener.listen(2048)
        except OSError as error:
            listener.close()
            problem = error
        else:
            return listener
    raise CommandError(f"Port {port or PORT} cannot be used: {problem.strerror}. Name another one with --port.")
