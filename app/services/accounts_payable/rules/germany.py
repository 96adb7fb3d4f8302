"""What the German core invoice usage specification (XRechnung 3.0) demands beyond EN 16931.

To a private company these are defects of form: the invoice can be booked, so they are warnings.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from app.services.accounts_payable.findings import Finding, note, warning
from app.services.accounts_payable.invoice import Invoice, PaymentMeans
from app.services.accounts_payable.rules.codes import CARD_CODES, DEBIT_CODES, TRANSFER_CODES

GERMAN_TYPES: Final = frozenset({"326", "380", "381", "384", "389", "875", "876", "877"})
SKONTO: Final = re.compile(
    r"^#SKONTO#TAGE=(?P<days>[0-9]+)#PROZENT=(?P<percent>[0-9]+\.[0-9]{2})"
    r"(#BASISBETRAG=(?P<basis>-?[0-9]+\.[0-9]{2}))?#$"
)
EMAIL: Final = re.compile(r"^[^@\s]+@([^@.\s]+\.)+[^@.\s]+$")
TAXED: Final = frozenset({"S", "Z", "E", "AE", "K", "G", "L", "M"})


@dataclass(frozen=True, slots=True)
class Discount:
    """A cash discount (Skonto): percent off when paid within so many days."""

    days: int
    percent: Decimal
    basis: Decimal | None = None


def discounts(terms: str | None) -> tuple[Discount, ...]:
    """The machine-readable cash discounts in the payment terms (BR-DE-18)."""
    matches = (SKONTO.match(line.strip()) for line in (terms or "").splitlines())
    return tuple(
        Discount(
            days=int(one["days"][:6]),
            percent=Decimal(one["percent"]),
            basis=Decimal(one["basis"]) if one["basis"] else None,
        )
        for one in matches
        if one
    )


def is_xrechnung(invoice: Invoice) -> bool:
    """Whether the invoice claims to be an XRechnung."""
    return "xrechnung" in (invoice.profile or "").lower()


def german_findings(invoice: Invoice) -> list[Finding]:
    """What an XRechnung lacks; nothing for other invoices."""
    if not is_xrechnung(invoice):
        return []
    return [
        *_required(invoice),
        *_contact(invoice),
        *_skonto(invoice),
        *(found for means in invoice.payment for found in _payment(invoice, means)),
        *_delivery(invoice),
    ]


def _required(invoice: Invoice) -> Iterator[Finding]:
    for code, term, value in REQUIRED:
        if not value(invoice):
            yield warning(code, invoice.place(term))
    if invoice.type_code and invoice.type_code not in GERMAN_TYPES:
        yield warning("BR-DE-17", invoice.place("BT-3"), found=invoice.type_code[:10])
    for group in invoice.vat:
        if group.rate is None:
            yield warning("BR-DE-14", invoice.place("BT-119", group.position))


def _seller_is_registered(invoice: Invoice) -> bool:
    used = {line.vat_category for line in invoice.lines}
    used |= {one.vat_category for one in invoice.allowances}
    seller = invoice.seller
    registered = seller.vat_id or seller.tax_number or invoice.tax_representative
    return bool(registered) or not used & TAXED


REQUIRED: Final[tuple[tuple[str, str, Callable[[Invoice], object]], ...]] = (
    ("BR-DE-1", "BG-16", lambda one: one.payment),
    ("BR-DE-2", "BG-6", lambda one: one.seller.has_contact),
    ("BR-DE-3", "BT-37", lambda one: one.seller.city),
    ("BR-DE-4", "BT-38", lambda one: one.seller.postcode),
    ("BR-DE-5", "BT-41", lambda one: one.seller.contact_name or not one.seller.has_contact),
    ("BR-DE-6", "BT-42", lambda one: one.seller.telephone or not one.seller.has_contact),
    ("BR-DE-7", "BT-43", lambda one: one.seller.email or not one.seller.has_contact),
    ("BR-DE-8", "BT-52", lambda one: one.buyer.city),
    ("BR-DE-9", "BT-53", lambda one: one.buyer.postcode),
    ("BR-DE-15", "BT-10", lambda one: one.buyer_reference),
    ("BR-DE-16", "BT-31", _seller_is_registered),
    ("BR-DE-26", "BT-25", lambda one: one.preceding_invoice or one.type_code != "384"),
)


def _contact(invoice: Invoice) -> Iterator[Finding]:
    telephone, email = invoice.seller.telephone, invoice.seller.email
    if telephone and sum(one.isdigit() for one in telephone) < 3:
        yield warning("BR-DE-27", invoice.place("BT-42"), found=telephone[:40])
    if email and not EMAIL.match(email):
        yield warning("BR-DE-28", invoice.place("BT-43"), found=email[:60])


def _skonto(invoice: Invoice) -> Iterator[Finding]:
    for line in (invoice.terms or "").splitlines():
        if line.strip().startswith("#") and not SKONTO.match(line.strip()):
            yield warning("BR-DE-18", invoice.place("BT-20"), found=line.strip()[:80])
            return


def _payment(invoice: Invoice, means: PaymentMeans) -> Iterator[Finding]:
    """BR-DE-23 to 25: the kind of payment and what is said about it belong together."""
    transfer, card, debit = means.has_transfer, means.has_card, means.has_debit
    place = invoice.place("BG-16", means.position)
    for codes, rule, own, others in (
        (TRANSFER_CODES, "BR-DE-23", transfer, card or debit),
        (CARD_CODES, "BR-DE-24", card, transfer or debit),
        (DEBIT_CODES, "BR-DE-25", debit, transfer or card),
    ):
        if means.code in codes and not own:
            yield warning(f"{rule}-a", place)
        if means.code in codes and others:
            yield warning(f"{rule}-b", place)
    if debit and not means.creditor_id:
        yield warning("BR-DE-30", invoice.place("BT-90", means.position))
    if debit and not means.debited_iban:
        yield warning("BR-DE-31", invoice.place("BT-91", means.position))


def _delivery(invoice: Invoice) -> Iterator[Finding]:
    """BR-DE-TMP-32: § 14 UStG wants the date of the supply."""
    in_lines = invoice.lines and all(line.period for line in invoice.lines)
    if not (invoice.delivered_on or invoice.period or in_lines):
        yield note("BR-DE-TMP-32", invoice.place("BT-72"))
