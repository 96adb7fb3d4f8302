"""Address plans: what overlaps, how full a prefix is, and which one is free next.

Prefixes nest or are apart, so sorted ones need one pass with a stack of what encloses them.
RFC 4632 (CIDR), RFC 3021 (/31 between routers), RFC 4291 (IPv6).
"""

import ipaddress
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_MAC: Final = re.compile(r"^[0-9a-f]{12}$")
_POINT_TO_POINT: Final = 2
"""Addresses of a /31 or /127: both may be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """A row of the plan."""

    network: Network
    vrf: str = ""
    is_container: bool = False
    """Whether others are meant to lie inside."""
    line: int = 0
    name: str = ""


@dataclass(frozen=True, slots=True)
class Clash:
    """Two prefixes that cannot both be right: the same twice, or one inside a used one."""

    inner: Prefix
    outer: Prefix

    @property
    def is_same(self) -> bool:
        """Whether both are the very same prefix."""
        return self.inner.network == self.outer.network


def parse_network(text: str) -> tuple[Network | None, bool]:
    """The network, and whether host bits were set (10.0.0.5/24 is 10.0.0.0/24)."""
    try:
        return ipaddress.ip_network(text.strip(), strict=True), False
    except ValueError:
        pass
    try:
        return ipaddress.ip_network(text.strip(), strict=False), True
    except ValueError:
        return None, False


def parse_address(text: str) -> Address | None:
    """The address, with or without a prefix length behind it."""
    try:
        return ipaddress.ip_interface(text.strip()).ip
    except ValueError:
        return None


def parse_mac(text: str) -> str | None:
    """`aa:bb:cc:dd:ee:ff` from any usual spelling; None if it is none."""
    plain = re.sub(r"[^0-9a-zA-Z]", "", text).lower()
    return ":".join(re.findall("..", plain)) if _MAC.match(plain) else None


def _order(prefix: Prefix) -> tuple[str, int, int, int, bool]:
    network = prefix.network
    at = (network.version, int(network.network_address), network.prefixlen)
    return prefix.vrf, *at, not prefix.is_container


def _encloses(outer: Prefix, inner: Prefix) -> bool:
    same_room = outer.vrf == inner.vrf and outer.network.version == inner.network.version
    return same_room and int(inner.network.network_address) <= int(outer.network.broadcast_address)


def nested(prefixes: Sequence[Prefix]) -> Iterator[tuple[Prefix, Prefix | None]]:
    """Each prefix with the smallest one that encloses it."""
    above: list[Prefix] = []
    for prefix in sorted(prefixes, key=_order):
        while above and not _encloses(above[-1], prefix):
            above.pop()
        yield prefix, above[-1] if above else None
        above.append(prefix)


def clashes(prefixes: Sequence[Prefix]) -> list[Clash]:
    """Doubles, and prefixes inside one that is itself used."""
    return [
        Clash(inner, outer)
        for inner, outer in nested(prefixes)
        if outer and (inner.network == outer.network or not outer.is_container)
    ]


def usable(network: Network) -> int:
    """Addresses devices can have: without network and broadcast in IPv4."""
    count = network.num_addresses
    if network.version == 4 and count > _POINT_TO_POINT:
        return count - 2
    return count


def is_reserved(address: Address, network: Network) -> bool:
    """Whether the address is the prefix's network or broadcast address."""
    if network.version != 4 or network.num_addresses <= _POINT_TO_POINT:
        return False
    return address in (network.network_address, network.broadcast_address)


def share(used: int, size: int) -> Decimal:
    """Percent, with one decimal."""
    return (Decimal(used) * 100 / Decimal(size)).quantize(Decimal("0.1")) if size else Decimal(0)


def free_blocks(container: Network, taken: Sequence[Network]) -> Iterator[Network]:
    """What is free inside the container, as the largest aligned blocks, lowest first."""
    first, last = int(container.network_address), int(container.broadcast_address)
    kind = type(container.network_address)
    inside = sorted(
        (int(one.network_address), int(one.broadcast_address))
        for one in taken
        if one.version == container.version and one.overlaps(container)
    )
    for begins, ends in [*inside, (last + 1, last + 1)]:
        if begins > first:
            span = ipaddress.summarize_address_range(kind(first), kind(min(begins - 1, last)))
            yield from span
        first = max(first, ends + 1)
        if first > last:
            return


def next_free(
    container: Network, taken: Sequence[Network], *, length: int, count: int = 1
) -> list[Network]:
    """The lowest free prefixes of this length; fewer where there is no room."""
    found: list[Network] = []
    for block in free_blocks(container, taken):
        if block.prefixlen > length:
            continue
        for one in block.subnets(new_prefix=length):
            found.append(one)
            if len(found) == count:
                return found
    return found


def next_address(network: Network, taken: set[Address]) -> Address | None:
    """The lowest address that no device has."""
    for address in network.hosts():
        if address not in taken:
            return address
    return None
