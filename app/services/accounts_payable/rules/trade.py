"""What a good clerk looks at: who, how much, when, and where the money is to go."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Final

from stdnum import bic, iban
from stdnum.eu import vat

from app.services.accounts_payable.findings import Finding, error, note, warning
from app.services.accounts_payable.invoice import Invoice, PaymentMeans
from app.services.accounts_payable.rules.calculation import plain
from app.services.accounts_payable.rules.codes import DEBIT_CODES
from app.services.accounts_payable.rules.context import Context
from app.services.accounts_payable.rules.duplicates import duplicate_findings, fingerprints
from app.services.accounts_payable.rules.names import same_company

IBAN_SHAPE: Final = re.compile(r"^[A-Z]{2}\d{2}[A-Z0-9]{10,30}$")
SEPA_TRANSFER: Final = "58"
EU_PREFIXES: Final = frozenset(vat.MEMBER_STATES) | {"el", "xi"}
SELF_BILLED: Final = frozenset({"389", "261", "527"})

# § 12, § 24 and § 28 UStG: rates that a German invoice may show, and from when to when
GERMAN_RATES: Final[tuple[tuple[Decimal, date, date], ...]] = (
    (Decimal(19), date(2007, 1, 1), date.max),
    (Decimal(7), date(1983, 7, 1), date.max),
    (Decimal(0), date.min, date.max),
    (Decimal(16), date(2020, 7, 1), date(2020, 12, 31)),
    (Decimal(5), date(2020, 7, 1), date(2020, 12, 31)),
    (Decimal("5.5"), date(2007, 1, 1), date.max),
    (Decimal("7.8"), date(2025, 1, 1), date.max),
    (Decimal("8.4"), date(2024, 12, 6), date(2024, 12, 31)),
    (Decimal(9), date(2023, 1, 1), date(2024, 12, 5)),
    (Decimal("9.5"), date(2022, 1, 1), date(2022, 12, 31)),
    (Decimal("10.7"), date(2007, 1, 1), date(2021, 12, 31)),
)


def trade_findings(invoice: Invoice, context: Context) -> list[Finding]:
    """Everything that is no question of form."""
    return [
        *duplicate_findings(
            fingerprints(invoice),
            number=invoice.id,
            known=context.known_fingerprints,
            place=invoice.place("BT-1"),
        ),
        *_vat_ids(invoice),
        *_accounts(invoice),
        *_dates(invoice, context.today),
        *_addressee(invoice, context),
        *_signs(invoice),
        *_german_rates(invoice),
        *_foreign_vat(invoice),
        *_payment(invoice),
    ]


def _vat_ids(invoice: Invoice) -> Iterator[Finding]:
    parties = (("BT-31", invoice.seller.vat_id), ("BT-48", invoice.buyer.vat_id))
    for term, vat_id in parties:
        if vat_id and vat_id[:2].lower() in EU_PREFIXES and not vat.is_valid(_compact(vat_id)):
            yield warning("AP-VAT-ID", invoice.place(term), found=vat_id[:30])


def _compact(number: str) -> str:
    return re.sub(r"[\s.\-/]", "", number).upper()


def _accounts(invoice: Invoice) -> Iterator[Finding]:
    for means in invoice.payment:
        if means.iban:
            yield from _account(invoice, means, means.iban)
        if means.debited_iban and not iban.is_valid(means.debited_iban):
            place = invoice.place("BT-91", means.position)
            yield warning("AP-IBAN-DEBITED", place, found=means.debited_iban[:40])
        if means.bic and not bic.is_valid(means.bic):
            yield warning("AP-BIC", invoice.place("BT-86", means.position), found=means.bic[:20])
    accounts = {_compact(means.iban) for means in invoice.payment if means.iban}
    if len(accounts) > 1:
        place = invoice.place("BT-84", 1)
        yield note("AP-SEVERAL-ACCOUNTS", place, count=len(accounts))


def _account(invoice: Invoice, means: PaymentMeans, number: str) -> Iterator[Finding]:
    """The account to be paid: a wrong check digit is a typing error or a fraud."""
    place = invoice.place("BT-84", means.position)
    if IBAN_SHAPE.match(_compact(number)):
        if not iban.is_valid(number):
            yield error("AP-IBAN", place, found=number[:40])
    elif means.code == SEPA_TRANSFER:
        yield error("AP-IBAN", place, found=number[:40])
    else:
        yield warning("AP-ACCOUNT-NOT-IBAN", place, found=number[:40])


def _dates(invoice: Invoice, today: date) -> Iterator[Finding]:
    issued, due = invoice.issue_date, invoice.due_date
    if issued and due and due < issued:
        yield warning("AP-DUE-BEFORE-ISSUE", invoice.place("BT-9"), due=due, issued=issued)
    if issued and issued > today:
        yield warning("AP-FUTURE-DATE", invoice.place("BT-2"), issued=issued)
    payable = invoice.totals.payable
    if due and due < today and not invoice.is_credit_note and payable is not None and payable > 0:
        yield note("AP-OVERDUE", invoice.place("BT-9"), due=due)


def _addressee(invoice: Invoice, context: Context) -> Iterator[Finding]:
    """An invoice to another company gives the client no input tax (§ 15 UStG)."""
    own_side = invoice.seller if invoice.type_code in SELF_BILLED else invoice.buyer
    vat_ids = {_compact(one) for one in context.client_vat_ids}
    if own_side.vat_id and _compact(own_side.vat_id) in vat_ids:
        return
    names = [one for one in (own_side.name, own_side.trading_name) if one]
    if not names or not context.client_names:
        return
    if not any(same_company(name, own) for name in names for own in context.client_names):
        term = "BT-27" if own_side is invoice.seller else "BT-44"
        place = invoice.place(term)
        yield warning(
            "AP-OTHER-ADDRESSEE", place, found=names[0][:120], client=context.client_names[0]
        )


def _signs(invoice: Invoice) -> Iterator[Finding]:
    """A credit note states positive amounts; a negative invoice is a credit note in disguise."""
    gross = invoice.totals.gross
    if gross is None or gross >= 0:
        return
    place = invoice.place("BT-112")
    code = "AP-CREDIT-SIGN" if invoice.is_credit_note else "AP-NEGATIVE-INVOICE"
    yield warning(code, place, found=plain(gross))


def _foreign_vat(invoice: Invoice) -> Iterator[Finding]:
    """Foreign VAT is refunded by its country only (§ 18 (9) UStG), so it is booked as a cost."""
    seller = invoice.seller
    country = (seller.vat_id or "")[:2].upper() or (seller.country or "")
    is_german_buyer = (invoice.buyer.country or "DE") == "DE"
    taxed = any(group.category == "S" and group.amount for group in invoice.vat)
    if is_german_buyer and taxed and country.isalpha() and country != "DE":
        yield warning("AP-FOREIGN-VAT", invoice.place("BT-110"), country=country)


def _payment(invoice: Invoice) -> Iterator[Finding]:
    """Whom to pay, whether at all, and in what."""
    payee = invoice.payee.name if invoice.payee else None
    names = (invoice.seller.name, invoice.seller.trading_name)
    if payee and not any(same_company(payee, name) for name in names if name):
        yield warning("AP-PAYEE", invoice.place("BT-59"), payee=payee[:120])
    if is_collected(invoice):
        yield note("AP-COLLECTED", invoice.place("BT-81"))
    if (invoice.currency or "EUR") != "EUR":
        yield warning("AP-CURRENCY", invoice.place("BT-5"), currency=invoice.currency)


def is_collected(invoice: Invoice) -> bool:
    """Direct debit is the only way that the invoice names."""
    return bool(invoice.payment) and all(one.code in DEBIT_CODES for one in invoice.payment)


def _german_rates(invoice: Invoice) -> Iterator[Finding]:
    if invoice.seller.country != "DE" or not (invoice.seller.vat_id or "DE").startswith("DE"):
        return
    day = invoice.delivered_on or invoice.issue_date
    for group in invoice.vat:
        if group.category != "S" or group.rate is None or day is None:
            continue
        if not any(
            group.rate == rate and since <= day <= until for rate, since, until in GERMAN_RATES
        ):
            place = invoice.place("BT-119", group.position)
            yield warning("AP-RATE-UNUSUAL", place, found=f"{group.rate.normalize():f}", day=day)
