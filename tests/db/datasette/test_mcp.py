"""The extra for AI assistants, asked one question as an assistant asks it."""

from __future__ import annotations

import importlib.util
import json
from typing import Any

import httpx
import pytest

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("datasette_mcp") is None,
    reason="the extra for AI assistants is not installed: pip install 'galen[mcp]'",
)

_HEADERS = {"accept": "application/json, text/event-stream"}


def _ask(client: httpx.Client, method: str, headers: dict[str, str], **params: Any) -> httpx.Response:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return client.post("/-/mcp", json=message, headers={**_HEADERS, **headers})


def test_an_assistant_asks_the_database_a_question(client: httpx.Client) -> None:
    version = "2025-06-18"
    hello = _ask(
        client, "initialize", {}, protocolVersion=version, capabilities={}, clientInfo={"name": "test", "version": "1"}
    )
    assert hello.status_code == 200
    session = {"mcp-session-id": hello.headers["mcp-session-id"], "mcp-protocol-version": version}
    ready = {"jsonrpc": "2.0", "method": "notifications/initialized"}
    client.post("/-/mcp", json=ready, headers={**_HEADERS, **session})
    tools = {tool["name"]: tool for tool in _ask(client, "tools/list", session).json()["result"]["tools"]}
    assert {"list_databases", "execute_sql"} <= set(tools)
    asked = {"database": "galen", "sql": "SELECT count(*) AS articles FROM articles"}
    named = {key: value for key, value in asked.items() if key in tools["execute_sql"]["inputSchema"]["properties"]}
    answer = _ask(client, "tools/call", session, name="execute_sql", arguments=named).json()["result"]
    assert not answer.get("isError")
    assert '"articles": 5' in json.dumps(answer).replace("\\", "")


def test_an_assistant_cannot_write(client: httpx.Client) -> None:
    session = _ask(
        client,
        "initialize",
        {},
        protocolVersion="2025-06-18",
        capabilities={},
        clientInfo={"name": "test", "version": "1"},
    ).headers["mcp-session-id"]
    arguments = {"database": "galen", "sql": "DELETE FROM articles"}
    told = _ask(client, "tools/call", {"mcp-session-id": session}, name="execute_sql", arguments=arguments).json()
    assert "error" in told or told["result"]["isError"]
    assert client.get("/search.json").json()["total"] == 4
