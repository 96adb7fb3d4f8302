"""Of whichever table a statement reads clients' rows, and however, the narrowing sees it."""

from typing import Any

import pytest
from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from app.billing.invoice_models import Invoice, RatingRun
from app.clients.models import Contract
from app.staffing.served import asked_of

OTHER = aliased(Invoice)
INNER = select(Invoice.number).where(Invoice.gross_minor > 0)


@pytest.mark.parametrize(
    "statement",
    [
        select(Invoice),
        select(Invoice.number),
        select(func.max(Invoice.gross_minor)),
        select(func.count()).select_from(Invoice),
        select(OTHER),
        select(OTHER.number),
        select(RatingRun.id).join(Invoice, Invoice.run_id == RatingRun.id),
        select(RatingRun.id).where(exists().where(Invoice.run_id == RatingRun.id)),
        select(RatingRun.id).where(RatingRun.id.in_(select(Invoice.run_id))),
        select(RatingRun.id, select(func.count(Invoice.id)).scalar_subquery()),
        select(INNER.subquery().c.number),
        select(INNER.cte().c.number),
        INNER.union_all(select(RatingRun.state)),
        select(RatingRun.id).order_by(Invoice.number),
        update(Invoice).values(number="1"),
        delete(Invoice).where(Invoice.gross_minor == 0),
    ],
)
def test_invoices_are_found_in_any_statement(statement: Any) -> None:
    assert Invoice in asked_of(statement)


def test_nothing_else_is_found() -> None:
    assert asked_of(select(Invoice)) == {Invoice}
    assert asked_of(select(Contract).join(Invoice, Invoice.tenant_id == Contract.tenant_id)) == {
        Contract,
        Invoice,
    }
