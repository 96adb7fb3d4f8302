"""Writes a made-up invoice as UN/CEFACT Cross Industry Invoice."""

from datetime import date
from decimal import Decimal

from lxml import etree

from app.services.accounts_payable.cii import CII, NAMESPACES
from app.services.accounts_payable.samples.specification import Company, Position, Specification
from app.services.accounts_payable.xml_safety import Element

PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"


def write_cii(invoice: Specification) -> bytes:
    """The XML file."""
    root = etree.Element(f"{{{CII}}}CrossIndustryInvoice", nsmap=dict(NAMESPACES))
    context = _add(root, "rsm:ExchangedDocumentContext")
    process = _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter")
    _add(process, "ram:ID", PROCESS)
    guideline = _add(context, "ram:GuidelineSpecifiedDocumentContextParameter")
    _add(guideline, "ram:ID", invoice.profile)
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", invoice.number)
    _add(document, "ram:TypeCode", invoice.type_code)
    _day(_add(document, "ram:IssueDateTime"), invoice.issued)
    if invoice.note:
        _add(_add(document, "ram:IncludedNote"), "ram:Content", invoice.note)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for number, line in enumerate(invoice.positions, 1):
        _line(trade, number, line)
    _agreement(trade, invoice)
    _delivery(trade, invoice)
    _settlement(trade, invoice)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _add(parent: Element, name: str, text: str | None = None, **attributes: str) -> Element:
    prefix, _, local = name.partition(":")
    element = etree.SubElement(parent, f"{{{NAMESPACES[prefix]}}}{local}", attrib=attributes)
    element.text = text
    return element


def _amount(parent: Element, name: str, value: Decimal, **attributes: str) -> None:
    _add(parent, name, f"{value:.2f}", **attributes)


def _day(parent: Element, day: date) -> None:
    _add(parent, "udt:DateTimeString", f"{day:%Y%m%d}", format="102")


def _line(trade: Element, number: int, line: Position) -> None:
    one = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(_add(one, "ram:AssociatedDocumentLineDocument"), "ram:LineID", str(number))
    _add(_add(one, "ram:SpecifiedTradeProduct"), "ram:Name", line.name)
    price = _add(_add(one, "ram:SpecifiedLineTradeAgreement"), "ram:NetPriceProductTradePrice")
    _add(price, "ram:ChargeAmount", f"{line.price}")
    delivery = _add(one, "ram:SpecifiedLineTradeDelivery")
    _add(delivery, "ram:BilledQuantity", f"{line.quantity}", unitCode=line.unit)
    settlement = _add(one, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", line.category)
    _add(tax, "ram:RateApplicablePercent", f"{line.rate}")
    totals = _add(settlement, "ram:SpecifiedTradeSettlementLineMonetarySummation")
    _amount(totals, "ram:LineTotalAmount", line.net)


def _agreement(trade: Element, invoice: Specification) -> None:
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    _add(agreement, "ram:BuyerReference", invoice.buyer_reference)
    _party(_add(agreement, "ram:SellerTradeParty"), invoice.seller, with_contact=True)
    _party(_add(agreement, "ram:BuyerTradeParty"), invoice.buyer, with_contact=False)
    if invoice.order:
        order = _add(agreement, "ram:BuyerOrderReferencedDocument")
        _add(order, "ram:IssuerAssignedID", invoice.order)


def _party(party: Element, company: Company, *, with_contact: bool) -> None:
    _add(party, "ram:Name", company.name)
    if with_contact:
        contact = _add(party, "ram:DefinedTradeContact")
        _add(contact, "ram:PersonName", company.contact)
        telephone = _add(contact, "ram:TelephoneUniversalCommunication")
        _add(telephone, "ram:CompleteNumber", company.telephone)
        _add(_add(contact, "ram:EmailURIUniversalCommunication"), "ram:URIID", company.email)
    address = _add(party, "ram:PostalTradeAddress")
    _add(address, "ram:PostcodeCode", company.postcode)
    _add(address, "ram:LineOne", company.street)
    _add(address, "ram:CityName", company.city)
    _add(address, "ram:CountryID", company.country)
    uri = _add(party, "ram:URIUniversalCommunication")
    _add(uri, "ram:URIID", company.email, schemeID="EM")
    for scheme, number in (("VA", company.vat_id), ("FC", company.tax_number)):
        if number:
            registration = _add(party, "ram:SpecifiedTaxRegistration")
            _add(registration, "ram:ID", number, schemeID=scheme)


def _delivery(trade: Element, invoice: Specification) -> None:
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    address = _add(_add(delivery, "ram:ShipToTradeParty"), "ram:PostalTradeAddress")
    _add(address, "ram:PostcodeCode", invoice.buyer.postcode)
    _add(address, "ram:CityName", invoice.buyer.city)
    _add(address, "ram:CountryID", invoice.buyer.country)
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent")
    _day(_add(event, "ram:OccurrenceDateTime"), invoice.delivered)


def _settlement(trade: Element, invoice: Specification) -> None:
    settlement = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:PaymentReference", invoice.number)
    _add(settlement, "ram:InvoiceCurrencyCode", "EUR")
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", "58")
    account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
    _add(account, "ram:IBANID", invoice.seller.iban)
    _add(account, "ram:AccountName", invoice.seller.name)
    _taxes(settlement, invoice)
    _extras(settlement, invoice)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    if invoice.terms:
        _add(terms, "ram:Description", invoice.terms)
    _day(_add(terms, "ram:DueDateDateTime"), invoice.due)
    _totals(settlement, invoice)
    if invoice.preceding:
        reference = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(reference, "ram:IssuerAssignedID", invoice.preceding)


def _taxes(settlement: Element, invoice: Specification) -> None:
    for category, rate, basis, tax in invoice.groups:
        row = _add(settlement, "ram:ApplicableTradeTax")
        _amount(row, "ram:CalculatedAmount", tax)
        _add(row, "ram:TypeCode", "VAT")
        if invoice.exemption:
            _add(row, "ram:ExemptionReason", invoice.exemption)
        _amount(row, "ram:BasisAmount", basis)
        _add(row, "ram:CategoryCode", category)
        _add(row, "ram:RateApplicablePercent", f"{rate}")


def _extras(settlement: Element, invoice: Specification) -> None:
    for extra in invoice.extras:
        one = _add(settlement, "ram:SpecifiedTradeAllowanceCharge")
        flag = "true" if extra.is_charge else "false"
        _add(_add(one, "ram:ChargeIndicator"), "udt:Indicator", flag)
        _amount(one, "ram:ActualAmount", extra.amount)
        _add(one, "ram:Reason", extra.reason)
        tax = _add(one, "ram:CategoryTradeTax")
        _add(tax, "ram:TypeCode", "VAT")
        _add(tax, "ram:CategoryCode", extra.category)
        _add(tax, "ram:RateApplicablePercent", f"{extra.rate}")


def _totals(settlement: Element, invoice: Specification) -> None:
    totals = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _amount(totals, "ram:LineTotalAmount", invoice.line_sum)
    if invoice.extras:
        _amount(totals, "ram:ChargeTotalAmount", invoice.extras_sum(charges=True))
        _amount(totals, "ram:AllowanceTotalAmount", invoice.extras_sum(charges=False))
    _amount(totals, "ram:TaxBasisTotalAmount", invoice.net)
    _amount(totals, "ram:TaxTotalAmount", invoice.tax, currencyID="EUR")
    _amount(totals, "ram:GrandTotalAmount", invoice.gross)
    _amount(totals, "ram:DuePayableAmount", invoice.gross)
