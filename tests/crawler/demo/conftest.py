"""The running demo sites and a plain client for them."""

from __future__ import annotations

from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from urllib.parse import urlsplit

import pytest

from crawler.demo.server import DemoSites


class Client:
    """Plain GETs without following redirects."""

    def __init__(self, sites: DemoSites) -> None:
        self.sites = sites

    def get(self, url: str, **headers: str) -> tuple[HTTPResponse, bytes]:
        target = urlsplit(url)
        connection = HTTPConnection(target.netloc, timeout=10)
        try:
            sent = {name.replace("_", "-"): value for name, value in headers.items()}
            connection.request("GET", url.removeprefix(f"http://{target.netloc}"), headers=sent)
            response = connection.getresponse()
            return response, response.read()
        finally:
            connection.close()


@pytest.fixture(scope="session")
def sites() -> Iterator[DemoSites]:
    with DemoSites() as running:
        yield running


@pytest.fixture(scope="session")
def client(sites: DemoSites) -> Client:
    return Client(sites)
