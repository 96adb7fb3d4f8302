"""Orders, despatch advices and invoices made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Final

from app.catalogue.samples import SampleOrder

CAC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
CBC: Final = "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2"
Row = tuple[str, str, str, str]
"""Order line, article, quantity, price."""
ROWS: Final[tuple[Row, ...]] = (
    ("1", "SN-33", "100", "4.20"),
    ("2", "SN-34", "40", "12.50"),
    ("3", "SN-90", "8", "89.00"),
)
NAMES: Final = {
    "SN-33": "Regalboden",
    "SN-34": "Preisschiene",
    "SN-90": "Leuchte LED",
    "SN-99": "Expresszuschlag",
}


def _wrapped(name: str, number: str, reference: str, party: str, body: str) -> bytes:
    referred = (
        f"<cac:OrderReference><cbc:ID>{reference}</cbc:ID></cac:OrderReference>"
        if reference
        else ""
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{name} '
        f'xmlns="urn:oasis:names:specification:ubl:schema:xsd:{name}-2" xmlns:cac="{CAC}" '
        f'xmlns:cbc="{CBC}"><cbc:ID>{number}</cbc:ID><cbc:DocumentCurrencyCode>EUR'
        f"</cbc:DocumentCurrencyCode>{referred}<cac:{party}><cac:Party><cac:PartyLegalEntity>"
        "<cbc:RegistrationName>Ladenbau Hinrichs GmbH</cbc:RegistrationName>"
        f"</cac:PartyLegalEntity></cac:Party></cac:{party}>{body}</{name}>\n"
    ).encode()


def _item(article: str) -> str:
    return (
        f"<cac:Item><cbc:Name>{NAMES[article]}</cbc:Name><cac:SellersItemIdentification>"
        f"<cbc:ID>{article}</cbc:ID></cac:SellersItemIdentification></cac:Item>"
    )


def order(number: str, rows: Sequence[Row] = ROWS) -> bytes:
    """A Peppol order."""
    body = "".join(
        f'<cac:OrderLine><cac:LineItem><cbc:ID>{line}</cbc:ID><cbc:Quantity unitCode="C62">'
        f"{quantity}</cbc:Quantity><cac:Price><cbc:PriceAmount>{price}</cbc:PriceAmount></cac:Price>"
        f"{_item(article)}</cac:LineItem></cac:OrderLine>"
        for line, article, quantity, price in rows
    )
    return _wrapped("Order", number, "", "SellerSupplierParty", body)


def despatch(number: str, reference: str, rows: Sequence[Row] = ROWS) -> bytes:
    """A Peppol despatch advice."""
    body = "".join(
        f"<cac:DespatchLine><cbc:ID>{at}</cbc:ID>"
        f'<cbc:DeliveredQuantity unitCode="C62">{quantity}</cbc:DeliveredQuantity>'
        f"<cac:OrderLineReference><cbc:LineID>{line}</cbc:LineID></cac:OrderLineReference>"
        f"{_item(article)}</cac:DespatchLine>"
        for at, (line, article, quantity, _) in enumerate(rows, start=1)
    )
    return _wrapped("DespatchAdvice", number, reference, "DespatchSupplierParty", body)


def invoice(number: str, reference: str, rows: Sequence[Row] = ROWS) -> bytes:
    """An invoice that names articles, not lines of the order."""
    body = "".join(
        f'<cac:InvoiceLine><cbc:ID>{at}</cbc:ID><cbc:InvoicedQuantity unitCode="C62">{quantity}'
        f"</cbc:InvoicedQuantity><cbc:LineExtensionAmount>{Decimal(quantity) * Decimal(price)}"
        f"</cbc:LineExtensionAmount>{_item(article)}<cac:Price><cbc:PriceAmount>{price}"
        "</cbc:PriceAmount></cac:Price></cac:InvoiceLine>"
        for at, (_, article, quantity, price) in enumerate(rows, start=1)
    )
    return _wrapped("Invoice", number, reference, "AccountingSupplierParty", body)


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """One that agrees, one with too few lamps, a price above and a surcharge nobody ordered."""
    year = today.year
    wish = {"quantity_tolerance": "0", "price_tolerance": "1", "note": ""}
    good, bad = f"B-{year}-118", f"B-{year}-121"
    fewer = (*ROWS[:2], ("3", "SN-90", "6", ""))
    dearer = (ROWS[0], ("2", "SN-34", "40", "13.10"), ROWS[2], ("4", "SN-99", "1", "45.00"))
    return [
        SampleOrder(
            type_key="three_way_match",
            payload=wish,
            hours_ago=30,
            end="delivered",
            files=(
                ("bestellung.xml", order(good)),
                ("lieferschein.xml", despatch("L-1", good)),
                ("rechnung.xml", invoice("R-1", good)),
            ),
        ),
        SampleOrder(
            type_key="three_way_match",
            payload=wish,
            hours_ago=3,
            end="taken",
            files=(
                ("bestellung.xml", order(bad)),
                ("lieferschein.xml", despatch("L-2", bad, fewer)),
                ("rechnung.xml", invoice("R-2", bad, dearer)),
            ),
        ),
    ]
