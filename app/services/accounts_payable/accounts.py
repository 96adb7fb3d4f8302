"""Which account an expense probably belongs to, in the German charts of accounts SKR03 and SKR04.

A proposal by words in the lines, for a person to accept. Wareneingang is the account without
automatic tax, since the tax code stands beside it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Final

from app.services.accounts_payable.invoice import Invoice, Line


class Chart(StrEnum):
    """The two usual German charts of accounts."""

    SKR03 = "SKR03"
    SKR04 = "SKR04"


@dataclass(frozen=True, slots=True)
class ExpenseAccount:
    """One account in both charts, and the words that speak for it."""

    skr03: str
    skr04: str
    words: tuple[str, ...]

    def number(self, chart: Chart) -> str:
        """The account's number in this chart."""
        return self.skr03 if chart is Chart.SKR03 else self.skr04


def _account(skr03: str, skr04: str, words: str) -> ExpenseAccount:
    return ExpenseAccount(skr03, skr04, tuple(words.split()))


OTHER: Final = _account("4900", "6300", "")
# the more telling words first: the first account with a hit takes the line
EXPENSES: Final = (
    _account(
        "4806", "6495", "software lizenz licence license hosting cloud server wartung-edv saas"
    ),
    _account("4920", "6805", "telefon mobilfunk telekom sim-karte telephone festnetz"),
    _account("4925", "6810", "internet dsl glasfaser"),
    _account("4910", "6800", "porto briefmarke postage einschreiben"),
    _account("4955", "6830", "buchführung lohnabrechnung bookkeeping"),
    _account("4950", "6825", "rechtsberatung steuerberatung beratung consulting anwalt notar"),
    _account("4210", "6310", "miete kaltmiete nebenkosten pacht rent"),
    _account("4240", "6325", "strom gas wasser fernwärme energie electricity abschlag"),
    _account("4250", "6330", "reinigung gebäudereinigung cleaning"),
    _account("4360", "6400", "versicherung haftpflicht police insurance"),
    _account("4530", "6530", "diesel benzin kraftstoff tanken adblue fuel"),
    _account("4540", "6540", "reifen werkstatt inspektion ölwechsel kfz-reparatur bremsbeläge"),
    _account("4580", "6570", "maut toll parken"),
    _account("3800", "5800", "fracht versandkosten anlieferung freight lieferpauschale"),
    _account("3100", "5900", "subunternehmer fremdleistung transportauftrag spedition"),
    _account("4600", "6600", "werbung anzeige flyer marketing druckerei"),
    _account("4660", "6650", "hotel übernachtung bahnfahrt reisekosten taxi flug"),
    _account("4710", "6710", "verpackung kartons palette stretchfolie karton"),
    _account("4930", "6815", "büromaterial papier toner kopierpapier ordner stifte"),
    _account("4805", "6460", "reparatur instandhaltung wartung ersatzteil"),
    _account("4985", "6845", "werkzeug kleingerät kleingeräte"),
    _account(
        "3200",
        "5200",
        "ware waren mehl zucker butter hefe handschuhe verbandmaterial spritzen praxisbedarf "
        "artikel rohstoff schraube textilien jeans hemd",
    ),
)


def account_for(text: str) -> ExpenseAccount:
    """The account that the words of a line speak for."""
    words = text.casefold()
    for account in EXPENSES:
        if any(word in words for word in account.words):
            return account
    return OTHER


def account_of_lines(lines: Iterable[Line]) -> ExpenseAccount:
    """The account that the greatest part of these lines (by amount) speaks for."""
    weights: dict[ExpenseAccount, Decimal] = {}
    for line in lines:
        account = account_for(f"{line.name or ''} {line.description or ''}")
        weights[account] = weights.get(account, Decimal(0)) + abs(line.net or Decimal(0))
    return max(weights, key=lambda one: weights[one], default=OTHER)


def creditor_account(name: str) -> str:
    """The collective creditor account of the supplier's initial: A 70000, B 71000, … Z 95000."""
    for sign in name.upper().translate(UMLAUT_INITIALS):
        if "A" <= sign <= "Z":
            return str(70000 + 1000 * (ord(sign) - ord("A")))
    return "96000"


UMLAUT_INITIALS: Final = str.maketrans({"Ä": "A", "Ö": "O", "Ü": "U"})

# DATEV tax keys (BU-Schlüssel) for input tax, by category and rate
INPUT_TAX_KEYS: Final = {
    ("S", Decimal(19)): "9",
    ("S", Decimal(7)): "8",
    ("S", Decimal(16)): "7",
    ("S", Decimal(5)): "6",
    ("AE", Decimal(0)): "94",
    ("K", Decimal(0)): "19",
}


def tax_key(invoice: Invoice, category: str | None, rate: Decimal | None) -> str:
    """The tax key of a booking row; none where no input tax may be deducted (foreign, exempt)."""
    vat_id = (invoice.seller.vat_id or "DE").upper()
    if category == "S" and not vat_id.startswith("DE"):
        return ""
    return INPUT_TAX_KEYS.get((category or "", rate or Decimal(0)), "")
