"""Forms from schemas: what a person types becomes what the schema takes, in both languages."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask, get_template_attribute
from flask_babel import force_locale
from marshmallow import Schema, fields, validate
from werkzeug.datastructures import MultiDict

from app.web.schema_forms import form_fields, sent_values


class Row(Schema):
    account = fields.String(metadata={"label": "Account"})
    net = fields.Decimal(metadata={"label": "Net"})


class Paper(Schema):
    kind = fields.String(
        validate=validate.OneOf(["a", "b"], labels=["Alpha", "Beta"]), metadata={"label": "Kind"}
    )
    issued = fields.Date(required=True, metadata={"label": "Issued"})
    net = fields.Decimal(required=True, metadata={"label": "Net"})
    paid = fields.Boolean(metadata={"label": "Paid"})
    rows = fields.List(fields.Nested(Row), metadata={"label": "Rows"})


@pytest.fixture
def german(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("de"):
        yield


@pytest.fixture
def english(app: Flask) -> Iterator[None]:
    with app.test_request_context(), force_locale("en"):
        yield


BOTH = [
    ("1284.50", "1284.50"),
    ("1.284,50", "1284.50"),
    ("1,284.50", "1284.50"),
    ("1284,5", "1284.5"),
    ("-12,00", "-12.00"),
    ("1.234.567", "1234567"),
    ("1.234.567,89", "1234567.89"),
    ("1\u00a0284,50 €", "1284.50"),
    ("84", "84"),
    ("1.2.3", "1.2.3"),
    ("twelve", "twelve"),
]


@pytest.mark.usefixtures("german")
@pytest.mark.parametrize(("typed", "meant"), [*BOTH, ("1.284", "1284"), ("1,284", "1.284")])
def test_amounts_typed_in_german(typed: str, meant: str) -> None:
    assert sent_values(Paper, MultiDict({"net": typed}))["net"] == meant


@pytest.mark.usefixtures("english")
@pytest.mark.parametrize(("typed", "meant"), [*BOTH, ("1,284", "1284"), ("1.284", "1.284")])
def test_amounts_typed_in_english(typed: str, meant: str) -> None:
    assert sent_values(Paper, MultiDict({"net": typed}))["net"] == meant


@pytest.mark.parametrize("odd", ["1e9999999", "1e-9999999", "1e999999", "NaN", "Infinity"])
def test_an_amount_that_cannot_be_written_out_stands_as_typed(odd: str) -> None:
    """Drafts keep whatever somebody typed: no page may break over it."""
    views = form_fields(Paper, values={"net": odd})
    assert [view.shown for view in views if view.name == "net"] == [odd]


@pytest.mark.usefixtures("german")
def test_what_is_shown_can_be_sent_again() -> None:
    values = {"net": "1284.50", "issued": "2026-11-23", "kind": "b"}
    kind, issued, net, *_rest = form_fields(Paper, values=values)
    assert (kind.shown, issued.shown, net.shown) == ("Beta", "23.11.2026", "1.284,50")
    assert (kind.typed, issued.typed, net.typed) == ("b", "2026-11-23", "1.284,50")
    assert sent_values(Paper, MultiDict({"net": net.typed}))["net"] == "1284.50"


@pytest.mark.usefixtures("english")
def test_a_correction_keeps_what_was_read_and_where() -> None:
    place = "BT-109 /Invoice/cac:LegalMonetaryTotal/cbc:TaxExclusiveAmount"
    proposed = {
        "net": {"value": "10.00", "place": place},
        "kind": {"value": "a", "place": "page 2"},
    }
    kind, _issued, net, *_rest = form_fields(
        Paper, values={"net": "12.00", "kind": "a"}, proposed=proposed
    )
    assert (net.was, net.short_place) == ("10.00", "BT-109 TaxExclusiveAmount")
    assert (kind.was, kind.short_place) == ("", "page 2")
    same = form_fields(Paper, values={"net": "10.00"}, proposed={"net": {"value": "10"}})[2]
    assert same.was == "", "the same amount, written otherwise"


@pytest.mark.usefixtures("english")
def test_rows_come_back_and_empty_ones_are_dropped() -> None:
    form = MultiDict(
        {"rows-0-account": "4400", "rows-0-net": "1,284.00", "rows-1-account": "", "paid": "1"}
    )
    sent = sent_values(Paper, form)
    assert sent["rows"] == [{"account": "4400", "net": "1284.00"}]
    assert sent["paid"] is True
    proposed = {"rows": {"value": [{"account": "4000", "net": "1284.00"}], "place": ""}}
    rows = form_fields(Paper, values=sent, proposed=proposed)[-1]
    assert rows.proposed_rows == [["4000", "1,284.00"]]
    assert len(rows.rows) == 2


@pytest.mark.usefixtures("english")
def test_text_that_is_no_value_is_shown_as_it_is() -> None:
    _kind, issued, net, *_rest = form_fields(Paper, values={"net": "twelve", "issued": "soon"})
    assert (issued.shown, net.shown) == ("soon", "twelve")


class Letter(Schema):
    body = fields.String(metadata={"label": "Text", "widget": "textarea"})


class Letters(Schema):
    rows = fields.List(fields.Nested(Letter), metadata={"label": "Rows"})


@pytest.mark.usefixtures("english")
def test_a_text_of_several_lines_in_a_row_keeps_them() -> None:
    """A one-line input would lose them with the first saving of anything."""
    values = {"rows": [{"body": "Dear Sir,\n\nthank you."}]}
    proposed = {"rows": {"value": values["rows"], "place": ""}}
    page = get_template_attribute("components/schema.html", "schema_fields")
    drawn = page(form_fields(Letters, values=values))
    assert re.search(r'<textarea[^>]*name="rows-0-body"[^>]*>Dear Sir,\n\nthank you.<', drawn)
    sent = sent_values(Letters, MultiDict({"rows-0-body": "Dear Sir,\r\n\r\nthank you."}))
    assert sent == values
    (rows,) = form_fields(Letters, values=sent, proposed=proposed)
    assert rows.proposed_rows == []
    told = get_template_attribute("components/schema.html", "schema_facts")
    assert "rows-wide" in told([rows])


class Paid(Schema):
    account = fields.String(metadata={"label": "Account"})
    paid = fields.Boolean(load_default=False, metadata={"label": "Paid"})


class PaidRows(Schema):
    rows = fields.List(fields.Nested(Paid), metadata={"label": "Rows"})


@pytest.mark.usefixtures("english")
def test_ticks_in_rows_are_sent_and_a_spare_row_is_none() -> None:
    form = {"rows-0-account": "4400", "rows-0-paid": "1", "rows-1-account": "", "rows-2-paid": "1"}
    sent = sent_values(PaidRows, MultiDict(form))
    assert sent["rows"] == [{"account": "4400", "paid": True}]
    (rows,) = form_fields(PaidRows, values=sent)
    assert [view.widget for view in rows.rows[0]] == ["text", "tick"]


@pytest.mark.usefixtures("english")
def test_no_row_is_lost_however_many_there_are() -> None:
    form = MultiDict({f"rows-{number}-account": str(number) for number in range(1200)})
    assert len(sent_values(PaidRows, form)["rows"]) == 1200


@pytest.mark.usefixtures("english")
def test_columns_that_no_row_fills_are_not_told() -> None:
    given = [{"account": "4400", "paid": False}, {"account": "4930"}, {"account": "4940"}]
    (rows,) = form_fields(PaidRows, values={"rows": given})
    told = [[view.shown for view in row] for row in rows.told_rows]
    assert told == [["4400"], ["4930"], ["4940"]]


class Told(Row):
    paid = fields.Boolean(load_default=False, metadata={"label": "Paid"})


class Ordered(Schema):
    rows = fields.List(fields.Nested(Told), metadata={"label": "Rows"})


@pytest.mark.usefixtures("german")
def test_rows_are_told_line_by_line() -> None:
    """Beside an order, where no table is drawn; the spare row is none, a tick is its name."""
    values = {"rows": [{"account": "4930", "net": "1.5", "paid": True}, {"account": "4940"}]}
    (rows,) = form_fields(Ordered, values=values)
    assert rows.shown.splitlines() == ["4930 · 1,50 · Bezahlt", "4940"]
    assert form_fields(Ordered, values={})[0].shown == ""


@pytest.mark.usefixtures("german")
def test_a_time_is_shown_as_a_reader_writes_it_and_what_a_default_said_is_no_change() -> None:
    proposed = {"rows": {"value": [{"account": "2026-11-25 09:00"}], "place": ""}}
    values = {"rows": [{"account": "2026-11-25 09:00", "paid": False}]}
    (rows,) = form_fields(Ordered, values=values, proposed=proposed)
    assert rows.rows[0][0].shown == "25.11.2026, 09:00"
    assert rows.rows[0][0].typed == "2026-11-25 09:00"
    assert rows.proposed_rows == []
    values["rows"][0]["paid"] = True
    (rows,) = form_fields(Ordered, values=values, proposed=proposed)
    assert rows.proposed_rows == [["25.11.2026, 09:00", "", "Nein"]]
