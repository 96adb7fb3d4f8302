"""Reads orders, their changes, despatch advices, invoices and credit notes in UBL 2 (Peppol BIS 3,
XRechnung); invoices as CII too. What is taken off or added on a line is spread over its price;
where a billed line comes to something else than that by its own sum, the sum is what is asked for:
it gives the price, and both are told.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from app.services.procurement.rules import (
    CANCELLATION,
    CENT,
    CHANGE,
    DESPATCH,
    INVOICE,
    ORDER,
    Line,
    Paper,
)

KINDS: Final = {
    "Order": ORDER,
    "OrderChange": CHANGE,
    "OrderCancellation": CANCELLATION,
    "DespatchAdvice": DESPATCH,
    "Invoice": INVOICE,
    "CreditNote": INVOICE,
}
LINES: Final = {
    "Order": "OrderLine/LineItem",
    "OrderChange": "OrderLine/LineItem",
    "OrderCancellation": "OrderLine/LineItem",
    "DespatchAdvice": "DespatchLine",
    "Invoice": "InvoiceLine",
    "CreditNote": "CreditNoteLine",
}
DELETED: Final = "2"
"""UNCL 1229, as Peppol's order change uses it."""
CREDITS: Final = frozenset({"381", "396", "261", "262", "308", "83", "81"})
"""UNTDID 1001: what gives money back."""
PLACES: Final = Decimal("0.00000001")
ROUNDED: Final = Decimal("0.02")
"""Quantity times price may be this far from the line's sum."""
QUANTITIES: Final = ("Quantity", "DeliveredQuantity", "InvoicedQuantity", "CreditedQuantity")
_FORBIDDEN: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class NotAPaper(ValueError):
    """The file is none of them; `args[0]` says why: doctype, broken, response, other."""


