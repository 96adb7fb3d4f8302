"""Certificates and accounts: made ones with every fault, broken files, what is handed over."""

from dataclasses import replace
from datetime import date
from uuid import uuid4

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from icalendar import Calendar

from app.catalogue.steps import DeliveryInput, ProposedValue, StepDocument, StepInput, StepResult
from app.kernel.sandbox import files_of_our_own
from app.services.it_upkeep.certificates import read_certificates
from app.services.it_upkeep.manifest import SERVICE
from app.services.it_upkeep.rules import (
    Certificate,
    about_certificate,
    covers,
    longest_days,
)
from app.services.it_upkeep.samples import accounts, certificate, certificates, decided
from app.services.it_upkeep.schemas import STILL_OPEN, AccessValues

TODAY = date(2026, 11, 25)
GOOD = Certificate(
    name="a.example",
    names=("a.example", "*.b.example"),
    issuer="CA",
    begins=date(2026, 11, 1),
    ends=date(2027, 1, 30),
    key="ec",
    bits=256,
    digest="sha256",
    self_signed=False,
)


def run(key: str, payload: dict[str, object], *files: tuple[str, bytes]) -> StepResult:
    work = SERVICE.work_type(key)
    assert work.automation is not None
    documents = tuple(
        StepDocument(id=uuid4(), name=name, media_type="text/plain", content=content)
        for name, content in files
    )
    with files_of_our_own():
        return work.automation(
            StepInput(
                documents=documents,
                payload=payload,
                client_name="C",
                client_locale="de",
                today=TODAY,
            )
        )


def delivered(key: str, result: StepResult) -> list[bytes]:
    work = SERVICE.work_type(key)
    values = {name: one.value for name, one in result.values.items()}
    assert work.values is not None
    assert work.deliver is not None
    assert work.values().validate(values) == {}
    made = work.deliver(
        DeliveryInput(
            number="ACME-1",
            values=values,
            payload={},
            documents=(),
            client_name="C",
            client_locale="de",
        )
    )
    return [one.content for one in made]


@pytest.mark.parametrize(
    ("more", "problems"),
    [
        ({}, []),
        ({"ends": date(2026, 11, 24)}, [("expired", "error")]),
        ({"ends": date(2026, 11, 30)}, [("soon", "error")]),
        ({"ends": date(2026, 12, 20)}, [("soon", "warning")]),
        ({"key": "rsa", "bits": 1024}, [("weak_key", "error")]),
        ({"key": "rsa", "bits": 2048}, []),
        ({"digest": "sha1"}, [("weak_digest", "error")]),
        ({"names": ()}, [("no_names", "error")]),
        ({"ends": date(2027, 11, 1)}, [("too_long", "warning")]),
        ({"self_signed": True, "ends": date(2036, 1, 1)}, [("self_signed", "warning")]),
        ({"self_signed": True, "is_authority": True, "names": ()}, []),
    ],
)
def test_faults_of_certificates(more: dict[str, object], problems: list[tuple[str, str]]) -> None:
    one = replace(GOOD, **more)  # type: ignore[arg-type]
    assert list(about_certificate(one, today=TODAY)) == problems


def test_the_longest_validity_goes_by_the_day_of_issue() -> None:
    days = [date(2017, 1, 1), date(2026, 3, 14), date(2026, 3, 15), date(2030, 1, 1)]
    assert [longest_days(day) for day in days] == [None, 398, 200, 47]


def test_a_wildcard_covers_one_label() -> None:
    assert covers(GOOD, "A.example")
    assert covers(GOOD, "x.b.example")
    assert not covers(GOOD, "x.y.b.example")
    assert not covers(GOOD, "b.example")


def test_certificates_are_read_as_made() -> None:
    (one,), lost = read_certificates(certificate("a.example", begins=date(2026, 11, 1), days=90))
    assert lost == 0
    assert one == replace(GOOD, names=("a.example",), issuer="Muster CA")


def test_a_file_of_certificates() -> None:
    payload: dict[str, object] = {"hosts": "www.nordlicht.example kasse.nordlicht.example"}
    result = run("certificates", payload, ("all.pem", certificates(TODAY)))
    assert sorted(one.code for one in result.findings) == [
        "IT-EXPIRED",
        "IT-SOON",
        "IT-TOO-LONG",
        "IT-UNCOVERED",
    ]
    _, calendar = delivered("certificates", result)
    assert len(Calendar.from_ical(calendar).walk("VEVENT")) == 4


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "IT-NO-CERTIFICATE"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "IT-NO-CERTIFICATE"),
        (b"-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n", "IT-PRIVATE-KEY"),
    ],
)
def test_what_is_no_certificate_is_said(content: bytes, code: str) -> None:
    result = run("certificates", {}, ("x.pem", content))
    assert [one.code for one in result.findings] == [code]
    assert result.values == {}


def test_accounts_are_reviewed() -> None:
    result = run("access_review", {}, ("accounts.csv", accounts(TODAY)))
    assert {(one.code, one.place) for one in result.findings} == {
        ("IT-CONFLICT", "accounts.csv:3 Benutzer"),
        ("IT-LEFT", "accounts.csv:5 Benutzer"),
        ("IT-DORMANT", "accounts.csv:6 Benutzer"),
        ("IT-NO-SECOND-FACTOR", "accounts.csv:7 Benutzer"),
        ("IT-SHARED", "accounts.csv:8 Benutzer"),
    }
    asked = [(one["user"], one["system"], one["role"]) for one in result.values["doubtful"].value]
    given = decided(TODAY)
    assert asked == [(one["user"], one["system"], one["role"]) for one in given]
    open_ = {key: one.value for key, one in result.values.items()}
    schema = AccessValues()
    faults = schema.still_open(schema.load(open_))["doubtful"]
    assert faults == {at: {"decision": [STILL_OPEN]} for at in range(6)}
    values = {**result.values, "doubtful": ProposedValue(value=given)}
    assert delivered("access_review", replace(result, values=values))[0].startswith(b"PK")


def test_an_account_of_which_something_cannot_be_read_is_doubtful() -> None:
    rows = b"Benutzer;System;Letzte Anmeldung;Austritt\na.b;ERP;20.11.2026;31.13.2026\nc.d;ERP;;\n"
    result = run("access_review", {}, ("accounts.csv", rows))
    assert [one["user"] for one in result.values["doubtful"].value] == ["a.b", "c.d"]
    assert [one.code for one in result.findings] == ["TABLE-CELL-DATE", "IT-NO-SIGN-IN"]


def test_half_a_file_of_certificates_is_said() -> None:
    first, second = (
        certificate(name, begins=TODAY, days=90) for name in ("a.example", "b.example")
    )
    broken = b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    result = run("certificates", {}, ("x.pem", first + broken + second[:-90]), ("y.pem", first))
    assert [row["name"] for row in result.values["certificates"].value] == ["a.example"]
    assert [(one.code, one.params.get("count")) for one in result.findings] == [
        ("IT-BROKEN", 2), ("IT-TWICE", None),
    ]  # fmt: skip
    assert result.units == 1


@pytest.mark.parametrize("secret", [None, b"open sesame"])
def test_private_keys_as_der_are_known(secret: bytes | None) -> None:
    sealing = (
        serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    )
    key = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, sealing
    )
    assert [one.code for one in run("certificates", {}, ("x.der", key)).findings] == [
        "IT-PRIVATE-KEY"
    ]
