from __future__ import annotations

from db.datasette.dictionary import markdown
from tests.db.datasette.conftest import ROOT


def test_the_data_dictionary_in_the_docs_says_what_datasette_says() -> None:
    assert (ROOT / "docs" / "data.md").read_text(encoding="utf-8") == markdown()
