import signal
import socket
import subprocess
import sys
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from crawler.cli.serve import PORT
from db.datasette.server import TEAM_HASH
from tests.db.factories import article, published_folder
from tests.website import galen_command, heed_interrupt, invoke

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    return published_folder(tmp_path_factory.mktemp("data"), article("Sleep well"))


@contextmanager
def serving(data, *arguments):
    server = subprocess.Popen(
        galen_command("serve", "--data", str(data), *arguments),
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, preexec_fn=heed_interrupt,
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
        result = invoke("serve", "--data", str(data), "--port", str(port))
    assert result.exit_code == 1
    assert (
        result.stderr == f"galen: Port {port} cannot be used: Address already in use. Name another one with --port.\n"
    )


def test_nothing_published_is_one_line(tmp_path):
    result = invoke("serve", "--data", str(tmp_path))
    assert result.exit_code == 1
    assert result.stderr == f"galen: Nothing is published in {tmp_path / 'public'} yet. Run: galen publish\n"


def test_a_service_is_printed_that_names_this_folder_and_program(data):
    unit = invoke("serve", "--data", str(data), "--print", "systemd", "--port", "8123").stdout
    assert f"galen serve --data {data.resolve()} --port 8123\n" in unit
    assert "Restart=on-failure" in unit
    assert "GALEN_TEAM" not in unit
    team = invoke("serve", "--data", str(data), "--print", "systemd", "--team", "--host", "0.0.0.0").stdout
    assert "--host 0.0.0.0 --team\n" in team
    assert "EnvironmentFile=" in team


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_other_machines_are_let_in_only_with_a_password(data, host):
    result = invoke("serve", "--data", str(data), "--host", host)
    assert result.exit_code == 1
    assert result.stderr == (
        f"galen: {host} can be reached from other machines: that needs --team, which asks for a password.\n"
    )


def test_a_team_without_a_password_is_told_what_is_needed(data, monkeypatch):
    monkeypatch.delenv(TEAM_HASH, raising=False)
    result = invoke("serve", "--data", str(data), "--team")
    assert result.exit_code == 1
    assert "datasette hash-password" in result.stderr
    assert result.stderr.endswith(f"galen: --team needs {TEAM_HASH} in the environment.\n")


def test_a_team_signs_in_before_it_sees_anything(data, monkeypatch):
    passwords = pytest.importorskip("datasette_auth_passwords.utils")
    monkeypatch.setenv(TEAM_HASH, passwords.hash_password("correct horse", iterations=1_000))
    with serving(data, "--team", "--port", "0") as server:
        base = server.stdout.readline().split()[3]
        with httpx.Client(base_url=base, timeout=30, trust_env=False) as client:
            for path in ("/", "/search?q=sleep", "/search.json", "/search.csv", "/search.atom", "/article/1",
                         "/questions", "/questions/hospitals.csv", "/galen", "/galen.json?sql=select+1",
                         "/galen/articles.json", "/-/metadata.json"):  # fmt: skip
                response = client.get(path)
                assert response.status_code in (302, 403), path
                assert "Sleep well" not in response.text
            page = client.get("/-/login")
            token = page.text.split('name="csrftoken" value="')[1].split('"')[0]
            wrong = client.post("/-/login", data={"username": "team", "password": "wrong", "csrftoken": token})
            assert "Invalid username or password" in wrong.text
            client.post("/-/login", data={"username": "team", "password": "correct horse", "csrftoken": token})
            assert "Sleep well" in client.get("/search?q=sleep").text
            assert client.get("/galen.json?sql=select+1").status_code == 200
            assert "pbkdf2" not in client.get("/-/metadata.json").text
    assert (data / "cookie-secret").stat().st_mode & 0o077 == 0


def test_datasettes_own_command_still_starts_beside_galen():
    done = subprocess.run([sys.executable, "-m", "datasette", "--version"], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")
