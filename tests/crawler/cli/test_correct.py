from __future__ import annotations

from pathlib import Path

import pytest

from tests.db.factories import article, doctor, make_database
from tests.website import galen, invoke, json_output, rows


@pytest.fixture
def data(tmp_path: Path) -> Path:
    make_database(tmp_path / "data" / "galen.db", article("Sleep", source="Blue Hill", people=(doctor("Ada Penn"),)))
    return tmp_path


def flat(folder: Path) -> dict[str, object]:
    (row,) = rows(folder / "data" / "galen.db", "SELECT doctors, source, published FROM articles_flat")
    return row


def test_an_article_is_corrected_and_the_correction_listed_and_undone(data: Path) -> None:
    made = json_output(
        galen(data, "correct", "1", "--doctor", "Eve Moor", "--hospital", "Hill", "--unknown", "source",
              "--published", "2024-05", "--by", "ana", "--json")
    )  # fmt: skip
    assert flat(data) == {"doctors": "Eve Moor", "source": None, "published": "2024-05"}

    shown = json_output(galen(data, "correct", "1", "--list", "--json"))
    assert {each["field"]: each["made_by"] for each in shown} == dict.fromkeys(("doctor", "source", "published"), "ana")
    for number in made["corrections"]:
        assert galen(data, "correct", "--undo", str(number)).returncode == 0
    assert flat(data) == {"doctors": "Ada Penn", "source": "Blue Hill", "published": None}


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (("1",), 2, "name an ARTICLE and what to set"),
        (("1", "--published", "2024-13"), 2, "--published"),
        (("1", "--source", " "), 2, "--source is empty"),
        (("1", "--source", "A", "--unknown", "source"), 2, "contradict"),
        (("--merge", "1"), 2, "--into"),
        (("--merge", "1", "--into", "9"), 1, "there is no doctor 9. Nothing was changed."),
        (
            ("https://nowhere.example/", "--source", "A"),
            1,
            "there is no article 'https://nowhere.example/'",
        ),
        (("1", "--hospital", "Hill"), 2, "--hospital says something of --doctor"),
        (("1", "--doctor", "Eve Moor", "--hospital", "Hi\x07ll"), 2, "--hospital is empty or holds control"),
        (("1", "--source", "A", "--into", "3"), 2, "--into belongs to --merge"),
        (("9" * 30, "--source", "A"), 1, "there is no article '9999"),
        (("--undo", "9" * 30), 2, "--undo"),
        (("--undo", "5"), 1, "there is no correction 5 in force"),
    ],
)
def test_what_cannot_be_corrected_is_told_in_one_line(
    data: Path, arguments: tuple[str, ...], code: int, message: str
) -> None:
    result = invoke("correct", *arguments, "--data", str(data / "data"))
    assert (result.exit_code, message in result.stderr) == (code, True), result.stderr
