"""Which hosts to look at, as somebody writes them down: one a line."""

from typing import Final
from urllib.parse import urlsplit

from app.adapters.probing import Kind, Target

MOST_TARGETS: Final = 50
_HTTPS: Final = 443
_HIGHEST: Final = 65535
_PORTS: Final = {Kind.HTTP: 80, Kind.HTTPS: _HTTPS}


def targets(text: str) -> tuple[list[tuple[str, Target]], list[str]]:
    """`https://a.example/x`, `a.example` (HTTPS), `a.example:25` or `tcp://a.example:25` (TCP):
    each line with what it means, and the lines that mean nothing.
    """
    found, unread = [], []
    for line in dict.fromkeys(text.split()):
        target = target_of(line)
        if target is None:
            unread.append(line)
        else:
            found.append((line, target))
    return found, unread


def target_of(line: str) -> Target | None:
    """None for what is no address."""
    scheme = line.partition("://")[0].lower() if "://" in line else ""
    kind = Kind(scheme) if scheme in tuple(Kind) else None
    if not line.isascii() or not line.isprintable() or (scheme and kind is None):
        return None
    try:
        place = urlsplit(line if scheme else f"//{line}")
        port, host = place.port, place.hostname or ""
    except ValueError:
        return None
    if kind is None:
        kind = Kind.HTTPS if port in (None, _HTTPS) else Kind.TCP
    port = port or _PORTS.get(kind, 0)
    if not host or not 0 < port <= _HIGHEST or place.username is not None:
        return None
    path = (place.path or "/") + (f"?{place.query}" if place.query else "")
    return Target(kind=kind, host=host, port=port, path=path[:500])
