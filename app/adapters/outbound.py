"""POST to an address that a client has named, without becoming its way into our own network.

The name is asked once; every address it answers with is checked, and the connection goes to one of
those, so that a second answer (DNS rebinding) changes nothing. Redirects are not followed.
"""

import socket
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from threading import Timer
from urllib.parse import SplitResult, urlsplit

from typing_extensions import override

CONNECT_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_READ = 4096
MOST_ADDRESSES = 2
LONGEST_URL = 2000
_NAT64 = IPv6Network("64:ff9b::/96")
_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
        "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3",
        "::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16",
        "3fff::/20", "5f00::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
    )
)  # fmt: skip
"""Named, because what `ipaddress` counts as private differs between releases of Python."""

Address = IPv4Address | IPv6Address


class AddressRefused(Exception):
    """No message may go there. The text names no address of ours."""


class Unreachable(Exception):
    """Nobody took the message: no such name, no connection, no TLS, no answer."""


class TookTooLong(Unreachable):
    """There was no whole answer in time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundSettings:
    """Where messages may go."""

    allowed: tuple[str, ...] = ()
    """Networks (10.1.0.0/16) that are private and yet allowed."""
    https_only: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    text: str = ""
    """The beginning of the body."""
    retry_after: str = ""


_settings = [OutboundSettings()]


def configure(settings: OutboundSettings) -> None:
    """Told once by the factory. Raises ValueError for what is no network."""
    for text in settings.allowed:
        ip_network(text)
    _settings[0] = settings


def settings() -> OutboundSettings:
    """What `configure` was told."""
    return _settings[0]


def check_url(url: str) -> SplitResult:
    """The parts of an address that may be told. Asks no name server. Raises AddressRefused."""
    try:
        place = urlsplit(url)
        port, host = place.port, place.hostname or ""
        host.encode("idna")
    except ValueError:
        raise AddressRefused("This is not an address.") from None
    plain = url.isascii() and url.isprintable() and " " not in url and len(url) <= LONGEST_URL
    schemes = {"https"} if settings().https_only else {"https", "http"}
    if not plain or not host or port == 0 or place.scheme not in schemes:
        raise AddressRefused("This is not an address.")
    if place.username is not None or place.password is not None or place.fragment:
        raise AddressRefused("The address must not hold a name, a password or a fragment.")
    with suppress(ValueError):
        if is_refused(ip_address(host.partition("%")[0])):
            raise AddressRefused("This address is not on the internet.")
    return place


def is_refused(address: Address) -> bool:
    """Whether nothing may go there: not on the internet, and not allowed by the settings."""
    true = _true(address)
    allowed = (ip_network(text) for text in settings().allowed)
    if any(true in network for network in allowed if network.version == true.version):
        return False
    return any(true in network for network in _NEVER if network.version == true.version) or (
        not true.is_global
    )


def _true(address: Address) -> Address:
    """The IPv4 address that an IPv6 one is only a wrapping of."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else address


def post(url: str, *, headers: Mapping[str, str], body: bytes) -> Answer:
    """POST and give the answer, whatever its status. Raises AddressRefused, Unreachable."""
    place = check_url(url)
    port = place.port or (443 if place.scheme == "https" else 80)
    connection = _Pinned(place, port=port, addresses=resolve(place.hostname or "", port))
    timer = Timer(TOTAL_SECONDS, connection.cut)
    timer.daemon = True
    timer.start()
    try:
        path = (place.path or "/") + (f"?{place.query}" if place.query else "")
        connection.request("POST", path, body=body, headers=dict(headers))
        answer = connection.getresponse()
        return Answer(
            status=answer.status,
            text=answer.read(MOST_READ).decode(errors="replace").replace("\0", "\ufffd"),
            retry_after=answer.headers.get("Retry-After", ""),
        )
    except (OSError, HTTPException, ValueError) as failure:
        if connection.was_cut or isinstance(failure, TimeoutError):
            raise TookTooLong(f"no answer within {TOTAL_SECONDS:.0f} s") from failure
        raise Unreachable(str(failure) or type(failure).__name__) from failure
    finally:
        timer.cancel()
        connection.close()


def resolve(host: str, port: int) -> Sequence[str]:
    """Every address of a name, each one checked. Raises AddressRefused, Unreachable."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as failure:
        raise Unreachable("the name is not known") from failure
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    for text in addresses:
        # One bad address among good ones is no accident either.
        if is_refused(ip_address(text.partition("%")[0])):
            raise AddressRefused("The name leads to an address that is not on the internet.")
    return addresses


class _Pinned(HTTPConnection):
    """Speaks for a name (Host, SNI, certificate), connected to an address found before."""

    def __init__(self, place: SplitResult, *, port: int, addresses: Sequence[str]) -> None:
        super().__init__(place.hostname or "", port, timeout=TOTAL_SECONDS)
        self._addresses = addresses
        self._tls = ssl.create_default_context() if place.scheme == "https" else None
        self.default_port = 443 if self._tls else 80
        self.was_cut = False

    @override
    def connect(self) -> None:
        failure: OSError = OSError("no address")
        for address in self._addresses[:MOST_ADDRESSES]:
            try:
                self.sock = socket.create_connection((address, self.port), CONNECT_SECONDS)
                break
            except OSError as refused:
                failure = refused
        else:
            raise failure
        self.sock.settimeout(TOTAL_SECONDS)
        if self._tls is not None:
            # Where `cut` finds it also while the other side dawdles over the handshake.
            secured = self._tls.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock = secured
            secured.do_handshake()

    def cut(self) -> None:
        """The time is over, however busily the other side drips."""
        self.was_cut = True
        with suppress(OSError, ValueError, AttributeError):
            self.sock.shutdown(socket.SHUT_RDWR)
