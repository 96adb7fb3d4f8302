"""How often somebody may try: counted in Redis, and in memory while Redis does not answer.

No request waits for Redis longer than 20 ms.
"""

import time
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request
from flask.typing import ResponseReturnValue
from flask_limiter import Limiter, RateLimitExceeded
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.web.errors import http_text, page

_SECONDS = 0.02


def by_address() -> str:
    """Counted for each address on the network."""
    return f"ip:{request.remote_addr}"


def by_person() -> str:
    """Counted for each person signed in, else for each address."""
    person = g.get("account")
    return f"account:{person.id}" if person is not None else by_address()


def by_typed_address() -> str:
    """Counted for each mail address that is typed, whoever types it."""
    return f"email:{request.form.get('email', '').strip().lower()[:254]}"


def refused(response: Response) -> bool:
    """Only what went wrong is counted: signing in often is no attack."""
    return response.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


limiter = Limiter(key_func=by_person)


def init_app(app: Flask) -> None:
    """Count in the Redis of the settings."""
    options: dict[str, Any] = {
        "socket_connect_timeout": _SECONDS,
        "socket_timeout": _SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }
    app.config.setdefault("RATELIMIT_STORAGE_URI", app.config["SETTINGS"].redis_url)
    app.config.setdefault("RATELIMIT_STORAGE_OPTIONS", options)
    app.config.setdefault("RATELIMIT_STRATEGY", "fixed-window")
    app.config.setdefault("RATELIMIT_KEY_PREFIX", "kontor")
    app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)
    app.config.setdefault("RATELIMIT_SWALLOW_ERRORS", True)
    limiter.init_app(app)
    app.register_error_handler(RateLimitExceeded, _too_many)


def _too_many(_: RateLimitExceeded) -> ResponseReturnValue:
    status = HTTPStatus.TOO_MANY_REQUESTS
    return page(status, http_text(status), retry_after=seconds_to_wait())


def seconds_to_wait() -> int:
    """Until the limit that refused this request begins anew."""
    breached = limiter.current_limit
    return max(1, int(breached.reset_at - time.time()) + 1) if breached else 60
