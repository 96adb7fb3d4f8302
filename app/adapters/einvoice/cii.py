"""An invoice as UN/CEFACT Cross Industry Invoice: EN 16931, and XRechnung 3.0 by its guideline."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from lxml import etree

from app.adapters.einvoice.document import EInvoice, Line, Party, TaxGroup

EN16931 = "urn:cen.eu:en16931:2017"
XRECHNUNG = f"{EN16931}#compliant#urn:xeinkauf.de:kosit:xrechnung_3.0"
_PROCESS = "urn:fdc:peppol.eu:2017:poacc:billing:01:1.0"
_STANDARD = "urn:un:unece:uncefact:data:standard"
_SPACES = {
    "rsm": f"{_STANDARD}:CrossIndustryInvoice:100",
    "ram": f"{_STANDARD}:ReusableAggregateBusinessInformationEntity:100",
    "udt": f"{_STANDARD}:UnqualifiedDataType:100",
    "qdt": f"{_STANDARD}:QualifiedDataType:100",
}
_EXEMPTIONS = {"AE": "VATEX-EU-AE", "K": "VATEX-EU-IC", "G": "VATEX-EU-G"}
Element = etree._Element  # noqa: SLF001  lxml has no other name for its type


def written(bill: EInvoice, *, guideline: str) -> bytes:
    """The XML, UTF-8."""
    root = etree.Element(_name("rsm:CrossIndustryInvoice"), nsmap=_SPACES)
    context = _add(root, "rsm:ExchangedDocumentContext")
    _add(context, "ram:BusinessProcessSpecifiedDocumentContextParameter/ram:ID", _PROCESS)
    _add(context, "ram:GuidelineSpecifiedDocumentContextParameter/ram:ID", guideline)
    document = _add(root, "rsm:ExchangedDocument")
    _add(document, "ram:ID", bill.number)
    _add(document, "ram:TypeCode", bill.type_code)
    _day(_add(document, "ram:IssueDateTime"), bill.issued_on)
    for note in bill.notes:
        _add(document, "ram:IncludedNote/ram:Content", note)
    trade = _add(root, "rsm:SupplyChainTradeTransaction")
    for line in bill.lines:
        _line(trade, line)
    _agreement(trade, bill)
    delivery = _add(trade, "ram:ApplicableHeaderTradeDelivery")
    if bill.ships_to_buyer:
        _address(_add(delivery, "ram:ShipToTradeParty"), bill.buyer)
    event = _add(delivery, "ram:ActualDeliverySupplyChainEvent/ram:OccurrenceDateTime")
    _day(event, bill.until)
    _settlement(trade, bill)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _line(trade: Element, line: Line) -> None:
    item = _add(trade, "ram:IncludedSupplyChainTradeLineItem")
    _add(item, "ram:AssociatedDocumentLineDocument/ram:LineID", str(line.position))
    product = _add(item, "ram:SpecifiedTradeProduct")
    _add(product, "ram:Name", line.name)
    if line.note:
        _add(product, "ram:Description", line.note)
    price = "ram:SpecifiedLineTradeAgreement/ram:NetPriceProductTradePrice/ram:ChargeAmount"
    _add(item, price, f"{line.unit_price.normalize():f}")
    quantity = f"{line.quantity.normalize():f}"
    _add(item, "ram:SpecifiedLineTradeDelivery/ram:BilledQuantity", quantity, unitCode=line.unit)
    settlement = _add(item, "ram:SpecifiedLineTradeSettlement")
    tax = _add(settlement, "ram:ApplicableTradeTax")
    _add(tax, "ram:TypeCode", "VAT")
    _add(tax, "ram:CategoryCode", line.category)
    _add(tax, "ram:RateApplicablePercent", _plain(line.percent))
    total = "ram:SpecifiedTradeSettlementLineMonetarySummation/ram:LineTotalAmount"
    _add(settlement, total, _plain(line.net))


def _agreement(trade: Element, bill: EInvoice) -> None:
    agreement = _add(trade, "ram:ApplicableHeaderTradeAgreement")
    _add(agreement, "ram:BuyerReference", bill.buyer_reference)
    _seller(_add(agreement, "ram:SellerTradeParty"), bill.seller)
    buyer = _add(agreement, "ram:BuyerTradeParty")
    _add(buyer, "ram:Name", bill.buyer.name)
    _where(buyer, bill.buyer)
    if bill.buyer.vat_id:
        _add(buyer, "ram:SpecifiedTaxRegistration/ram:ID", bill.buyer.vat_id, schemeID="VA")
    if bill.order:
        _add(agreement, "ram:BuyerOrderReferencedDocument/ram:IssuerAssignedID", bill.order)
    if bill.contract:
        _add(agreement, "ram:ContractReferencedDocument/ram:IssuerAssignedID", bill.contract)


def _seller(party: Element, seller: Party) -> None:
    if not seller.vat_id:
        _add(party, "ram:ID", seller.tax_number)  # without a VAT id something tells the seller
    _add(party, "ram:Name", seller.name)
    contact = _add(party, "ram:DefinedTradeContact")
    _add(contact, "ram:PersonName", seller.contact)
    _add(contact, "ram:TelephoneUniversalCommunication/ram:CompleteNumber", seller.phone)
    _add(contact, "ram:EmailURIUniversalCommunication/ram:URIID", seller.email)
    _where(party, seller)
    if seller.tax_number:
        _add(party, "ram:SpecifiedTaxRegistration/ram:ID", seller.tax_number, schemeID="FC")
    if seller.vat_id:
        _add(party, "ram:SpecifiedTaxRegistration/ram:ID", seller.vat_id, schemeID="VA")


def _where(party: Element, who: Party) -> None:
    _address(party, who)
    address, scheme = who.address
    _add(party, "ram:URIUniversalCommunication/ram:URIID", address or who.email, schemeID=scheme)


def _address(party: Element, who: Party) -> None:
    address = _add(party, "ram:PostalTradeAddress")
    _add(address, "ram:PostcodeCode", who.postcode)
    _add(address, "ram:LineOne", who.street)
    _add(address, "ram:CityName", who.city)
    _add(address, "ram:CountryID", who.country)


def _settlement(trade: Element, bill: EInvoice) -> None:
    settlement = _add(trade, "ram:ApplicableHeaderTradeSettlement")
    _add(settlement, "ram:PaymentReference", bill.number)
    _add(settlement, "ram:InvoiceCurrencyCode", bill.currency)
    means = _add(settlement, "ram:SpecifiedTradeSettlementPaymentMeans")
    _add(means, "ram:TypeCode", "58")
    account = _add(means, "ram:PayeePartyCreditorFinancialAccount")
    _add(account, "ram:IBANID", bill.account.iban.replace(" ", ""))
    _add(account, "ram:AccountName", bill.account.name)
    if bill.account.bic:
        _add(means, "ram:PayeeSpecifiedCreditorFinancialInstitution/ram:BICID", bill.account.bic)
    for tax in bill.taxes:
        _tax(settlement, tax)
    _terms(settlement, bill)
    _sums(settlement, bill)
    if bill.corrects is not None:
        number, day = bill.corrects
        corrected = _add(settlement, "ram:InvoiceReferencedDocument")
        _add(corrected, "ram:IssuerAssignedID", number)
        stamp = _add(corrected, "ram:FormattedIssueDateTime/qdt:DateTimeString", f"{day:%Y%m%d}")
        stamp.set("format", "102")


def _terms(settlement: Element, bill: EInvoice) -> None:
    period = _add(settlement, "ram:BillingSpecifiedPeriod")
    _day(_add(period, "ram:StartDateTime"), bill.since)
    _day(_add(period, "ram:EndDateTime"), bill.until)
    terms = _add(settlement, "ram:SpecifiedTradePaymentTerms")
    if bill.terms:
        _add(terms, "ram:Description", bill.terms)
    _day(_add(terms, "ram:DueDateDateTime"), bill.due_on)


def _tax(settlement: Element, tax: TaxGroup) -> None:
    group = _add(settlement, "ram:ApplicableTradeTax")
    _add(group, "ram:CalculatedAmount", _plain(tax.tax))
    _add(group, "ram:TypeCode", "VAT")
    if tax.reason:
        _add(group, "ram:ExemptionReason", tax.reason)
    _add(group, "ram:BasisAmount", _plain(tax.net))
    _add(group, "ram:CategoryCode", tax.category)
    if tax.category in _EXEMPTIONS:
        _add(group, "ram:ExemptionReasonCode", _EXEMPTIONS[tax.category])
    _add(group, "ram:RateApplicablePercent", _plain(tax.percent))


def _sums(settlement: Element, bill: EInvoice) -> None:
    sums = _add(settlement, "ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    _add(sums, "ram:LineTotalAmount", _plain(bill.net))
    _add(sums, "ram:TaxBasisTotalAmount", _plain(bill.net))
    _add(sums, "ram:TaxTotalAmount", _plain(bill.tax), currencyID=bill.currency)
    _add(sums, "ram:GrandTotalAmount", _plain(bill.gross))
    _add(sums, "ram:DuePayableAmount", _plain(bill.gross))


def _name(short: str) -> str:
    space, _, tag = short.partition(":")
    return f"{{{_SPACES[space]}}}{tag}"


def _add(parent: Element, path: str, text: str | None = None, **attributes: str) -> Element:
    """Add elements one inside the other; the text and attributes are the last one's."""
    for step in path.split("/"):
        parent = etree.SubElement(parent, _name(step))
    parent.text = text
    _set(parent, attributes)
    return parent


def _set(element: Element, attributes: Mapping[str, str]) -> None:
    for key, value in attributes.items():
        element.set(key, value)


def _day(parent: Element, day: date) -> None:
    _add(parent, "udt:DateTimeString", f"{day:%Y%m%d}", format="102")


def _plain(amount: Decimal) -> str:
    return f"{amount:f}"
