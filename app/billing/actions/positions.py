"""The positions of an invoice, and which entries of the ledger are behind each."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import insert, text

from app.billing.invoice_models import Invoice, InvoiceLine
from app.billing.rules.charges import Charge
from app.kernel.ids import new_id
from tenants.db import db


def write(invoice: Invoice, charges: Sequence[Charge]) -> None:
    """The positions, and which entries are behind them; a few statements however many."""
    ids = [new_id() for _ in charges]
    rows = [
        {
            "id": line_id,
            "tenant_id": invoice.tenant_id,
            "invoice_id": invoice.id,
            "position": position,
            "kind": charge.kind.value,
            "contract_line_id": charge.contract_line_id,
            "service_key": charge.service_key,
            "title": charge.title,
            "params": dict(charge.params),
            "quantity": charge.quantity,
            "unit_price": charge.unit_price,
            "net_minor": charge.net_minor,
            "vat_category": charge.vat_category,
            "vat_percent": charge.vat_percent,
        }
        for position, (line_id, charge) in enumerate(zip(ids, charges, strict=True), start=1)
    ]
    db.session.execute(insert(InvoiceLine), rows)
    _write_evidence(invoice, ids, charges)


_EVIDENCE = text(
    "insert into provider.billed_entry"
    " (line_id, usage_entry_id, tenant_id, invoice_id, is_first, is_live)"
    " select line, entry, :tenant_id, :invoice_id, is_first, true"
    " from unnest(cast(:lines as uuid[]), cast(:entries as uuid[]), cast(:firsts as bool[]))"
    " as behind(line, entry, is_first)"
)
"""One statement however many entries there are: three arrays instead of as many rows."""


def _write_evidence(invoice: Invoice, ids: Sequence[UUID], charges: Sequence[Charge]) -> None:
    lines: list[UUID] = []
    entries: list[UUID] = []
    for line_id, charge in zip(ids, charges, strict=True):
        lines += [line_id] * len(charge.entries)
        entries += charge.entries
    if not entries:
        return
    seen: set[UUID] = set()
    firsts = []
    for one in entries:
        firsts.append(one not in seen)
        seen.add(one)
    db.session.execute(
        _EVIDENCE,
        {
            "tenant_id": invoice.tenant_id,
            "invoice_id": invoice.id,
            "lines": lines,
            "entries": entries,
            "firsts": firsts,
        },
    )
