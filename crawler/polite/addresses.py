"""Which IP addresses are nobody's public website, in every spelling that a resolver understands."""

from __future__ import annotations

import socket
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address

TRANSLATED = (
    IPv6Network("64:ff9b::/96"),  # NAT64, RFC 6052
    IPv6Network("64:ff9b:1::/48"),  # local NAT64, RFC 8215
    IPv6Network("::/96"),  # IPv4-compatible, RFC 4291 section 2.5.5.1
    IPv6Network("2002::/16"),  # 6to4, RFC 3056
    IPv6Network("2001::/32"),  # Teredo, RFC 4380
)
"""Networks whose addresses carry an IPv4 address inside: a gateway would reach that one."""


@lru_cache(maxsize=10_000)
def address_of(host: str) -> Address | None:
    """The address that `host` spells, None where it is a name.

    All that inet_aton(3) reads is an address to a resolver: '127.1', '2130706433', '0x7f.1', '0177.0.0.1'.
    """
    text = host.removeprefix("[").removesuffix("]").partition("%")[0].removesuffix(".")
    try:
        return ip_address(text)
    except ValueError:
        pass
    if not text.isascii() or text.split() != [text]:  # inet_aton would ignore what follows a blank
        return None
    try:
        return IPv4Address(socket.inet_aton(text))
    except (OSError, ValueError):  # ValueError: a NUL
        return None


PLATFORM = frozenset({IPv4Address("168.63.129.16")})
"""Services of a cloud's host machine behind a global address (Azure WireServer)."""


@lru_cache(maxsize=10_000)
def is_private(address: Address) -> bool:
    """True unless the address is a global unicast one that stands for itself."""
    if not address.is_global or address.is_multicast or address.is_reserved:
        return True
    if isinstance(address, IPv4Address):
        return address in PLATFORM
    return address.ipv4_mapped is not None or any(address in network for network in TRANSLATED)
