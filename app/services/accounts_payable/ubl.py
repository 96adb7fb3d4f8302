"""Reads UBL 2.1 Invoice and CreditNote into an `Invoice` (EN 16931-3-2, syntax binding for UBL)."""

from datetime import date
from typing import Final

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
from app.services.accounts_payable.ubl_parties import buyer, payee, seller, tax_representative
from app.services.accounts_payable.xml_safety import Element

INVOICE: Final = "urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
CREDIT_NOTE: Final = "urn:oasis:names:specification:ubl:schema:xsd:CreditNote-2"
NAMESPACES: Final = {
    "cac": "urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2",
    "cbc": "urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2",
}


def is_ubl(root: Element) -> bool:
    """Whether the root element is a UBL invoice or credit note."""
    return root.tag in (f"{{{INVOICE}}}Invoice", f"{{{CREDIT_NOTE}}}CreditNote")


def read(root: Element) -> tuple[Invoice, Source]:
    """The invoice, and the source with places and what could not be read."""
    source = Source(NAMESPACES)
    credit = root.tag.endswith("}CreditNote")
    top = Cursor(source, root, "/CreditNote" if credit else "/Invoice")
    currency = top.at("cbc:DocumentCurrencyCode").text("BT-5")
    creditor_id = _creditor_id(top)
    invoice = Invoice(
        syntax=Syntax.UBL_CREDIT_NOTE if credit else Syntax.UBL,
        id=top.at("cbc:ID").text("BT-1"),
        issue_date=top.at("cbc:IssueDate").date("BT-2"),
        type_code=top.at("cbc:CreditNoteTypeCode" if credit else "cbc:InvoiceTypeCode").text(
            "BT-3"
        ),
        currency=currency,
        accounting_currency=top.at("cbc:TaxCurrencyCode").text("BT-6"),
        due_date=_due_date(top, credit=credit),
        buyer_reference=top.at("cbc:BuyerReference").text("BT-10"),
        contract_reference=top.at("cac:ContractDocumentReference", "cbc:ID").text("BT-12"),
        order_reference=top.at("cac:OrderReference", "cbc:ID").text("BT-13"),
        preceding_invoice=top.at(
            "cac:BillingReference", "cac:InvoiceDocumentReference", "cbc:ID"
        ).text("BT-25"),
        terms=top.at("cac:PaymentTerms", "cbc:Note").text("BT-20"),
        remittance=top.at("cac:PaymentMeans", "cbc:PaymentID").text("BT-83"),
        notes=tuple(text for one in top.each("cbc:Note") if (text := one.text("BT-22"))),
        process=top.at("cbc:ProfileID").text("BT-23"),
        profile=top.at("cbc:CustomizationID").text("BT-24"),
        delivered_on=top.at("cac:Delivery", "cbc:ActualDeliveryDate").date("BT-72"),
        delivery_country=top.at(
            "cac:Delivery",
            "cac:DeliveryLocation",
            "cac:Address",
            "cac:Country",
            "cbc:IdentificationCode",
        ).text("BT-80"),
        period=_period(top.at("cac:InvoicePeriod"), "BT-73", "BT-74"),
        seller=seller(top),
        buyer=buyer(top),
        payee=payee(top),
        tax_representative=tax_representative(top),
        payment=tuple(
            _payment(one.within(number), number, creditor_id)
            for number, one in enumerate(top.each("cac:PaymentMeans"), 1)
        ),
        allowances=_allowances(top, allowance="BG-20", charge="BG-21"),
        vat=_vat(top),
        totals=_totals(top, currency),
        lines=_lines(top, credit=credit),
        paths=source.paths,
        root_path=top.path,
    )
    return invoice, source


def _due_date(top: Cursor, *, credit: bool) -> date | None:
    where = ("cac:PaymentMeans", "cbc:PaymentDueDate") if credit else ("cbc:DueDate",)
    return top.at(*where).date("BT-9")


def _creditor_id(top: Cursor) -> str | None:
    """BT-90: the seller's or payee's identification under the scheme SEPA."""
    for party in (top.at("cac:PayeeParty"), top.at("cac:AccountingSupplierParty", "cac:Party")):
        for one in party.each("cac:PartyIdentification"):
            identifier = one.at("cbc:ID")
            if identifier.attribute("schemeID") == "SEPA":
                return identifier.text("BT-90")
    return None


def _payment(means: Cursor, position: int, creditor_id: str | None) -> PaymentMeans:
    means.note("BG-16")
    account = means.at("cac:PayeeFinancialAccount")
    mandate = means.at("cac:PaymentMandate")
    code = means.at("cbc:PaymentMeansCode").text("BT-81")
    return PaymentMeans(
        position=position,
        code=code,
        iban=account.at("cbc:ID").text("BT-84"),
        bic=account.at("cac:FinancialInstitutionBranch", "cbc:ID").text("BT-86"),
        account_name=account.at("cbc:Name").text("BT-85"),
        mandate=mandate.at("cbc:ID").text("BT-89"),
        creditor_id=creditor_id,
        debited_iban=mandate.at("cac:PayerFinancialAccount", "cbc:ID").text("BT-91"),
        has_transfer=account.exists,
        has_card=means.at("cac:CardAccount").exists,
        has_debit=mandate.exists,
    )


