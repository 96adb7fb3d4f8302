"""A web that only says that it is alive and who serves it."""

import os
from collections.abc import Callable, Iterable
from typing import Any


def app(request: dict[str, Any], respond: Callable[..., Any]) -> Iterable[bytes]:
    """Answers every path."""
    respond("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getppid()} {os.environ['DATABASE_URL']}".encode()]
