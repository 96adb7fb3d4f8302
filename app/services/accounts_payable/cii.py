"""Reads UN/CEFACT Cross Industry Invoice into an `Invoice` (EN 16931-3-3), and ZUGFeRD 1.0.

ZUGFeRD 1.0 (2014) is the same tree under older element names; the table below is the difference.
"""

from datetime import date
from decimal import Decimal
from typing import Final

from app.services.accounts_payable.cii_parties import buyer, party_named, seller
from app.services.accounts_payable.cursor import Cursor, Source
from app.services.accounts_payable.invoice import (
    AllowanceCharge,
    Invoice,
    Line,
    PaymentMeans,
    Period,
    Syntax,
    Totals,
    VatGroup,
)
from app.services.accounts_payable.xml_safety import Element

CII: Final = "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
NAMESPACES: Final = {
    "rsm": CII,
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:100",
}
ZUGFERD_1: Final = "urn:ferd:CrossIndustryDocument:invoice:1p0"
ZUGFERD_1_NAMESPACES: Final = {
    "rsm": ZUGFERD_1,
    "ram": "urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:12",
    "udt": "urn:un:unece:uncefact:data:standard:UnqualifiedDataType:15",
    "qdt": "urn:un:unece:uncefact:data:standard:QualifiedDataType:12",
}
ZUGFERD_1_NAMES: Final = {
    "rsm:ExchangedDocumentContext": "SpecifiedExchangedDocumentContext",
    "rsm:ExchangedDocument": "HeaderExchangedDocument",
    "rsm:SupplyChainTradeTransaction": "SpecifiedSupplyChainTradeTransaction",
    "ram:ApplicableHeaderTradeAgreement": "ApplicableSupplyChainTradeAgreement",
    "ram:ApplicableHeaderTradeDelivery": "ApplicableSupplyChainTradeDelivery",
    "ram:ApplicableHeaderTradeSettlement": "ApplicableSupplyChainTradeSettlement",
    "ram:SpecifiedLineTradeAgreement": "SpecifiedSupplyChainTradeAgreement",
    "ram:SpecifiedLineTradeDelivery": "SpecifiedSupplyChainTradeDelivery",
    "ram:SpecifiedLineTradeSettlement": "SpecifiedSupplyChainTradeSettlement",
    "ram:SpecifiedTradeSettlementLineMonetarySummation": (
        "SpecifiedTradeSettlementMonetarySummation"
    ),
    "ram:SpecifiedTradeSettlementHeaderMonetarySummation": (
        "SpecifiedTradeSettlementMonetarySummation"
    ),
    "ram:RateApplicablePercent": "ApplicablePercent",
}
NOT_COUNTED: Final = frozenset({"GROUP", "INFORMATION"})


def is_cii(root: Element) -> bool:
    """Whether the root element is a cross industry invoice, of this or the older kind."""
    return root.tag in (f"{{{CII}}}CrossIndustryInvoice", f"{{{ZUGFERD_1}}}CrossIndustryDocument")


def read(root: Element) -> tuple[Invoice, Source]:
    """The invoice, and the source with places and what could not be read."""
    older = root.tag.startswith(f"{{{ZUGFERD_1}}}")
    source = (
        Source(ZUGFERD_1_NAMESPACES, older_names=ZUGFERD_1_NAMES) if older else Source(NAMESPACES)
    )
    top = Cursor(source, root, "/CrossIndustryDocument" if older else "/CrossIndustryInvoice")
    context, document = top.at("rsm:ExchangedDocumentContext"), top.at("rsm:ExchangedDocument")
    trade = top.at("rsm:SupplyChainTradeTransaction")
    agreement = trade.at("ram:ApplicableHeaderTradeAgreement")
    delivery = trade.at("ram:ApplicableHeaderTradeDelivery")
    settlement = trade.at("ram:ApplicableHeaderTradeSettlement")
    currency = settlement.at("ram:InvoiceCurrencyCode").text("BT-5")
    invoice = Invoice(
        syntax=Syntax.ZUGFERD_1 if older else Syntax.CII,
        id=document.at("ram:ID").text("BT-1"),
        issue_date=_day(document.at("ram:IssueDateTime"), "BT-2"),
        type_code=document.at("ram:TypeCode").text("BT-3"),
        currency=currency,
        accounting_currency=settlement.at("ram:TaxCurrencyCode").text("BT-6"),
        due_date=_due_date(settlement),
        buyer_reference=agreement.at("ram:BuyerReference").text("BT-10"),
        contract_reference=_reference(agreement, "ram:ContractReferencedDocument", "BT-12"),
        order_reference=_reference(agreement, "ram:BuyerOrderReferencedDocument", "BT-13"),
        preceding_invoice=_reference(settlement, "ram:InvoiceReferencedDocument", "BT-25"),
        terms=settlement.at("ram:SpecifiedTradePaymentTerms", "ram:Description").text("BT-20"),
        remittance=settlement.at("ram:PaymentReference").text("BT-83"),
        notes=tuple(
            text
            for one in document.each("ram:IncludedNote")
            if (text := one.at("ram:Content").text("BT-22"))
        ),
        process=context.at("ram:BusinessProcessSpecifiedDocumentContextParameter", "ram:ID").text(
            "BT-23"
        ),
        profile=context.at("ram:GuidelineSpecifiedDocumentContextParameter", "ram:ID").text(
            "BT-24"
        ),
        delivered_on=_day(
            delivery.at("ram:ActualDeliverySupplyChainEvent", "ram:OccurrenceDateTime"), "BT-72"
        ),
        delivery_country=delivery.at(
            "ram:ShipToTradeParty", "ram:PostalTradeAddress", "ram:CountryID"
        ).text("BT-80"),
        period=_period(settlement, "BG-14", "BT-73", "BT-74"),
        seller=seller(agreement),
        buyer=buyer(agreement),
        payee=party_named(settlement, "ram:PayeeTradeParty", group="BG-10", term="BT-59"),
        tax_representative=party_named(
            agreement, "ram:SellerTaxRepresentativeTradeParty", group="BG-11", term="BT-62"
        ),
        payment=_payments(settlement),
        allowances=_allowances(settlement, allowance="BG-20", charge="BG-21"),
        vat=_vat(settlement),
        totals=_totals(settlement, currency),
        lines=tuple(
            _line(one.within(number), number)
            for number, one in enumerate(trade.each("ram:IncludedSupplyChainTradeLineItem"), 1)
        ),
        paths=source.paths,
        root_path=top.path,
    )
    return invoice, source


