"""Reads orders, despatch advices, invoices and credit notes in UBL 2 (Peppol BIS 3, XRechnung)."""

import re
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from lxml import etree

from app.services.procurement.rules import DESPATCH, INVOICE, ORDER, Line, Paper

KINDS: Final = {
    "Order": ORDER,
    "DespatchAdvice": DESPATCH,
    "Invoice": INVOICE,
    "CreditNote": INVOICE,
}
LINES: Final = {
    "Order": "OrderLine/LineItem",
    "DespatchAdvice": "DespatchLine",
    "Invoice": "InvoiceLine",
    "CreditNote": "CreditNoteLine",
}
QUANTITIES: Final = ("Quantity", "DeliveredQuantity", "InvoicedQuantity", "CreditedQuantity")
_FORBIDDEN: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class NotAPaper(ValueError):
    """The file is none of the three; `args[0]` says why: doctype, broken, other."""


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


def _line(node: Any, position: str) -> Line:
    quantity = next((one for name in QUANTITIES for one in _all(node, name)), None)
    price, base = (
        _number(_text(node, f"Price/{name}")) for name in ("PriceAmount", "BaseQuantity")
    )
    return Line(
        number=_text(node, "ID") or position,
        order_line=_text(node, "OrderLineReference/LineID"),
        item=_text(node, "Item/SellersItemIdentification/ID")
        or _text(node, "Item/StandardItemIdentification/ID"),
        name=_text(node, "Item/Name"),
        quantity=_number(quantity.text or "") or Decimal(0) if quantity is not None else Decimal(0),
        unit=quantity.get("unitCode") or "" if quantity is not None else "",
        price=price / base if price is not None and base else price,
    )
