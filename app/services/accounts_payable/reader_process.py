"""What happens inside the sandbox: one file is read, checked and turned into proposed values.

In: one line of JSON about the order, then the file's bytes. Out: JSON. No database, no network, no
secrets: see app.kernel.sandbox.
"""

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.services.accounts_payable.accounts import Chart
from app.services.accounts_payable.findings import Finding
from app.services.accounts_payable.proposal import Order, propose
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check
from app.services.accounts_payable.rules.duplicates import fingerprints


def request(content: bytes, *, filename: str, order: Mapping[str, Any]) -> bytes:
    """The bytes that `read_document` understands."""
    return json.dumps({"filename": filename, **order}).encode() + b"\n" + content


def read_document(payload: bytes) -> bytes:
    """Read, check, propose. Never raises for a broken file."""
    head, _, content = payload.partition(b"\n")
    order = json.loads(head)
    reading = read_file(content, order["filename"])
    findings = list(reading.findings)
    answer: dict[str, Any] = {"is_invoice": reading.invoice is not None}
    if reading.invoice is not None:
        invoice = reading.invoice
        context = Context(
            today=date.fromisoformat(order["today"]), client_names=(order["client_name"],)
        )
        findings += check(invoice, context=context)
        proposed = propose(
            invoice,
            order=Order(
                cost_centre=order["cost_centre"],
                order_number=order["order_number"],
                chart=Chart(order["chart"]),
            ),
        )
        answer |= {
            "number": invoice.id or "",
            "supplier": invoice.seller.name or invoice.seller.trading_name or "",
            "number_place": str(invoice.place("BT-1")),
            "fingerprints": fingerprints(invoice),
            "values": {key: [one.value, one.place] for key, one in proposed.items()},
        }
    answer["findings"] = [_plain(one) for one in findings]
    return json.dumps(answer).encode()


def _plain(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": str(finding.severity),
        "place": str(finding.place),
        "params": dict(finding.params),
    }
