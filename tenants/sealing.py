"""What lies encrypted at rest: the words and files of clients whose work is about health.

Each client has a key of its own, derived (HKDF-SHA-256) from the master key of the settings, which
no database knows. AES-256-GCM, with the client's schema as associated data: what is carried into
another client's schema does not open there.
"""

import json
from base64 import b64decode, b64encode
from functools import lru_cache
from secrets import token_bytes
from typing import Any, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Dialect, Text, TypeDecorator
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql.operators import OperatorType
from typing_extensions import override

from tenants.context import current, current_tenant

MARK: Final = "sealed:1:"
"""What a sealed text begins with; sealed JSON is an object with this one key."""
FILE_MARK: Final = b"kontor-sealed-1\x00"
_NONCE: Final = 12
_master: list[bytes] = []


class NotSealed(RuntimeError):
    """Something about health was to be written for a client whose words are not sealed."""


class NotOurs(ValueError):
    """This was not sealed for the client in scope, or with another master key."""


def configure(master_key: str) -> None:
    """Told once by the factory."""
    _master[:] = [master_key.encode()]
    _cipher.cache_clear()


@lru_cache(maxsize=1024)
def _cipher(schema: str) -> AESGCM:
    if not _master:
        raise RuntimeError("tenants.sealing.configure was not called")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kontor:seal:" + schema.encode())
    return AESGCM(derived.derive(_master[0]))


def is_on() -> bool:
    """Whether what is written now is sealed: the client in scope is marked so."""
    tenant = current.get()
    return tenant is not None and tenant.sealed


def require_on() -> None:
    """Raises NotSealed where what is written now would lie open."""
    if not is_on():
        raise NotSealed(current_tenant().schema)


def seal(content: bytes) -> bytes:
    """For the client in scope. Raises NoTenant."""
    schema, nonce = current_tenant().schema, token_bytes(_NONCE)
    return nonce + _cipher(schema).encrypt(nonce, content, schema.encode())


def unseal(sealed: bytes) -> bytes:
    """Raises NotOurs, NoTenant."""
    schema = current_tenant().schema
    try:
        return _cipher(schema).decrypt(sealed[:_NONCE], sealed[_NONCE:], schema.encode())
    except (InvalidTag, ValueError):
        raise NotOurs(schema) from None


def seal_file(content: bytes) -> bytes:
    """What goes into the object store: sealed where the client is, and what looks like it."""
    if is_on() or content.startswith(FILE_MARK):
        return FILE_MARK + seal(content)
    return content


def unseal_file(stored: bytes) -> bytes:
    """What came out of the object store. Raises NotOurs."""
    if stored.startswith(FILE_MARK):
        return unseal(stored[len(FILE_MARK) :])
    return stored


def _seal_text(text: str) -> str:
    return MARK + b64encode(seal(text.encode())).decode()


def _unseal_text(stored: str) -> str:
    try:
        return unseal(b64decode(stored[len(MARK) :], validate=True)).decode()
    except ValueError:
        raise NotOurs(current_tenant().schema) from None


class SealedText(TypeDecorator[str]):
    """A text of a client; nothing can be searched in it by SQL where it is sealed."""

    impl = Text
    cache_ok = True

    @override
    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> Any:
        return Text()  # what is looked for is not sealed: it would be another text each time

    @override
    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None or not (is_on() or value.startswith(MARK)):
            return value
        return _seal_text(value)

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> str | None:
        text: str | None = value
        if text is None or not text.startswith(MARK):
            return text
        return _unseal_text(text)


class SealedJson(TypeDecorator[Any]):
    """JSON of a client; sealed as one piece: `{"sealed:1:": "…"}`."""

    impl = JSONB
    cache_ok = True

    @override
    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        if value is None or not (is_on() or _looks_sealed(value)):
            return value
        return {MARK: _seal_text(json.dumps(value, ensure_ascii=False))}

    @override
    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return json.loads(_unseal_text(value[MARK])) if _looks_sealed(value) else value

    @override
    def coerce_compared_value(self, op: OperatorType | None, value: Any) -> Any:
        return self.impl_instance.coerce_compared_value(op, value)


def _looks_sealed(value: Any) -> bool:
    return isinstance(value, dict) and value.keys() == {MARK}
