"""Make the documents of an invoice, and say what keeps it from being issued."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from app.adapters.einvoice import checking, cii
from app.billing.documents import einvoice, page, words
from app.billing.rules.bill import Bill, BillLine, BillTax
from app.billing.rules.charges import ChargeKind
from app.billing.rules.checks import Finding, findings
from app.billing.rules.kinds import Collection, DocumentKind, InvoiceType
from app.billing.rules.parties import BuyerDetails, SellerDetails
from app.billing.rules.rounding import price_of
from app.billing.rules.terms import Month
from app.catalogue.service import service
from app.kernel.errors import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """One of an invoice's files."""

    kind: DocumentKind
    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What the provider adds to its pages."""

    logo: bytes | None = None
    texts: dict[str, Any] | None = None


def bill_of(
    invoice: Any,
    lines: Sequence[Any],
    *,
    contract: str,
    corrects: tuple[str, date] | None = None,
) -> Bill:
    """An invoice and its lines as values, in the document's language; a correction's turned."""
    sign = -1 if invoice.document_type is InvoiceType.CORRECTION else 1
    locale, currency = words.language(invoice.locale), invoice.currency
    month = Month(first=invoice.period)
    return Bill(
        number=invoice.number,
        kind=invoice.document_type,
        locale=locale,
        currency=currency,
        issued_on=invoice.issued_on,
        due_on=invoice.due_on,
        since=month.first,
        until=month.last,
        seller=SellerDetails.of(invoice.seller),
        buyer=BuyerDetails.of(invoice.buyer),
        contract=contract,
        corrects=corrects,
        reason=invoice.reason,
        lines=tuple(_line(line, locale=locale, currency=currency, sign=sign) for line in lines),
        taxes=tuple(
            _tax(one, locale=locale, currency=currency, sign=sign) for one in invoice.vat_groups
        ),
        net=price_of(sign * invoice.net_minor, currency),
        tax=price_of(sign * invoice.vat_minor, currency),
        gross=price_of(sign * invoice.gross_minor, currency),
    )


def _line(line: Any, *, locale: str, currency: str, sign: int) -> BillLine:
    shown = words.name_of(
        line.kind,
        title=line.title,
        service=service_name(line.service_key, locale),
        params=line.params,
        locale=locale,
    )
    return BillLine(
        position=line.position,
        name=shown,
        note=words.note_of(line.params, locale),
        quantity=sign * line.quantity,
        unit="HUR" if line.kind == ChargeKind.HOURS else "C62",
        unit_price=line.unit_price,
        net=price_of(sign * line.net_minor, currency),
        category=line.vat_category,
        percent=line.vat_percent,
    )


def _tax(group: dict[str, Any], *, locale: str, currency: str, sign: int) -> BillTax:
    category = group["category"]
    return BillTax(
        category=category,
        percent=Decimal(group["percent"]),
        net=price_of(sign * group["net_minor"], currency),
        tax=price_of(sign * group["vat_minor"], currency),
        reason=words.word(category, locale) if category in ("AE", "E") else "",
    )


def service_name(key: str, locale: str) -> str:
    """A service as the client reads it."""
    if not key:
        return ""
    try:
        return words.service_title(service(key).title, locale)
    except NotFound:
        return key


def files(bill: Bill, *, look: Look, collection: Collection) -> list[File]:
    """The PDF, and the XRechnung where the currency allows for one."""
    texts = (look.texts or {}).get(bill.locale, {})
    collected = collection is Collection.CHARGE_AUTOMATICALLY
    inner = cii.written(einvoice.of(bill), guideline=cii.EN16931) if bill.has_xml else None
    pdf = page.printed(bill, xml=inner, logo=look.logo, texts=texts, collected=collected)
    found = [File(kind=DocumentKind.PDF, name=f"{bill.number}.pdf", content=pdf)]
    if bill.has_xml:
        xml = cii.written(einvoice.of(bill), guideline=cii.XRECHNUNG)
        found.append(File(kind=DocumentKind.XML, name=f"{bill.number}.xml", content=xml))
    return found


def what_is_wrong(bill: Bill) -> list[Finding]:
    """Our own rules, then the schema and the rules of EN 16931 and XRechnung."""
    found = list(findings(bill))
    if found or not bill.has_xml:
        return found
    xml = cii.written(einvoice.of(bill), guideline=cii.XRECHNUNG)
    return [Finding(code=rule, detail=said) for rule, said in checking.violations(xml)]
