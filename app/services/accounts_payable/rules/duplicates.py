"""What tells an invoice that came before: seller, number and amount, however it was sent."""

import hashlib
import re
from collections.abc import Iterable, Mapping
from typing import Final

from app.services.accounts_payable.findings import Finding, Place, error, warning
from app.services.accounts_payable.invoice import Invoice
from app.services.accounts_payable.rules.names import core_name

SIGNS: Final = re.compile(r"[\W_]+")


def fingerprints(invoice: Invoice) -> tuple[str, ...]:
    """`exact:…` (seller, number, gross) and `number:…` (seller, number), by VAT id and by name."""
    number = SIGNS.sub("", (invoice.id or "").casefold()).lstrip("0")
    if not number:
        return ()
    gross = invoice.totals.gross
    amount = f"{gross.normalize():f}{invoice.currency}" if gross is not None else ""
    kind = "credit" if invoice.is_credit_note else "invoice"
    found: list[str] = []
    for seller in _sellers(invoice):
        found += [
            f"exact:{_hash(kind, seller, number, amount)}",
            f"number:{_hash(kind, seller, number)}",
        ]
    return tuple(found)


def file_fingerprint(content: bytes) -> str:
    """The very same file, readable or not."""
    return f"file:{hashlib.sha256(content).hexdigest()}"


def duplicate_findings(
    marks: Iterable[str], *, number: str | None, known: Mapping[str, str], place: Place
) -> list[Finding]:
    """The invoice was here before (error), or another one of this number (warning)."""
    met = sorted((mark, known[mark]) for mark in marks if mark in known)
    for mark, reference in met:  # "exact" and "file" sort before "number"
        if mark.startswith("exact:"):
            return [error("AP-DUPLICATE", place, number=number, reference=reference)]
        if mark.startswith("file:"):
            return [error("AP-SAME-FILE", place, reference=reference)]
    for _, reference in met:
        return [warning("AP-DUPLICATE-NUMBER", place, number=number, reference=reference)]
    return []


def _sellers(invoice: Invoice) -> list[str]:
    seller = invoice.seller
    vat_id = SIGNS.sub("", (seller.vat_id or "").casefold())
    name = core_name(seller.name or seller.trading_name or "")
    return [one for one in (vat_id, name) if one]


def _hash(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
