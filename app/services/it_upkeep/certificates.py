"""Reads certificates: PEM with one or many, or DER."""

from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.x509.oid import ExtensionOID, NameOID

from app.services.it_upkeep.rules import Certificate


class NotACertificate(ValueError):
    """The file holds none that can be read."""


def has_private_key(content: bytes) -> bool:
    """Whether somebody handed in a secret."""
    return b"PRIVATE KEY-----" in content


def read_certificates(content: bytes) -> list[Certificate]:
    """Raises NotACertificate."""
    try:
        if b"-----BEGIN CERTIFICATE-----" in content:
            found = x509.load_pem_x509_certificates(content)
        else:
            found = [x509.load_der_x509_certificate(content)]
        return [_read(one) for one in found]
    except Exception as problem:  # the library says many things of what is no certificate
        raise NotACertificate from problem


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
