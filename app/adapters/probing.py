"""Looks whether a host answers: TCP, TLS with its certificate, HTTP without following redirects.

Like `outbound`: the name is asked once, only addresses on the internet (or allowed by the settings)
are spoken to, and the connection goes to one of those.
"""

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from http.client import HTTPException, HTTPResponse
from threading import Timer
from typing import Final

from app.adapters.outbound import AddressRefused, Unreachable, resolve

CONNECT_SECONDS: Final = 5.0
TOTAL_SECONDS: Final = 10.0
MOST_READ: Final = 4096


class Kind(StrEnum):
    """What is looked at."""

    TCP = "tcp"
    HTTP = "http"
    HTTPS = "https"


class Trouble(StrEnum):
    """Why there is no answer."""

    REFUSED = "refused"
    """It is not on the internet, and not allowed by the settings."""
    NAME = "name"
    CONNECTION = "connection"
    TLS = "tls"
    TIME = "time"
    ANSWER = "answer"
    """What came back is not what the kind says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Where to look."""

    kind: Kind
    host: str
    port: int
    path: str = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What was seen."""

    trouble: Trouble | None = None
    milliseconds: int = 0
    """Until the connection stands, or the head of the answer is there."""
    status: int = 0
    location: str = ""
    """Where a redirect leads to; it is not followed."""
    certificate: bytes = b""
    """DER; also of one that is not trusted."""
    untrusted: str = ""
    """Why the certificate is not trusted; empty where it is."""


def probe(target: Target) -> Probed:
    """Look once; everything that can go wrong is an answer. At most twice `TOTAL_SECONDS`."""
    try:
        addresses = resolve(target.host, target.port)
    except AddressRefused:
        return Probed(trouble=Trouble.REFUSED)
    except (Unreachable, ValueError):
        return Probed(trouble=Trouble.NAME)
    if target.kind is not Kind.HTTPS:
        return _look(target, addresses[0], tls=None)
    seen = _look(target, addresses[0], tls=ssl.create_default_context())
    if not seen.untrusted:
        return seen
    lenient = ssl.create_default_context()
    lenient.check_hostname = False
    lenient.verify_mode = ssl.CERT_NONE  # only to see which certificate it is, and to say so
    return replace(_look(target, addresses[0], tls=lenient), untrusted=seen.untrusted)


def _look(target: Target, address: str, *, tls: ssl.SSLContext | None) -> Probed:
    began = time.monotonic()
    line: list[socket.socket] = []
    timer = Timer(TOTAL_SECONDS, _cut, (line,))
    timer.daemon = True
    timer.start()
    try:
        line.append(socket.create_connection((address, target.port), CONNECT_SECONDS))
        line[0].settimeout(TOTAL_SECONDS)
        return _speak(target, line, tls, began)
    except ssl.SSLCertVerificationError as untrusted:
        return Probed(trouble=Trouble.TLS, untrusted=untrusted.verify_message or "-")
    except (OSError, HTTPException, ValueError) as failure:
        return Probed(trouble=_trouble(failure, seconds=time.monotonic() - began))
    finally:
        timer.cancel()
        _cut(line)


def _trouble(failure: Exception, *, seconds: float) -> Trouble:
    """A line that was cut because its time was over fails in any of these ways."""
    if isinstance(failure, TimeoutError) or seconds >= TOTAL_SECONDS:
        return Trouble.TIME
    if isinstance(failure, ssl.SSLError):
        return Trouble.TLS
    if isinstance(failure, HTTPException | ValueError):
        return Trouble.ANSWER
    return Trouble.CONNECTION


def _speak(
    target: Target, line: list[socket.socket], tls: ssl.SSLContext | None, began: float
) -> Probed:
    certificate = b""
    if tls is not None:
        secured = tls.wrap_socket(
            line[0], server_hostname=target.host, do_handshake_on_connect=False
        )
        line[0] = secured
        secured.do_handshake()
        certificate = secured.getpeercert(binary_form=True) or b""
    status, location = 0, ""
    if target.kind is not Kind.TCP:
        status, location = _ask(target, line[0])
    return Probed(
        milliseconds=round((time.monotonic() - began) * 1000),
        status=status,
        location=location,
        certificate=certificate,
    )


def _ask(target: Target, line: socket.socket) -> tuple[int, str]:
    usual = {Kind.HTTP: 80, Kind.HTTPS: 443}[target.kind]
    host = f"[{target.host}]" if ":" in target.host else target.host
    named = host if target.port == usual else f"{host}:{target.port}"
    asked = (
        f"GET {target.path} HTTP/1.1\r\nHost: {named}\r\nUser-Agent: Kontor\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    line.sendall(asked.encode("ascii"))
    answer = HTTPResponse(line, method="GET")
    answer.begin()
    with suppress(HTTPException, OSError):
        answer.read(MOST_READ)
    return answer.status, (answer.headers.get("Location") or "")[:500]


def _cut(line: list[socket.socket]) -> None:
    """Whatever is still open ends."""
    for one in line:
        with suppress(OSError, ValueError):
            one.shutdown(socket.SHUT_RDWR)
        with suppress(OSError):
            one.close()
