"""What the services' automations cost, each against the plain library call of the same run."""

import csv
import io
import json
import os
import resource
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import mt940
from lxml import etree
from pypdf import PdfReader
from sepaxml import SepaTransfer

from app.books.pain import TRANSFER, transfer_file
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check
from app.services.accounts_payable.samples import names, sample
from app.services.data_processing.reading import read_table
from app.services.data_processing.rules import check_cells, wanted_columns
from app.services.payments.rules import run_faults
from app.services.reconciliation.lines import line_records
from app.services.reconciliation.matching import Matcher, Owed
from app.services.reconciliation.reader_process import read_document, request
from benchmarks.measure import Figure, Size, milliseconds

SHARED = Path(__file__).parents[2] / "shared/data"
REFERENCE = Path(os.environ.get("KONTOR_REFERENCE_DATA", SHARED)) / "einvoice"
INVOICES = 86
PAYMENTS = 1_000
DAY = date(2026, 11, 25)


def run(_installation: object, size: Size) -> list[Figure]:
    """One figure for each function below."""
    scale = 1 if size.items >= 100_000 else 10
    return [
        invoices(),
        payment_file(),
        statement_lines(100_000 // scale, 20_000 // scale),
        table(100_000 // scale),
    ]


def invoices() -> Figure:
    """At least 86 e-invoices, XML and hybrid PDFs, read and checked, against parsing alone."""
    contents = _invoices()
    context = Context(today=DAY)

    def checked() -> None:
        for content in contents:
            invoice = read_file(content).invoice
            if invoice is not None:
                check(invoice, context=context)

    parsed = milliseconds(lambda: [_parsed(content) for content in contents])
    spent = milliseconds(checked)
    return Figure(
        name=f"{len(contents)} e-invoices read and checked",
        value=spent / 1000,
        unit="s",
        baseline=parsed / 1000,
        baseline_name="lxml and pypdf alone",
        gate="< 10 s",
        passed=spent < 10_000,
    )


def _invoices() -> list[bytes]:
    """The public suites where they lie beside the checkout, else our own samples."""
    paths = sorted(
        path
        for folder in ("xrechnung-testsuite", "zugferd-corpus", "en16931-examples")
        for path in (REFERENCE / folder).rglob("*")
        if path.suffix in (".xml", ".pdf") and "fail" not in path.parts
    )
    found = [path.read_bytes() for path in paths]
    own = [sample(name) for name in names() if name.endswith(".xml") and "truncated" not in name]
    return found or (own * (INVOICES // len(own) + 1))[:INVOICES]


def _parsed(content: bytes) -> None:
    """What the libraries do by themselves: the XML, or the XML that hangs on a PDF."""
    if not content.startswith(b"%PDF"):
        etree.fromstring(content)
        return
    for attached in PdfReader(io.BytesIO(content)).attachments.values():
        for one in attached:
            with suppress(etree.XMLSyntaxError):
                etree.fromstring(one)


def payment_file() -> Figure:
    """1,000 payments checked, written and validated, against sepaxml's unchecked file."""
    rows = [
        {
            "name": f"Empfaenger {number}",
            "iban": "DE02500105170137075030",
            "amount": f"{number + 1}.{number % 100:02d}",
            "purpose": f"Rechnung {number}",
            "end_to_end_id": f"E-{number}",
        }
        for number in range(PAYMENTS)
    ]
    payer = {
        "account_holder": "Beispiel GmbH",
        "iban": "DE02120300000000202051",
        "execution_date": DAY.isoformat(),
        "payments": rows,
    }
    at = datetime(2026, 11, 25, tzinfo=UTC)

    def ours() -> None:
        assert not list(run_faults(payer, today=DAY))
        transfer_file(payer, payer["payments"], number="BENCH-1", at=at)

    ours()  # the schema is read once for each process
    spent, plain = milliseconds(ours), milliseconds(lambda: _sepaxml(payer, rows))
    return Figure(
        name="1,000 payments to pain.001, checked and valid",
        value=spent / 1000,
        unit="s",
        baseline=plain / 1000,
        baseline_name="sepaxml, unchecked",
        gate="< 2 s",
        passed=spent < 2_000,
    )


def _sepaxml(payer: dict[str, Any], rows: Sequence[dict[str, str]]) -> bytes:
    config = {
        "name": payer["account_holder"],
        "IBAN": payer["iban"],
        "batch": True,
        "currency": "EUR",
    }
    made = SepaTransfer(config, schema=TRANSFER, clean=False)
    for row in rows:
        made.add_payment(
            {
                "name": row["name"],
                "IBAN": row["iban"],
                "amount": int(Decimal(row["amount"]) * 100),
                "execution_date": DAY,
                "description": row["purpose"],
                "endtoend_id": row["end_to_end_id"],
            }
        )
    return bytes(made.export(validate=False))


def statement_lines(lines: int, open_items: int) -> Figure:
    """A statement read, its lines matched with open items, against mt-940 reading it."""
    owed = [
        Owed(
            id=str(number),
            expected=10_000 + number,
            currency="EUR",
            party=f"Kunde {number} GmbH",
            iban=f"DE{number:020d}",
            number=f"RE-2026-{number:06d}",
        )
        for number in range(open_items)
    ]
    content = _statement(lines, open_items)
    matched = 0

    def ours() -> None:
        nonlocal matched
        answer = json.loads(read_document(request(content, filename="auszug.sta")))
        found = line_records(answer["statements"])
        matcher = Matcher(owed, [])
        matched = sum(matcher.match(one).sure for one in found.movements)

    spent = milliseconds(ours)
    assert matched == min(lines, open_items)
    part = _statement(lines // 20, open_items)  # the library is slow: a twentieth, times twenty
    plain = milliseconds(lambda: mt940.parse(io.StringIO(part.decode()))) * 20
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    figure = Figure(
        name=f"{lines:,} lines against {open_items:,} open items",
        value=spent / 1000,
        unit="s",
        baseline=plain / 1000,
        baseline_name="mt-940 reading alone",
        gate=f"< 60 s; process {megabytes} of 500 MB",
        passed=spent < 60_000,
    )
    return figure if lines == 100_000 else replace(figure, passed=None)


def table(rows: int) -> Figure:
    """A table of 30 columns read and every cell checked, against the csv module reading it."""
    head = ",".join(f"c{number}" for number in range(30))
    row = ",".join(f"value {number}" for number in range(29))
    content = "\n".join([head, *(f"{number},{row}" for number in range(rows))]).encode()
    columns = [{"name": f"c{number}", "required": True} for number in range(30)]
    columns[0] |= {"kind": "whole", "unique": True}

    def ours() -> None:
        found = read_table(content)
        wanted, _missing = wanted_columns(columns, found.header)
        assert len(found.rows) == rows
        assert not list(check_cells(found, wanted))

    plain = milliseconds(lambda: list(csv.reader(io.StringIO(content.decode()))))
    spent = milliseconds(ours)
    figure = Figure(
        name=f"{rows:,} x 30 cells read and checked",
        value=spent / 1000,
        unit="s",
        baseline=plain / 1000,
        baseline_name="csv reading alone",
        gate="< 30 s",
        passed=spent < 30_000,
    )
    return figure if rows == 100_000 else replace(figure, passed=None)


def _statement(lines: int, open_items: int) -> bytes:
    total = 0
    body = [":20:BENCH", ":25:12030000/0000202051", ":28C:1/1", ":60F:C261124EUR0,00"]
    for number in range(lines):
        cents = 10_000 + number % open_items
        total += cents
        body.append(f":61:2611241124CR{cents // 100},{cents % 100:02d}N062NONREF")
        body.append(
            f":86:166?00GUTSCHRIFT?20SVWZ+RE-2026-{number % open_items:06d} vom 1.11."
            f"?32KUNDE {number}"
        )
    body.append(f":62F:C261124EUR{total // 100},{total % 100:02d}")
    return ("\r\n".join(body) + "\r\n").encode()
