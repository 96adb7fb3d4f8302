"""Reads certificates: PEM with one or many, or DER."""

import re
from typing import Any, Final

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from app.services.it_upkeep.rules import Certificate

_BEGIN: Final = b"-----BEGIN CERTIFICATE-----"
_BLOCK: Final = re.compile(_BEGIN + rb".*?-----END CERTIFICATE-----", re.DOTALL)


class NotACertificate(ValueError):
    """The file holds none that can be read."""


def has_private_key(content: bytes) -> bool:
    """Whether somebody handed in a secret, as text or as DER, with a password or without."""
    if b"PRIVATE KEY-----" in content:
        return True
    if b"-----BEGIN" in content:
        return False
    try:
        serialization.load_der_private_key(content, password=None)
    except TypeError:  # it has a password
        return True
    except (ValueError, UnsupportedAlgorithm):
        return False
    return True


def read_certificates(content: bytes) -> tuple[list[Certificate], int]:
    """What can be read, and how many begin that cannot. Raises NotACertificate where none can."""
    blocks = _BLOCK.findall(content)
    found = [one for block in blocks or [content] if (one := _certificate(block))]
    if not found:
        raise NotACertificate
    begun = max(content.count(_BEGIN), len(found))
    return found, begun - len(found)


def _certificate(content: bytes) -> Certificate | None:
    try:
        if content.startswith(_BEGIN):
            return _read(x509.load_pem_x509_certificate(content))
        return _read(x509.load_der_x509_certificate(content))
    except Exception:  # the library says many things of what is no certificate
        return None


def _read(one: x509.Certificate) -> Certificate:
    kind, bits = _key(one.public_key())
    digest = one.signature_hash_algorithm
    return Certificate(
        name=_common_name(one.subject),
        names=tuple(_names(one)),
        issuer=_common_name(one.issuer),
        begins=one.not_valid_before_utc.date(),
        ends=one.not_valid_after_utc.date(),
        key=kind,
        bits=bits,
        digest=digest.name if digest else "",
        self_signed=one.issuer == one.subject,
        is_authority=_is_authority(one),
    )


def _common_name(name: x509.Name) -> str:
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def _extension(one: x509.Certificate, oid: x509.ObjectIdentifier) -> Any:
    try:
        return one.extensions.get_extension_for_oid(oid).value
    except x509.ExtensionNotFound:
        return None


def _names(one: x509.Certificate) -> list[str]:
    names = _extension(one, ExtensionOID.SUBJECT_ALTERNATIVE_NAME)
    return list(names.get_values_for_type(x509.DNSName)) if names else []


def _is_authority(one: x509.Certificate) -> bool:
    basic = _extension(one, ExtensionOID.BASIC_CONSTRAINTS)
    return bool(basic and basic.ca)


def _key(key: object) -> tuple[str, int]:
    if isinstance(key, rsa.RSAPublicKey):
        return "rsa", key.key_size
    if isinstance(key, ec.EllipticCurvePublicKey):
        return "ec", key.key_size
    if isinstance(key, ed25519.Ed25519PublicKey | ed448.Ed448PublicKey):
        return "ed", 0
    return "other", 0
