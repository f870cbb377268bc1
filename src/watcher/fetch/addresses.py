"""Which addresses may be dialled: public ones, and those of networks the operator allowed by name.

`ipaddress.is_global` is not asked: it calls several special ranges global that are not (NAT64, 6to4, multicast, site-local).
For IPv4 the special ranges are listed (IANA IPv4 Special-Purpose Address Registry); for IPv6 only global unicast, 2000::/3, less
its special ranges, is public. IPv4 inside IPv6 is taken out first, so that it is the address finally reached that is judged.
"""

from __future__ import annotations

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import TypeAlias

Address: TypeAlias = IPv4Address | IPv6Address
Network: TypeAlias = IPv4Network | IPv6Network

_NOT_PUBLIC_4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NOT_PUBLIC_6 = tuple(IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"))
_NAT64 = IPv6Network("64:ff9b::/96")
_COMPATIBLE = IPv6Network("::/96")


def networks(texts: Iterable[str]) -> tuple[Network, ...]:
    """Read networks as an operator writes them (`127.0.0.0/8`, `::1`). Raises ValueError."""
    return tuple(ip_network(text, strict=False) for text in texts)


def unwrapped(address: Address) -> Address:
    """Give the address that is really reached: the IPv4 one inside a mapped, compatible, NAT64, 6to4 or Teredo address."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64 or (address in _COMPATIBLE and int(address) > 0xFFFF):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: Address) -> bool:
    """Whether an address belongs to nobody's inside. 6to4 and Teredo never do: they are tunnels that end anywhere."""
    inner = unwrapped(address)
    if isinstance(inner, IPv4Address):
        straight = isinstance(address, IPv4Address) or address.ipv4_mapped is not None or address in _NAT64
        return straight and not any(inner in network for network in _NOT_PUBLIC_4)
    return inner in _GLOBAL_UNICAST and not any(inner in network for network in _NOT_PUBLIC_6)


def is_allowed(address: Address, allowed: tuple[Network, ...]) -> bool:
    """Whether the operator allowed the network this address leads to."""
    inner = unwrapped(address)
    return any(inner.version == network.version and inner in network for network in allowed)


def literal(host: str) -> Address | None:
    """Read a host that is an address in any spelling the C library takes (`127.1`, `0x7f000001`, `[::1]`); None for a name."""
    bare = host.strip("[]").partition("%")[0].rstrip(".")
    try:
        return ip_address(bare)
    except ValueError:
        pass
    try:
        return IPv4Address(socket.inet_aton(bare)) if bare and bare[0].isdigit() else None
    except OSError:
        return None
