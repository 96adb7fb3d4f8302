"""The page of a bill: set by typst as PDF/A-3, with the XML inside where there is one."""

import json
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import facturx
import pypdf
import typst

from app.billing.documents.words import day, number, title, word
from app.billing.rules.bill import Bill, BillLine
from app.billing.rules.kinds import InvoiceType
from app.kernel.money import digits

_TEMPLATE = Path(__file__).parent / "invoice.typ"


def printed(
    bill: Bill, *, xml: bytes | None, logo: bytes | None, texts: Mapping[str, str], collected: bool
) -> bytes:
    """The PDF. `texts`: the provider's own `intro` and `closing`; `collected`: by ourselves."""
    values = {"bill": json.dumps(_shown(bill, texts=texts, collected=collected))}
    with TemporaryDirectory() as folder:
        if logo:
            (Path(folder) / "logo.png").write_bytes(logo)
        place = Path(folder) / "invoice.typ"
        place.write_bytes(_source())
        pdf = bytes(
            typst.compile(
                str(place),
                root=folder,
                sys_inputs={**values, "logo": "yes" if logo else "no"},
                pdf_standards="a-3b",
            )
        )
    return pdf if xml is None else _with_xml(pdf, xml, bill)


@cache
def _source() -> bytes:
    return _TEMPLATE.read_bytes()


def _with_xml(pdf: bytes, xml: bytes, bill: Bill) -> bytes:
    whole: bytes = facturx.generate_from_binary(
        pdf,
        xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=True,
        afrelationship="alternative",
        lang=bill.locale,
        pdf_metadata={
            "author": bill.seller.name,
            "keywords": bill.number,
            "title": f"{title(bill.kind, bill.locale)} {bill.number}",
            "subject": bill.number,
        },
    )
    return whole


def text_of(pdf: bytes) -> str:
    """What a person reads on the pages: to compare it with the books."""
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(pdf)).pages)


def _shown(bill: Bill, *, texts: Mapping[str, str], collected: bool) -> dict[str, Any]:
    words, locale = word, bill.locale
    is_correction = bill.kind is InvoiceType.CORRECTION
    heads = ("position", "service", "quantity", "price", "rate", "amount")
    return {
        "language": locale,
        "title": title(bill.kind, locale),
        "number": bill.number,
        "seller_name": bill.seller.name,
        "sender": [bill.seller.street, f"{bill.seller.postcode} {bill.seller.city}"],
        "recipient": _recipient(bill),
        "facts": _facts(bill),
        "opening": _opening(bill, texts),
        "heads": [words(key, locale) for key in heads],
        "rows": [_row(line, bill) for line in bill.lines],
        "sums": _sums(bill),
        "gross": [
            words("gross_381" if is_correction else "gross", locale),
            _money(bill.gross, bill),
        ],
        "closing": _closing(bill, texts, collected=collected),
        "foot": _foot(bill),
        "words": {"page": words("page", locale)},
    }


def _money(amount: Decimal, bill: Bill) -> str:
    return f"{number(amount, bill.locale, places=digits(bill.currency))} {bill.currency}"


def _recipient(bill: Bill) -> list[str]:
    buyer = bill.buyer
    lines = [buyer.name, buyer.street, f"{buyer.postcode} {buyer.city}"]
    return lines if buyer.country == bill.seller.country else [*lines, buyer.country]


def _facts(bill: Bill) -> list[tuple[str, str]]:
    locale = bill.locale
    period = f"{day(bill.since, locale)} – {day(bill.until, locale)}"  # noqa: RUF001
    facts = [
        (word("issued", locale), day(bill.issued_on, locale)),
        (word("period", locale), period),
        (word("contract", locale), bill.contract),
        (word("reference", locale), bill.buyer.reference),
        (word("vat_id", locale), bill.buyer.vat_id),
    ]
    if bill.kind is InvoiceType.INVOICE:
        facts.insert(2, (word("due", locale), day(bill.due_on, locale)))
    return [fact for fact in facts if fact[1]]


def _opening(bill: Bill, texts: Mapping[str, str]) -> list[str]:
    if bill.corrects is not None:
        corrected, on = bill.corrects
        sentence = word("corrects", bill.locale, number=corrected, day=day(on, bill.locale))
        return [sentence, bill.reason]
    return [texts.get("intro", "")]


def _closing(bill: Bill, texts: Mapping[str, str], *, collected: bool) -> list[str]:
    reasons = [tax.reason for tax in bill.taxes if tax.reason]
    if bill.kind is InvoiceType.CORRECTION or bill.gross <= 0:
        return reasons
    asked = word(
        "collected" if collected else "pay",
        bill.locale,
        gross=_money(bill.gross, bill),
        due=day(bill.due_on, bill.locale),
        number=bill.number,
    )
    return [*reasons, asked, texts.get("closing", "")]


def _row(line: BillLine, bill: Bill) -> dict[str, str]:
    places = digits(bill.currency)
    exact = -int(line.unit_price.normalize().as_tuple().exponent)
    return {
        "position": str(line.position),
        "name": line.name,
        "note": line.note,
        "quantity": number(line.quantity, bill.locale),
        "price": number(line.unit_price, bill.locale, places=max(places, exact)),
        "rate": f"{number(line.percent, bill.locale)} %",
        "amount": number(line.net, bill.locale, places=places),
    }


def _sums(bill: Bill) -> list[tuple[str, str]]:
    rows = [(word("net", bill.locale), _money(bill.net, bill))]
    for tax in bill.taxes:
        label = word(
            "tax",
            bill.locale,
            percent=number(tax.percent, bill.locale),
            net=_money(tax.net, bill),
        )
        rows.append((label, _money(tax.tax, bill)))
    return rows


def _foot(bill: Bill) -> list[list[str]]:
    seller = bill.seller
    bank = [seller.bank, f"IBAN {seller.iban}", f"BIC {seller.bic}" if seller.bic else ""]
    place = f"{seller.postcode} {seller.city}"
    known = [[seller.name, seller.street, place, seller.register]]
    known += [[seller.contact, seller.phone, seller.email, seller.vat_id], bank]
    return [[line for line in lines if line] for lines in known]