def _day(parent: Cursor, term: str) -> date | None:
    return parent.at("udt:DateTimeString").date(term)


def _reference(parent: Cursor, name: str, term: str) -> str | None:
    document = parent.at(name)
    return document.at("ram:IssuerAssignedID").text(term) or document.at("ram:ID").text(term)


def _due_date(settlement: Cursor) -> date | None:
    for terms in settlement.each("ram:SpecifiedTradePaymentTerms"):
        if day := _day(terms.at("ram:DueDateDateTime"), "BT-9"):
            return day
    return None


def _period(settlement: Cursor, group: str, start: str, end: str) -> Period | None:
    period = settlement.at("ram:BillingSpecifiedPeriod")
    if not period.exists:
        return None
    period.note(group)
    return Period(
        start=_day(period.at("ram:StartDateTime"), start),
        end=_day(period.at("ram:EndDateTime"), end),
    )


def _payments(settlement: Cursor) -> tuple[PaymentMeans, ...]:
    mandate = settlement.at("ram:SpecifiedTradePaymentTerms", "ram:DirectDebitMandateID")
    creditor = settlement.at("ram:CreditorReferenceID")
    mandate_id, creditor_id = mandate.text("BT-89"), creditor.text("BT-90")
    found = []
    for position, one in enumerate(settlement.each("ram:SpecifiedTradeSettlementPaymentMeans"), 1):
        means = one.within(position)
        means.note("BG-16")
        account = means.at("ram:PayeePartyCreditorFinancialAccount")
        debited = means.at("ram:PayerPartyDebtorFinancialAccount", "ram:IBANID")
        iban = account.at("ram:IBANID").text("BT-84")
        found.append(
            PaymentMeans(
                position=position,
                code=means.at("ram:TypeCode").text("BT-81"),
                iban=iban or account.at("ram:ProprietaryID").text("BT-84"),
                bic=means.at("ram:PayeeSpecifiedCreditorFinancialInstitution", "ram:BICID").text(
                    "BT-86"
                ),
                account_name=account.at("ram:AccountName").text("BT-85"),
                mandate=mandate_id,
                creditor_id=creditor_id,
                debited_iban=debited.text("BT-91"),
                has_transfer=account.exists,
                has_card=means.at("ram:ApplicableTradeSettlementFinancialCard").exists,
                has_debit=debited.exists or mandate.exists or creditor.exists,
            )
        )
    return tuple(found)


