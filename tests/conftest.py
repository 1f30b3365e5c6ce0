from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.website import Website

# Machines differ and are shared: an example that takes long is no failure.
settings.register_profile("galen", deadline=None)
settings.load_profile("galen")


@pytest.fixture
def website() -> Iterator[Website]:
    site = Website()
    yield site
    site.close()
