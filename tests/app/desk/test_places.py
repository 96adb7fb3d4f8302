"""Where a finding is, in the reader's words."""

from flask import Flask
from flask_babel import force_locale

from app.desk.shown import labelled
from app.services.invoicing.schemas import InvoicingOrder
from app.web.schema_forms import form_fields


def test_fields_and_cells_have_their_labels_and_files_stay(app: Flask) -> None:
    row = {"name": "A", "quantity": "1", "unit_price": "5"}
    with app.test_request_context(), force_locale("de"):
        views = form_fields(InvoicingOrder, values={"positions": [row, row]})
        assert labelled("iban", views) == "IBAN"
        assert labelled("positions 2 unit_price", views) == "Positionen 2: Einzelpreis"
        path = "BT-84 /rsm:CrossIndustryInvoice/ram:Means[1]/ram:IBANID"
        assert labelled(path, views) == "BT-84 IBANID"
        for place in ("positions 9 unit_price", "positions 2 x", "positions two", "p.csv:2 Menge"):
            assert labelled(place, views) == place