def read_paper(content: bytes) -> Paper:
    """Raises NotAPaper."""
    if _FORBIDDEN.search(content):
        raise NotAPaper("doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotAPaper("broken") from None
    name = etree.QName(root).localname
    if name == "CrossIndustryInvoice":
        return _of_cii(root)
    if name == "OrderResponse":
        raise NotAPaper("response")
    if name not in KINDS:
        raise NotAPaper("other")
    lines = tuple(_line(one, str(at)) for at, one in enumerate(_all(root, LINES[name]), start=1))
    return Paper(
        kind=KINDS[name],
        number=_text(root, "ID"),
        order_number=_text(root, "OrderReference/ID") if name != "Order" else "",
        seller=_seller(root),
        currency=_text(root, "DocumentCurrencyCode"),
        lines=lines,
        sign=-1 if name == "CreditNote" else 1,
        sequence=int(_number(_text(root, "SequenceNumberID")) or 0),
    )


def _all(node: Any, path: str) -> list[Any]:
    found: list[Any] = node.xpath("/".join(f"*[local-name()='{one}']" for one in path.split("/")))
    return found


def _text(node: Any, path: str) -> str:
    found = _all(node, path)
    return (found[0].text or "").strip() if found else ""


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if number.is_finite() else None


def _seller(root: Any) -> str:
    for role in ("SellerSupplierParty", "DespatchSupplierParty", "AccountingSupplierParty"):
        for path in ("PartyLegalEntity/RegistrationName", "PartyName/Name"):
            if name := _text(root, f"{role}/Party/{path}"):
                return name
    return ""


def _of_cii(root: Any) -> Paper:
    trade = "SupplyChainTradeTransaction"
    agreement, settlement = (
        f"{trade}/ApplicableHeaderTrade{name}" for name in ("Agreement", "Settlement")
    )
    lines = _all(root, f"{trade}/IncludedSupplyChainTradeLineItem")
    return Paper(
        kind=INVOICE,
        number=_text(root, "ExchangedDocument/ID"),
        order_number=_text(root, f"{agreement}/BuyerOrderReferencedDocument/IssuerAssignedID"),
        seller=_text(root, f"{agreement}/SellerTradeParty/Name"),
        currency=_text(root, f"{settlement}/InvoiceCurrencyCode"),
        lines=tuple(_cii_line(one, str(at)) for at, one in enumerate(lines, start=1)),
        sign=-1 if _text(root, "ExchangedDocument/TypeCode") in CREDITS else 1,
    )


def _cii_line(node: Any, position: str) -> Line:
    billed = _all(node, "SpecifiedLineTradeDelivery/BilledQuantity")
    quantity = _number(billed[0].text or "") if billed else None
    agreed = "SpecifiedLineTradeAgreement"
    price, base = (
        _number(_text(node, f"{agreed}/NetPriceProductTradePrice/{name}"))
        for name in ("ChargeAmount", "BasisQuantity")
    )
    changes = [
        (_text(one, "ChargeIndicator/Indicator"), _text(one, "ActualAmount"))
        for one in _all(node, "SpecifiedLineTradeSettlement/SpecifiedTradeAllowanceCharge")
    ]
    line = Line(
        number=_text(node, "AssociatedDocumentLineDocument/LineID") or position,
        order_line=_text(node, f"{agreed}/BuyerOrderReferencedDocument/LineID"),
        item=_text(node, "SpecifiedTradeProduct/SellerAssignedID")
        or _text(node, "SpecifiedTradeProduct/GlobalID"),
        name=_text(node, "SpecifiedTradeProduct/Name"),
        quantity=quantity or Decimal(0),
        unit=billed[0].get("unitCode") or "" if billed else "",
        price=_effective(price, base, quantity, changes),
    )
    summed = "SpecifiedLineTradeSettlement/SpecifiedTradeSettlementLineMonetarySummation"
    return _as_stated(line, _number(_text(node, f"{summed}/LineTotalAmount")))


def _as_stated(line: Line, stated: Decimal | None) -> Line:
    """The line at what it comes to by its own sum."""
    if stated is None or line.price is None or not line.quantity:
        return line
    worked_out = line.quantity * line.price
    if abs(worked_out - stated) <= ROUNDED:
        return line
    price = (stated / line.quantity).quantize(PLACES)
    return replace(line, price=price, stated=stated, worked_out=worked_out.quantize(CENT))


def _effective(
    price: Decimal | None,
    base: Decimal | None,
    quantity: Decimal | None,
    changes: Sequence[tuple[str, str]],
) -> Decimal | None:
    """The price of one unit, with what was taken off (`false`) or added (`true`) on the line."""
    if price is None:
        return None
    one = price / base if base else price
    amounts = [
        (amount if added.casefold() in ("true", "1") else -amount)
        for added, text in changes
        if (amount := _number(text)) is not None
    ]
    if not amounts or not quantity:
        return one
    return (one + sum(amounts, Decimal(0)) / quantity).quantize(PLACES)


def _line(node: Any, position: str) -> Line:
    quantity = next((one for name in QUANTITIES for one in _all(node, name)), None)
    price, base = (
        _number(_text(node, f"Price/{name}")) for name in ("PriceAmount", "BaseQuantity")
    )
    amount = _number(quantity.text or "") if quantity is not None else None
    changes = [
        (_text(one, "ChargeIndicator"), _text(one, "Amount"))
        for one in _all(node, "AllowanceCharge")
    ]
    line = Line(
        number=_text(node, "ID") or position,
        order_line=_text(node, "OrderLineReference/LineID"),
        item=_text(node, "Item/SellersItemIdentification/ID")
        or _text(node, "Item/StandardItemIdentification/ID"),
        name=_text(node, "Item/Name"),
        quantity=amount or Decimal(0),
        unit=quantity.get("unitCode") or "" if quantity is not None else "",
        price=_effective(price, base, amount, changes),
        is_deleted=_text(node, "LineStatusCode") == DELETED,
    )
    billed = etree.QName(node).localname in ("InvoiceLine", "CreditNoteLine")
    return _as_stated(line, _number(_text(node, "LineExtensionAmount"))) if billed else line
