"""Keys made from SECRET_KEY, one for each purpose."""

import hmac
from hashlib import sha256

_secret: list[bytes] = []


def configure(secret_key: str) -> None:
    """Told once by the door of the process (web, worker, shell)."""
    _secret[:] = [secret_key.encode()]


def code(purpose: str, message: bytes) -> bytes:
    """32 bytes that only who knows SECRET_KEY can make (HMAC-SHA-256, as HKDF's expand step)."""
    if not _secret:
        raise RuntimeError("app.identity.keys.configure was not called")
    key = hmac.digest(_secret[0], b"kontor:" + purpose.encode(), sha256)
    return hmac.digest(key, message, sha256)