def _period(period: Cursor, start: str, end: str) -> Period | None:
    if period.element is None:
        return None
    if period.at("cbc:DescriptionCode").exists and len(period.element) == 1:
        return None  # says by what date VAT is due (BT-8), not from when to when
    period.note("BG-14" if start == "BT-73" else "BG-26")
    return Period(
        start=period.at("cbc:StartDate").date(start), end=period.at("cbc:EndDate").date(end)
    )


def _allowances(parent: Cursor, *, allowance: str, charge: str) -> tuple[AllowanceCharge, ...]:
    """Allowances and charges. Places are noted as `BG-20#1`: the group and its own number."""
    found = []
    for position, one in enumerate(parent.each("cac:AllowanceCharge"), 1):
        is_charge = (one.at("cbc:ChargeIndicator").text() or "").lower() in ("true", "1")
        category = one.at("cac:TaxCategory")
        if parent.position is None:
            one.within(position).note(charge if is_charge else allowance)
        found.append(
            AllowanceCharge(
                position=position,
                is_charge=is_charge,
                amount=one.at("cbc:Amount").amount(),
                base=one.at("cbc:BaseAmount").amount(),
                percent=one.at("cbc:MultiplierFactorNumeric").amount(),
                vat_category=category.at("cbc:ID").text(),
                vat_rate=category.at("cbc:Percent").amount(),
                reason=one.at("cbc:AllowanceChargeReason").text(),
                reason_code=one.at("cbc:AllowanceChargeReasonCode").text(),
            )
        )
    return tuple(found)


def _vat(top: Cursor) -> tuple[VatGroup, ...]:
    groups: list[VatGroup] = []
    for total in top.each("cac:TaxTotal"):
        for one in total.each("cac:TaxSubtotal"):
            row = one.within(len(groups) + 1)
            row.note("BG-23")
            category = row.at("cac:TaxCategory")
            groups.append(
                VatGroup(
                    position=len(groups) + 1,
                    category=category.at("cbc:ID").text("BT-118"),
                    rate=category.at("cbc:Percent").amount("BT-119"),
                    basis=row.at("cbc:TaxableAmount").amount("BT-116"),
                    amount=row.at("cbc:TaxAmount").amount("BT-117"),
                    exemption_reason=category.at("cbc:TaxExemptionReason").text("BT-120"),
                    exemption_code=category.at("cbc:TaxExemptionReasonCode").text("BT-121"),
                )
            )
    return tuple(groups)


def _totals(top: Cursor, currency: str | None) -> Totals:
    totals = top.at("cac:LegalMonetaryTotal")
    totals.note("BG-22")
    own, other = _tax_totals(top, currency)
    return Totals(
        line_sum=totals.at("cbc:LineExtensionAmount").amount("BT-106"),
        allowances=totals.at("cbc:AllowanceTotalAmount").amount("BT-107"),
        charges=totals.at("cbc:ChargeTotalAmount").amount("BT-108"),
        net=totals.at("cbc:TaxExclusiveAmount").amount("BT-109"),
        tax=own[0].amount("BT-110") if own else None,
        taxes_beside=tuple(value for one in own[1:] if (value := one.amount()) is not None),
        tax_in_accounting_currency=other[0].amount("BT-111") if other else None,
        gross=totals.at("cbc:TaxInclusiveAmount").amount("BT-112"),
        prepaid=totals.at("cbc:PrepaidAmount").amount("BT-113"),
        rounding=totals.at("cbc:PayableRoundingAmount").amount("BT-114"),
        payable=totals.at("cbc:PayableAmount").amount("BT-115"),
    )


def _tax_totals(top: Cursor, currency: str | None) -> tuple[list[Cursor], list[Cursor]]:
    """Tax in the invoice's currency, and tax in the accounting currency: told by currencyID."""
    own: list[Cursor] = []
    other: list[Cursor] = []
    for total in top.each("cac:TaxTotal"):
        amount = total.at("cbc:TaxAmount")
        same = amount.attribute("currencyID") in (currency, None) or currency is None
        (own if same else other).append(amount)
    return own, other


def _lines(top: Cursor, *, credit: bool) -> tuple[Line, ...]:
    name = "cac:CreditNoteLine" if credit else "cac:InvoiceLine"
    quantity = "cbc:CreditedQuantity" if credit else "cbc:InvoicedQuantity"
    return tuple(
        _line(one.within(number), number, quantity) for number, one in enumerate(top.each(name), 1)
    )


def _line(line: Cursor, position: int, quantity_name: str) -> Line:
    line.note("BG-25")
    quantity, item, price = line.at(quantity_name), line.at("cac:Item"), line.at("cac:Price")
    category = item.at("cac:ClassifiedTaxCategory")
    return Line(
        position=position,
        id=line.at("cbc:ID").text("BT-126"),
        name=item.at("cbc:Name").text("BT-153"),
        description=item.at("cbc:Description").text("BT-154"),
        quantity=quantity.amount("BT-129"),
        unit=quantity.attribute("unitCode"),
        price=price.at("cbc:PriceAmount").amount("BT-146"),
        gross_price=price.at("cac:AllowanceCharge", "cbc:BaseAmount").amount("BT-148"),
        price_base=price.at("cbc:BaseQuantity").amount("BT-149"),
        net=line.at("cbc:LineExtensionAmount").amount("BT-131"),
        vat_category=category.at("cbc:ID").text("BT-151"),
        vat_rate=category.at("cbc:Percent").amount("BT-152"),
        allowances=_allowances(line, allowance="BG-27", charge="BG-28"),
        period=_period(line.at("cac:InvoicePeriod"), "BT-134", "BT-135"),
    )
