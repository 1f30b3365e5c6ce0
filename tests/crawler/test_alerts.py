from __future__ import annotations

import pytest

from crawler.alerts import AlertError, Finding, post


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://[hill/hook", "is no URL"),
        ("https://other.example/hook", "other.example is not named in alert_hosts"),
        ("https://hill.example@other.example/hook", "other.example is not named in alert_hosts"),
        ("file://hill.example/etc/passwd", "is not named in alert_hosts"),
    ],
)
def test_a_webhook_goes_to_named_hosts_only_and_says_so_in_words(url: str, told: str) -> None:
    with pytest.raises(AlertError, match=told):
        post(url, "hill.example", [Finding("Hill", 1, ("0 articles",))])
