"""Certificates and accounts made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.catalogue.samples import SampleOrder


def certificate(name: str, *, begins: date, days: int, issuer: str = "Muster CA") -> bytes:
    """One on the curve P-256, signed by a key nobody keeps."""
    key = ec.generate_private_key(ec.SECP256R1())
    start = datetime.combine(begins, time(), UTC)
    said = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, issuer)])
    built = (
        x509.CertificateBuilder()
        .subject_name(said)
        .issuer_name(by)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return built.public_bytes(serialization.Encoding.PEM)


def certificates(today: date) -> bytes:
    """One expired, one that ends soon, one that holds too long, and good ones."""
    return b"".join(
        certificate(name, begins=today - timedelta(days=ago), days=days)
        for name, ago, days in (
            ("shop.nordlicht.example", 95, 90),
            ("www.nordlicht.example", 78, 90),
            ("*.intern.nordlicht.example", 20, 390),
            ("mail.nordlicht.example", 10, 90),
            ("vpn.nordlicht.example", 30, 180),
        )
    )


def accounts(today: date) -> bytes:
    """Somebody who left, a sleeper, an admin without second factor, roles that should be apart."""

    def ago(days: int) -> str:
        return f"{today - timedelta(days=days):%d.%m.%Y}"

    return f"""Benutzer;System;Rolle;Letzte Anmeldung;MFA;Austritt
e.marsh;ERP;Administrator;{ago(1)};ja;
t.petersen;ERP;Zahlung erfassen;{ago(2)};ja;
t.petersen;ERP;Zahlung freigeben;{ago(2)};ja;
j.krueger;ERP;Buchhaltung;{ago(35)};ja;{ago(20)}
s.vogel;CRM;Vertrieb;{ago(140)};nein;
k.lange;Shop;Admin;{ago(3)};nein;
info;Shop;Redaktion;{ago(1)};nein;
a.behrens;CRM;Vertrieb;{ago(4)};ja;
""".encode()


def decided(today: date) -> list[dict[str, str]]:
    """The doubtful accounts of the review that is delivered, as a clerk decided them."""

    def row(user: str, system: str, role: str, days: int, decision: str) -> dict[str, str]:
        seen = (today - timedelta(days=days)).isoformat()
        told = {"user": user, "system": system, "role": role, "last_login": seen}
        return told | {"decision": decision}

    return [
        row("j.krueger", "ERP", "Buchhaltung", 35, "revoke"),
        row("s.vogel", "CRM", "Vertrieb", 140, "revoke"),
        row("k.lange", "Shop", "Admin", 3, "keep"),
        row("info", "Shop", "Redaktion", 1, "keep"),
        row("t.petersen", "ERP", "Zahlung erfassen", 2, "keep"),
        row("t.petersen", "ERP", "Zahlung freigeben", 2, "revoke"),
    ]


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A look at certificates under way, and a review of accounts delivered."""
    hosts = "www.nordlicht.example\nvpn.nordlicht.example\nkasse.nordlicht.example"
    return [
        SampleOrder(
            type_key="certificates",
            payload={"hosts": hosts, "note": ""},
            files=(("zertifikate.pem", certificates(today)),),
            hours_ago=2,
            end="taken",
        ),
        SampleOrder(
            type_key="reachability",
            # Addresses kept for documentation: nobody's, so that the demo calls nobody.
            payload={"targets": "https://192.0.2.10/\n198.51.100.25:25\n203.0.113.7", "note": ""},
            hours_ago=1,
        ),
        SampleOrder(
            type_key="access_review",
            payload={"note": ""},
            files=(("konten.csv", accounts(today)),),
            hours_ago=28,
            end="delivered",
            values={"doubtful": decided(today)},
        ),
        SampleOrder(
            type_key="access_review",
            payload={"note": ""},
            files=(("konten-filiale.csv", accounts(today)),),
            hours_ago=3,
            end="taken",
        ),
    ]
