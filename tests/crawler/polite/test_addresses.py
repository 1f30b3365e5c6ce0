"""Which hosts are addresses, and which addresses are nobody's public website."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.polite.addresses import address_of, is_private

PRIVATE = """127.0.0.1 127.1 2130706433 0x7f.1 0177.0.0.1 017700000001 0 0.0.0.0 10.1.2.3 172.16.0.1 192.168.1.1
    127.0.0.1. 169.254.169.254 100.100.100.200 168.63.129.16 224.0.0.1 239.1.1.1 240.0.0.1 255.255.255.255 198.18.0.1
    ::1 [::1] :: fe80::1 fe80::1%eth0 fc00::1 fd00:ec2::254 ff0e::1
    ::ffff:127.0.0.1 ::ffff:9.9.9.9 ::127.0.0.1 64:ff9b::9.9.9.9
    64:ff9b:1::7f00:1 2002:7f00:1:: 2001:0:7f00:1:: 2001:db8::1""".split()


@pytest.mark.parametrize("host", PRIVATE)
def test_an_address_that_is_no_public_website_is_private(host: str) -> None:
    address = address_of(host)
    assert address is not None
    assert is_private(address)


@pytest.mark.parametrize("host", ["9.9.9.9", "0x09090909", "2620:fe::fe", "[2620:fe::9]"])
def test_a_global_address_is_not_private(host: str) -> None:
    address = address_of(host)
    assert address is not None
    assert not is_private(address)


@pytest.mark.parametrize(
    "host", ["localhost", "clinic.example", "", ".", "9.9.9.9 x", "1.2.3.4.5", "健康.example", "९.9.9.9", "\0"]
)
def test_a_name_is_no_address(host: str) -> None:
    assert address_of(host) is None


@given(st.text())
def test_any_text_is_either_a_name_or_an_address(host: str) -> None:
    address = address_of(host)
    assert address is None or is_private(address) in {True, False}
