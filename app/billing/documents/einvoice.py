"""A bill as an electronic invoice."""

from app.adapters.einvoice.document import Account, EInvoice, Line, Party, TaxGroup
from app.billing.rules.bill import Bill
from app.billing.rules.kinds import InvoiceType
from app.billing.rules.parties import BuyerDetails, SellerDetails


def of(bill: Bill) -> EInvoice:
    """The same as EN 16931 says it; the buyer's reference is the contract where it has none."""
    return EInvoice(
        number=bill.number,
        type_code=bill.kind.value,
        currency=bill.currency,
        issued_on=bill.issued_on,
        due_on=bill.due_on,
        since=bill.since,
        until=bill.until,
        seller=_seller(bill.seller),
        buyer=_buyer(bill.buyer),
        account=Account(iban=bill.seller.iban, name=bill.seller.name, bic=bill.seller.bic),
        buyer_reference=bill.buyer.reference or bill.contract,
        contract=bill.contract,
        corrects=bill.corrects,
        notes=(bill.reason,) if bill.reason else (),
        terms=(bill.reason or bill.number) if bill.kind is InvoiceType.CORRECTION else "",
        lines=tuple(
            Line(
                position=line.position,
                name=line.name,
                note=line.note,
                quantity=line.quantity,
                unit=line.unit,
                unit_price=line.unit_price,
                net=line.net,
                category=line.category,
                percent=line.percent,
            )
            for line in bill.lines
        ),
        taxes=tuple(
            TaxGroup(
                category=tax.category,
                percent=tax.percent,
                net=tax.net,
                tax=tax.tax,
                reason=tax.reason,
            )
            for tax in bill.taxes
        ),
        net=bill.net,
        tax=bill.tax,
        gross=bill.gross,
    )


def _seller(seller: SellerDetails) -> Party:
    return Party(
        name=seller.name,
        street=seller.street,
        postcode=seller.postcode,
        city=seller.city,
        country=seller.country,
        vat_id=seller.vat_id,
        tax_number=seller.tax_number,
        email=seller.email,
        contact=seller.contact,
        phone=seller.phone,
    )


def _buyer(buyer: BuyerDetails) -> Party:
    return Party(
        name=buyer.name,
        street=buyer.street,
        postcode=buyer.postcode,
        city=buyer.city,
        country=buyer.country,
        vat_id=buyer.vat_id,
        email=buyer.email,
    )
