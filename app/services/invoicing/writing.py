"""The approved values as an electronic invoice, and what is to be seen on its page."""

from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from app.adapters.einvoice.document import Account, EInvoice, Line, Party, TaxGroup
from app.books.ibans import grouped
from app.kernel.spoken import speaker, written
from app.kernel.text import Text
from app.services.invoicing.rules import (
    CATEGORIES,
    VatCase,
    groups,
    is_correction,
    is_leitweg,
)
from app.services.invoicing.units import UNITS

REASONS: Final = {
    VatCase.REVERSE_CHARGE: Text("Reverse charge: the recipient owes the VAT."),
    VatCase.INTRA_COMMUNITY: Text("Tax-exempt delivery within the community."),
    VatCase.SMALL_BUSINESS: Text("No VAT is charged: small business under § 19 UStG."),
}
INVOICE: Final = "380"
CORRECTION: Final = "381"
"""UNTDID 1001."""
LEITWEG: Final = "0204"
MAIL: Final = "EM"


def einvoice(values: Mapping[str, Any]) -> EInvoice:
    """As EN 16931 says it; `values` are loaded, not JSON."""
    category = CATEGORIES[values["vat_case"]]
    lines = tuple(
        Line(
            position=number,
            name=row["name"],
            note=row["note"],
            quantity=row["quantity"],
            unit=row["unit"],
            unit_price=row["unit_price"],
            net=row["net"],
            category=category,
            percent=row["vat_rate"] or Decimal(0),
        )
        for number, row in enumerate(values["positions"], start=1)
    )
    reason = reason_of(values)
    return EInvoice(
        number=values["invoice_number"],
        type_code=CORRECTION if is_correction(values) else INVOICE,
        currency=values["currency"],
        issued_on=values["issued_on"],
        due_on=values["due_on"],
        since=values["since"],
        until=values["until"],
        seller=_seller(values),
        buyer=_buyer(values),
        account=Account(
            iban=values["iban"].upper(), name=values["seller_name"], bic=values["bic"].upper()
        ),
        buyer_reference=values["buyer_reference"] or values["invoice_number"],
        order=values["order_number"],
        corrects=(
            (values["corrects_number"], values["corrects_on"]) if is_correction(values) else None
        ),
        notes=(reason,) if reason else (),
        terms=_terms(values),
        ships_to_buyer=values["vat_case"] == VatCase.INTRA_COMMUNITY,
        lines=lines,
        taxes=tuple(
            TaxGroup(
                category=category, percent=one.percent, net=one.net, tax=one.tax, reason=reason
            )
            for one in groups([(line.percent, line.net) for line in lines])
        ),
        net=values["net"],
        tax=values["tax"],
        gross=values["gross"],
    )


def reason_of(values: Mapping[str, Any]) -> str:
    """Why no VAT is charged, in the invoice's language; empty where it is."""
    case = values["vat_case"]
    if case == VatCase.EXEMPT:
        return str(values["exemption_reason"])
    return speaker(values["language"])(REASONS[case]) if case in REASONS else ""


def _terms(values: Mapping[str, Any]) -> str:
    """Cash discount as XRechnung writes it, one line each (BR-DE-18); what is taken back."""
    if is_correction(values):
        return _takes_back(values)
    if not values["discount_percent"]:
        return ""
    return f"#SKONTO#TAGE={values['discount_days']}#PROZENT={values['discount_percent']:.2f}#\n"


def _takes_back(values: Mapping[str, Any]) -> str:
    told = Text(
        "This correction takes back the invoice %(number)s of %(day)s.",
        number=values["corrects_number"],
        day=values["corrects_on"],
    )
    return speaker(values["language"])(told)


def _seller(values: Mapping[str, Any]) -> Party:
    return _party(
        values,
        "seller",
        tax_number=values["seller_tax_number"],
        contact=values["seller_contact"],
        phone=values["seller_phone"],
    )


def _buyer(values: Mapping[str, Any]) -> Party:
    reference = values["buyer_reference"].strip()
    public = is_leitweg(reference)
    address = (reference, LEITWEG) if public else (values["buyer_email"], MAIL)
    return _party(values, "buyer", address=address)


def _party(values: Mapping[str, Any], side: str, **more: Any) -> Party:
    both = ("name", "street", "postcode", "city", "country", "vat_id", "email")
    return Party(**{key: values[f"{side}_{key}"] for key in both}, **more)


