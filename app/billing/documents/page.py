"""The page of a bill: what is to be seen on it, in the client's language."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from app.adapters.einvoice import page
from app.billing.documents.words import day, number, title, word
from app.billing.rules.bill import Bill, BillLine
from app.billing.rules.kinds import InvoiceType
from app.kernel.money import digits


def printed(
    bill: Bill, *, xml: bytes | None, logo: bytes | None, texts: Mapping[str, str], collected: bool
) -> bytes:
    """The PDF. `texts`: the provider's own `intro` and `closing`; `collected`: by ourselves."""
    shown = _shown(bill, texts=texts, collected=collected)
    pdf = page.printed(shown, logo=logo)
    return pdf if xml is None else page.with_xml(pdf, xml, shown=shown)


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
