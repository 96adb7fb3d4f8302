"""What a requester fills in for an invoice to a customer, and what the clerk checks."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from app.services.invoicing.rules import VatCase, faults, groups, line_faults, line_net
from app.services.invoicing.texts import finding_text, told_of
from app.services.invoicing.units import UNITS

NOT_THE_POSITIONS: Final = "The positions do not add up to this amount."
CASES: Final = (
    *("VAT is charged", "Reverse charge (§ 13b UStG, services abroad in the EU)"),
    *("Delivery within the community", "Small business (§ 19 UStG)", "Exempt"),
)


def _text(label: str, most: int = 100, **more: Any) -> Any:
    return fields.String(
        load_default="", validate=validate.Length(max=most), metadata={"label": label, **more}
    )


def _day(label: str, **more: Any) -> Any:
    return fields.Date(allow_none=True, load_default=None, metadata={"label": label, **more})


def _decimal(label: str, *, least: int | None = None, most: int | None = None, **more: Any) -> Any:
    return fields.Decimal(
        as_string=True,
        allow_nan=False,
        validate=validate.Range(min=least, max=most),
        metadata={"label": label, "widget": "amount"},
        **more,
    )


def _country(label: str) -> Any:
    return fields.String(
        load_default="DE",
        validate=validate.Regexp(r"^[A-Z]{2}$", error="Two letters, e.g. DE."),
        metadata={"label": label, "hint": "Two letters, e.g. DE."},
    )


class OrderedPosition(Schema):
    """A position as the client writes it down."""

    name = fields.String(
        required=True, validate=validate.Length(min=1, max=200), metadata={"label": "Name"}
    )
    note = _text("Note", 500)
    quantity = _decimal("Quantity", load_default=Decimal(1))
    unit = fields.String(
        load_default="C62",
        validate=validate.OneOf(list(UNITS), labels=[text.msgid for text, _ in UNITS.values()]),
        metadata={"label": "Unit"},
    )
    unit_price = _decimal("Unit price", required=True)
    vat_rate = _decimal(
        "VAT rate (per cent)", least=0, most=100, allow_none=True, load_default=None
    )


class Position(OrderedPosition):
    """A position with what it comes to."""

    net = _decimal("Net", required=True)


class _Customer(Schema):
    """Who gets the invoice."""

    buyer_name = fields.String(
        required=True, validate=validate.Length(min=1, max=100), metadata={"label": "Customer"}
    )
    buyer_street = _text("Customer: street and number")
    buyer_postcode = _text("Customer: postcode", 20)
    buyer_city = _text("Customer: town")
    buyer_country = _country("Customer: country")
    buyer_vat_id = _text("Customer: VAT id", 20)
    buyer_email = _text("Customer: e-mail for invoices")
    buyer_reference = _text(
        "Reference (Leitweg-ID)", 60, hint="For public bodies the Leitweg-ID, else what they ask."
    )
    order_number = _text("Order number", 60)


class _Terms(Schema):
    """How it is taxed, paid and written."""

    vat_case = fields.String(
        load_default=VatCase.STANDARD.value,
        validate=validate.OneOf([one.value for one in VatCase], labels=CASES),
        metadata={"label": "VAT"},
    )
    exemption_reason = _text("Why no VAT is charged", 200, hint="E.g. § 4 no. 21 UStG.")
    corrects_number = _text(
        "Takes back the invoice", 40, hint="Its number: then this is an invoice correction."
    )
    corrects_on = _day("Date of the invoice taken back")
    discount_percent = _decimal("Cash discount in percent", least=0, most=20, load_default=0)
    discount_days = fields.Integer(
        load_default=0,
        validate=validate.Range(min=0, max=90),
        metadata={"label": "Cash discount for how many days?"},
    )
    language = fields.String(
        load_default="de",
        validate=validate.OneOf(["de", "en"], labels=["German language", "English language"]),
        metadata={"label": "Language of the invoice"},
    )
    chart = fields.String(
        load_default="SKR03",
        validate=validate.OneOf(["SKR03", "SKR04"]),
        metadata={"label": "Chart of accounts"},
    )


class _Issuer(Schema):
    """Who bills."""

    seller_name = _text(
        "Issuer", hint="Leave the issuer empty to use the one of your last invoice."
    )
    seller_street = _text("Issuer: street and number")
    seller_postcode = _text("Issuer: postcode", 20)
    seller_city = _text("Issuer: town")
    seller_country = _text("Issuer: country", 2)
    seller_vat_id = _text("Issuer: VAT id", 20)
    seller_tax_number = _text("Issuer: tax number", 30)
    seller_contact = _text("Issuer: contact")
    seller_phone = _text("Issuer: phone", 40)
    seller_email = _text("Issuer: e-mail")
    iban = _text("IBAN", 42)
    bic = _text("BIC", 11)


class _Ordered(Schema):
    """What is billed, as the client writes it down."""

    positions = fields.List(
        fields.Nested(OrderedPosition),
        load_default=list,
        metadata={
            "label": "Positions",
            "widget": "rows",
            "hint": "Or hand in a list as CSV or XLSX.",
        },
    )
    since = _day("Service from")
    until = _day("Service until", hint="Leave empty where it was one day.")
    issued_on = _day("Invoice date", hint="Leave empty for today.")
    payment_days = fields.Integer(
        load_default=14,
        validate=validate.Range(min=0, max=180),
        metadata={"label": "Payable within how many days?"},
    )
    invoice_number = _text(
        "Invoice number", 40, hint="Leave empty for the next one after your last."
    )
    number_prefix = _text(
        "Numbers begin with", 20, hint="Leave empty for RE-, the year and a dash."
    )


class InvoicingOrder(_Issuer, _Terms, _Ordered, _Customer):
    """The order form: the last base stands first."""


class _Issued(Schema):
    """What is billed, as it will be issued."""

    invoice_number = fields.String(
        required=True,
        validate=validate.Length(min=1, max=40),
        metadata={"label": "Invoice number"},
    )
    issued_on = fields.Date(required=True, metadata={"label": "Invoice date"})
    since = fields.Date(required=True, metadata={"label": "Service from"})
    until = fields.Date(required=True, metadata={"label": "Service until"})
    due_on = fields.Date(required=True, metadata={"label": "Due on"})
    positions = fields.List(
        fields.Nested(Position),
        required=True,
        validate=validate.Length(min=1, max=1_000),
        metadata={"label": "Positions", "widget": "rows"},
    )
    net = _decimal("Net total", required=True)
    tax = _decimal("VAT total", required=True)
    gross = _decimal("Gross total", required=True)
    currency = fields.String(
        load_default="EUR", validate=validate.OneOf(["EUR"]), metadata={"label": "Currency"}
    )


class InvoicingValues(_Issuer, _Terms, _Issued, _Customer):
    """The invoice as it will be issued."""

    @validates_schema
    def check_invoice(self, values: Mapping[str, Any], **_: Any) -> None:
        """What law or standard forbid is not issued."""
        told = {
            one.field: [finding_text(one.code, told_of(one))]
            for one in faults(values, today=date.max)
            if one.severe
        }
        if told:
            raise ValidationError(told)

    @validates_schema
    def check_sums(self, values: Mapping[str, Any], **_: Any) -> None:
        """Positions, tax and totals agree."""
        rows = values.get("positions") or []
        if not all(key in row for row in rows for key in ("quantity", "unit_price", "net")):
            return
        for row in rows:
            if line_net(row["quantity"], row["unit_price"]) != row["net"]:
                raise ValidationError(NOT_THE_POSITIONS, "positions")
        taxed = groups([(row.get("vat_rate") or Decimal(0), row["net"]) for row in rows])
        net, tax = sum(one.net for one in taxed), sum(one.tax for one in taxed)
        for key, due in (("net", net), ("tax", tax), ("gross", net + tax)):
            if values.get(key) is not None and values[key] != due:
                raise ValidationError(NOT_THE_POSITIONS, key)
        case, on = values.get("vat_case"), values.get("until")
        if case and on:
            _check_rates(case, rows, on)


def _check_rates(case: str, rows: list[Mapping[str, Any]], on: date) -> None:
    for row in rows:
        for one in line_faults(
            case,
            quantity=row["quantity"],
            unit_price=row["unit_price"],
            rate=row.get("vat_rate"),
            on=on,
        ):
            raise ValidationError({"positions": [finding_text(one.code, told_of(one))]})
