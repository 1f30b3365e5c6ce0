import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner

from crawler.cli.publish import command as publish
from crawler.cli.serve import PORT, command
from tests.db.factories import article, make_database

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("data")
    make_database(folder / "galen.db", article("Sleep well"))
    assert CliRunner().invoke(publish, ["--data", str(folder)]).exit_code == 0
    return folder


@contextmanager
def serving(data, *arguments):
    program = "from crawler.cli.serve import command; command()"
    server = subprocess.Popen(
        [sys.executable, "-c", program, "--data", str(data), *arguments],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    with server:
        try:
            yield server
        finally:
            server.kill()


def test_it_says_where_it_is_and_how_to_stop_it_and_stops(data):
    with serving(data, "--port", "0") as server:
        line = server.stdout.readline()
        assert line.startswith("Galen is at http://127.0.0.1:")
        assert "Ctrl+C" in line
        with urllib.request.urlopen(line.split()[3], timeout=30) as page:
            assert b"Galen" in page.read()
        server.send_signal(signal.SIGINT)
        assert server.wait(timeout=30) == 130
        assert server.stdout.read() == "Stopped.\n"


def test_a_taken_usual_port_is_left_for_a_free_one(data):
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            taken.bind(("127.0.0.1", PORT))
            taken.listen()
        except OSError:
            pass  # taken by somebody else: as good
        with serving(data) as server:
            line = server.stdout.readline()
    assert f":{PORT}/" not in line
    assert line.startswith("Galen is at http://127.0.0.1:")


def test_a_taken_port_that_was_asked_for_is_one_line(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = CliRunner().invoke(command, ["--data", str(data), "--port", str(port)])
    assert result.exit_code == 1
    assert (
        result.stderr == f"galen: Port {port} cannot be used: Address already in use. Name another one with --port.\n"
    )


def test_nothing_published_is_one_line(tmp_path):
    result = CliRunner().invoke(command, ["--data", str(tmp_path)])
    assert result.exit_code == 1
    assert result.stderr == f"galen: Nothing is published in {tmp_path / 'public'} yet. Run: galen publish\n"