def shown(values: Mapping[str, Any], bill: EInvoice) -> dict[str, Any]:
    """The page: every text in the invoice's language."""
    locale = values["language"]
    say = speaker(locale)
    heads = (
        *(Text("Position"), Text("Service"), Text("Quantity")),
        *(Text("Unit price"), Text("VAT"), Text("Amount")),
    )
    return {
        "language": locale,
        "title": say(Text("Invoice correction") if is_correction(values) else Text("Invoice")),
        "number": bill.number,
        "seller_name": bill.seller.name,
        "sender": [bill.seller.street, f"{bill.seller.postcode} {bill.seller.city}"],
        "recipient": _recipient(bill),
        "facts": _facts(values, bill),
        "opening": [_takes_back(values)] if is_correction(values) else [],
        "heads": [say(one) for one in heads],
        "rows": [_row(line, locale) for line in bill.lines],
        "sums": _sums(bill, locale),
        "gross": [say(Text("Gross total")), _money(bill.gross, locale)],
        "closing": _closing(values, bill),
        "foot": _foot(bill, values["language"]),
        "words": {"page": say(Text("Page"))},
    }


def _recipient(bill: EInvoice) -> list[str]:
    buyer = bill.buyer
    lines = [buyer.name, buyer.street, f"{buyer.postcode} {buyer.city}"]
    return lines if buyer.country == bill.seller.country else [*lines, buyer.country]


def _facts(values: Mapping[str, Any], bill: EInvoice) -> list[tuple[str, str]]:
    locale = values["language"]
    say = speaker(locale)
    days = dict.fromkeys((bill.since, bill.until))
    period = " – ".join(written(day, locale) for day in days)  # noqa: RUF001
    facts = [
        (say(Text("Invoice date")), written(bill.issued_on, locale)),
        (say(Text("Service period")), period),
        (say(Text("Due on")), "" if is_correction(values) else written(bill.due_on, locale)),
        (say(Text("Order number")), bill.order),
        (say(Text("Your reference")), values["buyer_reference"]),
        (say(Text("Your VAT id")), bill.buyer.vat_id),
    ]
    return [fact for fact in facts if fact[1]]


def _row(line: Line, locale: str) -> dict[str, str]:
    unit = speaker(locale)(UNITS[line.unit][0])
    places = max(2, -int(line.unit_price.normalize().as_tuple().exponent))
    return {
        "position": str(line.position),
        "name": line.name,
        "note": line.note,
        "quantity": f"{written(_bare(line.quantity), locale)} {unit}",
        "price": written(line.unit_price.quantize(Decimal(1).scaleb(-places)), locale),
        "rate": f"{written(_bare(line.percent), locale)} %",
        "amount": written(line.net, locale),
    }


def _bare(value: Decimal) -> Decimal:
    """Without needless zeros, and without an exponent."""
    return Decimal(f"{value.normalize():f}")


def _money(amount: Decimal, locale: str) -> str:
    return f"{written(amount, locale)} EUR"


def _sums(bill: EInvoice, locale: str) -> list[tuple[str, str]]:
    say = speaker(locale)
    rows = [(say(Text("Net total")), _money(bill.net, locale))]
    for one in bill.taxes:
        if one.percent:
            label = Text("VAT %(percent)s %%", percent=written(_bare(one.percent), locale))
            rows.append((say(label), _money(one.tax, locale)))
    return rows


def _closing(values: Mapping[str, Any], bill: EInvoice) -> list[str]:
    locale = values["language"]
    say = speaker(locale)
    said = [reason_of(values)]
    if bill.gross > 0 and not is_correction(values):
        asked = Text(
            "Please transfer %(gross)s by %(due)s, naming %(number)s.",
            gross=_money(bill.gross, locale),
            due=bill.due_on,
            number=bill.number,
        )
        said.append(say(asked))
    if values["discount_percent"]:
        until = bill.issued_on + timedelta(days=values["discount_days"])
        offered = Text(
            "Cash discount of %(percent)s %% on payment by %(until)s.",
            percent=_bare(values["discount_percent"]),
            until=until,
        )
        said.append(say(offered))
    return [one for one in said if one]


def _foot(bill: EInvoice, locale: str) -> list[list[str]]:
    seller, account, say = bill.seller, bill.account, speaker(locale)
    ids = [(Text("VAT id"), seller.vat_id), (Text("Tax number"), seller.tax_number)]
    known = [
        [seller.name, seller.street, f"{seller.postcode} {seller.city}"],
        [seller.contact, seller.phone, seller.email],
        [
            f"IBAN {grouped(account.iban)}",
            f"BIC {account.bic}" if account.bic else "",
            *(f"{say(label)} {number}" for label, number in ids if number),
        ],
    ]
    return [[line for line in lines if line] for lines in known]
