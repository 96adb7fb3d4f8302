"""Writes a made-up invoice as UBL 2.1."""

from decimal import Decimal
from typing import Any

from lxml import etree

from app.services.accounts_payable.samples.specification import Company, Position, Specification
from app.services.accounts_payable.ubl import CREDIT_NOTE, INVOICE, NAMESPACES
from app.services.accounts_payable.xml_safety import Element

PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


def write_ubl(invoice: Specification) -> bytes:
    """The XML file; type 381 becomes a CreditNote."""
    credit = invoice.type_code == "381"
    namespace = CREDIT_NOTE if credit else INVOICE
    name = "CreditNote" if credit else "Invoice"
    prefixes: dict[Any, str] = {None: namespace, **NAMESPACES}
    root = etree.Element(f"{{{namespace}}}{name}", nsmap=prefixes)
    _head(root, invoice, credit=credit)
    _party(_add(root, "cac:AccountingSupplierParty"), invoice.seller, with_contact=True)
    _party(_add(root, "cac:AccountingCustomerParty"), invoice.buyer, with_contact=False)
    _delivery(root, invoice)
    _payment(root, invoice)
    for extra in invoice.extras:
        one = _add(root, "cac:AllowanceCharge")
        _add(one, "cbc:ChargeIndicator", "true" if extra.is_charge else "false")
        _add(one, "cbc:AllowanceChargeReason", extra.reason)
        _amount(one, "cbc:Amount", extra.amount)
        _category(_add(one, "cac:TaxCategory"), extra.category, extra.rate)
    _taxes(root, invoice)
    _totals(root, invoice)
    for number, line in enumerate(invoice.positions, 1):
        _line(root, number, line, credit=credit)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    prefix, _, local = name.partition(":")
    element = etree.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{local}", attrib=attributes)
    element.text = text
    return element


def _amount(parent: Element, name: str, value: Decimal) -> None:
    _add(parent, name, f"{value:.2f}", currencyID="EUR")


def _head(root: Element, invoice: Specification, *, credit: bool) -> None:
    _add(root, "cbc:CustomizationID", invoice.profile)
    _add(root, "cbc:ProfileID", PROCESS)
    _add(root, "cbc:ID", invoice.number)
    _add(root, "cbc:IssueDate", invoice.issued.isoformat())
    if not credit:
        _add(root, "cbc:DueDate", invoice.due.isoformat())
    _add(root, "cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode", invoice.type_code)
    if invoice.note:
        _add(root, "cbc:Note", invoice.note)
    _add(root, "cbc:DocumentCurrencyCode", "EUR")
    _add(root, "cbc:BuyerReference", invoice.buyer_reference)
    if invoice.order:
        _add(_add(root, "cac:OrderReference"), "cbc:ID", invoice.order)
    if invoice.preceding:
        reference = _add(_add(root, "cac:BillingReference"), "cac:InvoiceDocumentReference")
        _add(reference, "cbc:ID", invoice.preceding)


def _party(parent: Element, company: Company, *, with_contact: bool) -> None:
    party = _add(parent, "cac:Party")
    _add(party, "cbc:EndpointID", company.email, schemeID="EM")
    address = _add(party, "cac:PostalAddress")
    _add(address, "cbc:StreetName", company.street)
    _add(address, "cbc:CityName", company.city)
    _add(address, "cbc:PostalZone", company.postcode)
    _add(_add(address, "cac:Country"), "cbc:IdentificationCode", company.country)
    for scheme, number in (("VAT", company.vat_id), ("FC", company.tax_number)):
        if number:
            tax = _add(party, "cac:PartyTaxScheme")
            _add(tax, "cbc:CompanyID", number)
            _add(_add(tax, "cac:TaxScheme"), "cbc:ID", scheme)
    _add(_add(party, "cac:PartyLegalEntity"), "cbc:RegistrationName", company.name)
    if with_contact:
        contact = _add(party, "cac:Contact")
        _add(contact, "cbc:Name", company.contact)
        _add(contact, "cbc:Telephone", company.telephone)
        _add(contact, "cbc:ElectronicMail", company.email)


def _delivery(root: Element, invoice: Specification) -> None:
    delivery = _add(root, "cac:Delivery")
    _add(delivery, "cbc:ActualDeliveryDate", invoice.delivered.isoformat())
    address = _add(_add(delivery, "cac:DeliveryLocation"), "cac:Address")
    _add(address, "cbc:CityName", invoice.buyer.city)
    _add(address, "cbc:PostalZone", invoice.buyer.postcode)
    _add(_add(address, "cac:Country"), "cbc:IdentificationCode", invoice.buyer.country)


def _payment(root: Element, invoice: Specification) -> None:
    means = _add(root, "cac:PaymentMeans")
    _add(means, "cbc:PaymentMeansCode", "58")
    _add(means, "cbc:PaymentID", invoice.number)
    account = _add(means, "cac:PayeeFinancialAccount")
    _add(account, "cbc:ID", invoice.seller.iban)
    _add(account, "cbc:Name", invoice.seller.name)
    if invoice.terms:
        _add(_add(root, "cac:PaymentTerms"), "cbc:Note", invoice.terms)


def _category(category: Element, code: str, rate: Decimal, exemption: str = "") -> None:
    _add(category, "cbc:ID", code)
    _add(category, "cbc:Percent", f"{rate}")
    if exemption:
        _add(category, "cbc:TaxExemptionReason", exemption)
    _add(_add(category, "cac:TaxScheme"), "cbc:ID", "VAT")


def _taxes(root: Element, invoice: Specification) -> None:
    total = _add(root, "cac:TaxTotal")
    _amount(total, "cbc:TaxAmount", invoice.tax)
    for category, rate, basis, tax in invoice.groups:
        row = _add(total, "cac:TaxSubtotal")
        _amount(row, "cbc:TaxableAmount", basis)
        _amount(row, "cbc:TaxAmount", tax)
        _category(_add(row, "cac:TaxCategory"), category, rate, invoice.exemption)


def _totals(root: Element, invoice: Specification) -> None:
    totals = _add(root, "cac:LegalMonetaryTotal")
    _amount(totals, "cbc:LineExtensionAmount", invoice.line_sum)
    _amount(totals, "cbc:TaxExclusiveAmount", invoice.net)
    _amount(totals, "cbc:TaxInclusiveAmount", invoice.gross)
    if invoice.extras:
        _amount(totals, "cbc:AllowanceTotalAmount", invoice.extras_sum(charges=False))
        _amount(totals, "cbc:ChargeTotalAmount", invoice.extras_sum(charges=True))
    _amount(totals, "cbc:PayableAmount", invoice.gross)


def _line(root: Element, number: int, line: Position, *, credit: bool) -> None:
    one = _add(root, "cac:CreditNoteLine" if credit else "cac:InvoiceLine")
    _add(one, "cbc:ID", str(number))
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    _add(one, quantity, f"{line.quantity}", unitCode=line.unit)
    _amount(one, "cbc:LineExtensionAmount", line.net)
    item = _add(one, "cac:Item")
    _add(item, "cbc:Name", line.name)
    _category(_add(item, "cac:ClassifiedTaxCategory"), line.category, line.rate)
    _add(_add(one, "cac:Price"), "cbc:PriceAmount", f"{line.price}", currencyID="EUR")
