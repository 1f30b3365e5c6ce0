from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.website import Website


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    yield site
    site.close()