def _allowances(parent: Cursor, *, allowance: str, charge: str) -> tuple[AllowanceCharge, ...]:
    found = []
    for position, one in enumerate(parent.each("ram:SpecifiedTradeAllowanceCharge"), 1):
        flag = one.at("ram:ChargeIndicator", "udt:Indicator").text() or ""
        is_charge = flag.lower() in ("true", "1")
        tax = one.at("ram:CategoryTradeTax")
        if parent.position is None:
            one.within(position).note(charge if is_charge else allowance)
        found.append(
            AllowanceCharge(
                position=position,
                is_charge=is_charge,
                amount=one.at("ram:ActualAmount").amount(),
                base=one.at("ram:BasisAmount").amount(),
                percent=one.at("ram:CalculationPercent").amount(),
                vat_category=tax.at("ram:CategoryCode").text(),
                vat_rate=tax.at("ram:RateApplicablePercent").amount(),
                reason=one.at("ram:Reason").text(),
                reason_code=one.at("ram:ReasonCode").text(),
            )
        )
    # ZUGFeRD and Factur-X EXTENDED state freight in an element of its own: it is a charge
    if parent.position is None:
        for one in parent.each("ram:SpecifiedLogisticsServiceCharge"):
            tax = one.at("ram:AppliedTradeTax")
            found.append(
                AllowanceCharge(
                    position=len(found) + 1,
                    is_charge=True,
                    amount=one.at("ram:AppliedAmount").amount(),
                    vat_category=tax.at("ram:CategoryCode").text(),
                    vat_rate=tax.at("ram:RateApplicablePercent").amount(),
                    reason=one.at("ram:Description").text(),
                )
            )
    return tuple(found)


def _vat(settlement: Cursor) -> tuple[VatGroup, ...]:
    found = []
    for position, one in enumerate(settlement.each("ram:ApplicableTradeTax"), 1):
        row = one.within(position)
        row.note("BG-23")
        found.append(
            VatGroup(
                position=position,
                category=row.at("ram:CategoryCode").text("BT-118"),
                rate=row.at("ram:RateApplicablePercent").amount("BT-119"),
                basis=row.at("ram:BasisAmount").amount("BT-116"),
                amount=row.at("ram:CalculatedAmount").amount("BT-117"),
                exemption_reason=row.at("ram:ExemptionReason").text("BT-120"),
                exemption_code=row.at("ram:ExemptionReasonCode").text("BT-121"),
            )
        )
    return tuple(found)


def _totals(settlement: Cursor, currency: str | None) -> Totals:
    totals = settlement.at("ram:SpecifiedTradeSettlementHeaderMonetarySummation")
    totals.note("BG-22")
    taxes: list[Decimal] = []
    in_accounting = None
    for one in totals.each("ram:TaxTotalAmount"):
        if one.attribute("currencyID") not in (currency, None) and currency is not None:
            in_accounting = one.amount("BT-111")
        elif (tax := one.amount("BT-110")) is not None:
            taxes.append(tax)
    return Totals(
        line_sum=totals.at("ram:LineTotalAmount").amount("BT-106"),
        allowances=totals.at("ram:AllowanceTotalAmount").amount("BT-107"),
        charges=totals.at("ram:ChargeTotalAmount").amount("BT-108"),
        net=totals.at("ram:TaxBasisTotalAmount").amount("BT-109"),
        tax=taxes[0] if taxes else None,
        taxes_beside=tuple(taxes[1:]),
        tax_in_accounting_currency=in_accounting,
        gross=totals.at("ram:GrandTotalAmount").amount("BT-112"),
        prepaid=totals.at("ram:TotalPrepaidAmount").amount("BT-113"),
        rounding=totals.at("ram:RoundingAmount").amount("BT-114"),
        payable=totals.at("ram:DuePayableAmount").amount("BT-115"),
    )


def _line(line: Cursor, position: int) -> Line:
    line.note("BG-25")
    document, product = (
        line.at("ram:AssociatedDocumentLineDocument"),
        line.at("ram:SpecifiedTradeProduct"),
    )
    agreement = line.at("ram:SpecifiedLineTradeAgreement")
    settlement = line.at("ram:SpecifiedLineTradeSettlement")
    price = agreement.at("ram:NetPriceProductTradePrice")
    gross_price = agreement.at("ram:GrossPriceProductTradePrice")
    quantity = line.at("ram:SpecifiedLineTradeDelivery", "ram:BilledQuantity")
    tax = settlement.at("ram:ApplicableTradeTax")
    net = settlement.at("ram:SpecifiedTradeSettlementLineMonetarySummation", "ram:LineTotalAmount")
    kind = document.at("ram:LineStatusReasonCode").text()
    return Line(
        position=position,
        id=document.at("ram:LineID").text("BT-126"),
        name=product.at("ram:Name").text("BT-153"),
        description=product.at("ram:Description").text("BT-154"),
        quantity=quantity.amount("BT-129"),
        unit=quantity.attribute("unitCode"),
        price=price.at("ram:ChargeAmount").amount("BT-146"),
        gross_price=gross_price.at("ram:ChargeAmount").amount("BT-148"),
        price_base=price.at("ram:BasisQuantity").amount("BT-149"),
        net=net.amount("BT-131"),
        vat_category=tax.at("ram:CategoryCode").text("BT-151"),
        vat_rate=tax.at("ram:RateApplicablePercent").amount("BT-152"),
        allowances=_allowances(settlement, allowance="BG-27", charge="BG-28"),
        period=_period(settlement, "BG-26", "BT-134", "BT-135"),
        counts=kind not in NOT_COUNTED and (product.exists or net.exists or price.exists),
    )
