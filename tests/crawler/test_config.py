from __future__ import annotations

from pathlib import Path

import pytest

from crawler.config import Config, ConfigError, load_config, user_agent


@pytest.fixture(autouse=True)
def clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("CONTACT", "DATA", "DELAY", "SITES"):
        monkeypatch.delenv(f"GALEN_{name}", raising=False)


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    assert load_config(tmp_path) == Config(contact="", data="data", delay=1.0, sites="spiders")


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "galen.toml").write_text('contact = "https://a.org/bot"\ndelay = 2\n')
    monkeypatch.setenv("GALEN_DELAY", "0.5")

    assert load_config(tmp_path) == Config(contact="https://a.org/bot", delay=0.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("contact = ", "galen.toml cannot be read"),
        ('kontact = "x"', "galen.toml sets kontact, which is not known. Known: alert_command, .*contact, data"),
        ("delay = -1", "delay must lie between 0 and 3600"),
        ('delay = "soon"', "delay must be a number of seconds"),
        ("delay = nan", "delay must lie between"),
        ("contact = 7", "contact must be text"),
        ('contact = "a\\nX-Header: b"', "contact must be text on one line"),
        ("\x00", "galen.toml cannot be read"),
    ],
)
def test_a_mistake_is_told_in_one_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "galen.toml").write_text(text)

    with pytest.raises(ConfigError, match=message) as error:
        load_config(tmp_path)
    assert "\n" not in str(error.value)


def test_the_user_agent_names_product_version_and_contact() -> None:
    assert user_agent("https://a.org/bot").startswith("Galen/")
    assert user_agent("https://a.org/bot").endswith(" (+https://a.org/bot)")


def test_a_mark_at_the_beginning_of_the_file_is_no_mistake(tmp_path: Path) -> None:
    (tmp_path / "galen.toml").write_bytes(b'\xef\xbb\xbfcontact = "https://a.org/bot"\r\n')

    assert load_config(tmp_path).contact == "https://a.org/bot"


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("GALEN_DELAY", "soon", "the environment variable GALEN_DELAY must be a number of seconds, not 'soon'"),
        ("GALEN_DELAY", "-1", "the environment variable GALEN_DELAY must lie between 0 and 3600"),
        ("GALEN_SITES", " ", "the environment variable GALEN_SITES is empty"),
    ],
)
def test_a_mistake_in_the_environment_is_not_blamed_on_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)

    with pytest.raises(ConfigError, match=message):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [("delay = true", "galen.toml: delay must lie between"), ('data = ""', "galen.toml: data is empty: name a folder")],
)
def test_what_no_setting_can_mean_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "galen.toml").write_text(text)

    with pytest.raises(ConfigError, match=message):
        load_config(tmp_path)
