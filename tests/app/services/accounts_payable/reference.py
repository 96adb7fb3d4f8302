"""The public reference invoices, where they lie beside the checkout; absent, their tests skip."""

import csv
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from app.services.accounts_payable.findings import Finding, Severity
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check

ROOT = Path(__file__).parents[4]
REFERENCE = Path(os.environ.get("KONTOR_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
EINVOICE = REFERENCE / "einvoice"
TODAY = date(2026, 11, 23)

needs_reference = pytest.mark.skipif(
    not EINVOICE.is_dir(), reason=f"the reference invoices are not in {EINVOICE}"
)


def expected_rows() -> list[dict[str, str]]:
    """The rows of expected_totals.csv; none where the data are absent."""
    table = EINVOICE / "expected_totals.csv"
    if not table.is_file():
        return []
    with table.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def files(*folders: str, suffix: str = "") -> list[Path]:
    """Files below these folders of the reference data, in a fixed order."""
    return sorted(
        path
        for folder in folders
        for path in (EINVOICE / folder).rglob(f"*{suffix}")
        if path.is_file()
    )


def name(path: Path) -> str:
    """A short test id."""
    return str(path.relative_to(EINVOICE))


def all_findings(content: bytes, filename: str = "") -> list[Finding]:
    """What reading and checking say together, without a known client."""
    reading = read_file(content, filename)
    found = list(reading.findings)
    if reading.invoice is not None:
        found += check(reading.invoice, context=Context(today=TODAY))
    return found


def serious(findings: list[Finding]) -> list[Finding]:
    """Errors and warnings."""
    return [one for one in findings if one.severity is not Severity.INFO]


def amount(text: str) -> Decimal | None:
    """An amount of the expected table."""
    return Decimal(text) if text else None


def codes(findings: list[Finding] | tuple[Finding, ...]) -> Iterator[str]:
    """The findings' codes."""
    return (one.code for one in findings)
