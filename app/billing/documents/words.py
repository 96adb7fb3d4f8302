"""The words of an invoice, in the client's language: a document does not follow its reader's."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from app.billing.rules.charges import ChargeKind
from app.billing.rules.kinds import InvoiceType

LANGUAGES = ("de", "en")
_TRANSLATIONS = Path(__file__).parents[2] / "translations"
_WORDS: dict[str, dict[str, str]] = {
    "de": {
        "380": "Rechnung",
        "381": "Rechnungskorrektur",
        "number": "Nummer",
        "issued": "Rechnungsdatum",
        "due": "Zahlbar bis",
        "period": "Leistungszeitraum",
        "contract": "Vertrag",
        "reference": "Ihre Referenz",
        "vat_id": "Ihre USt-IdNr.",
        "position": "Pos.",
        "service": "Leistung",
        "quantity": "Menge",
        "price": "Einzelpreis",
        "rate": "USt",
        "amount": "Betrag",
        "net": "Summe netto",
        "tax": "Umsatzsteuer {percent} % auf {net}",
        "gross": "Rechnungsbetrag",
        "gross_381": "Korrekturbetrag",
        "pay": "Bitte überweisen Sie {gross} bis zum {due} unter Angabe von {number}.",
        "collected": "Wir ziehen {gross} zum {due} von dem hinterlegten Zahlungsmittel ein.",
        "corrects": "Diese Rechnungskorrektur nimmt die Rechnung {number} vom {day} zurück.",
        "E": "Umsatzsteuerfrei.",
        "AE": "Steuerschuldnerschaft des Leistungsempfängers (Reverse Charge).",
        "retainer": "Monatspauschale",
        "allowance": "Kontingent",
        "included": "{service}: im Kontingent enthalten",
        "tier": "{service}: ab {above}",
        "tier_to": "{service}: {above} bis {up_to}",
        "hours": "Stunden {role}",
        "minimum": "Ergänzung zum Mindestumsatz",
        "credit": "Gutschrift aus Servicezusagen {month}",
        "carried": "Übertrag aus {month}",
        "days": "{since} bis {until}",
        "page": "Seite",
    },
    "en": {
        "380": "Invoice",
        "381": "Invoice correction",
        "number": "Number",
        "issued": "Date",
        "due": "Payable by",
        "period": "Period",
        "contract": "Contract",
        "reference": "Your reference",
        "vat_id": "Your VAT id",
        "position": "No.",
        "service": "Service",
        "quantity": "Quantity",
        "price": "Unit price",
        "rate": "VAT",
        "amount": "Amount",
        "net": "Net total",
        "tax": "VAT {percent} % on {net}",
        "gross": "Total due",
        "gross_381": "Total taken back",
        "pay": "Please transfer {gross} by {due}, giving {number}.",
        "collected": "We collect {gross} on {due} from the payment method on file.",
        "corrects": "This correction takes back invoice {number} of {day}.",
        "E": "Exempt from VAT.",
        "AE": "Reverse charge: VAT is owed by the recipient.",
        "retainer": "Monthly fee",
        "allowance": "Allowance",
        "included": "{service}: included in the allowance",
        "tier": "{service}: above {above}",
        "tier_to": "{service}: {above} to {up_to}",
        "hours": "Hours {role}",
        "minimum": "Addition to the agreed minimum",
        "credit": "Service credit {month}",
        "carried": "Carried over from {month}",
        "days": "{since} to {until}",
        "page": "Page",
    },
}


def word(key: str, locale: str, **values: str) -> str:
    """A word or sentence of the document."""
    return _WORDS[language(locale)][key].format(**values)


def language(locale: str) -> str:
    """The language a document is written in."""
    return locale if locale in LANGUAGES else "en"


def service_title(msgid: str, locale: str) -> str:
    """A service's title out of the program's own catalogue."""
    return str(_catalogue(language(locale)).ugettext(msgid))


@cache
def _catalogue(locale: str) -> Translations | NullTranslations:
    return Translations.load(_TRANSLATIONS, [locale])


def title(kind: InvoiceType, locale: str) -> str:
    """What the document is called."""
    return word(kind.value, locale)


def day(value: date, locale: str) -> str:
    """A day as the reader writes it."""
    if language(locale) == "de":
        return f"{value:%d.%m.%Y}"
    return f"{value.day} {format_date(value, 'MMM yyyy', locale='en')}"


def month(value: date, locale: str) -> str:
    """A month by its name."""
    return format_date(value, "LLLL yyyy", locale=language(locale))


def number(value: Decimal, locale: str, *, places: int | None = None) -> str:
    """A quantity or amount as the reader writes it."""
    pattern = "#,##0.######" if places is None else "#,##0" + ("." + "0" * places if places else "")
    text = format_decimal(value, pattern, locale=language(locale), decimal_quantization=False)
    return str(text)


def name_of(kind: str, *, title: str, service: str, params: Mapping[str, Any], locale: str) -> str:
    """What a position is called: the contract's own words, or what its kind says."""
    if title and kind not in (ChargeKind.INCLUDED, ChargeKind.TIER):
        return title
    values = _values(params, locale) | {"service": title or service}
    if kind == ChargeKind.USAGE:
        return values["service"]
    if kind == ChargeKind.TIER and "up_to" in values:
        return word("tier_to", locale, **values)
    if kind == ChargeKind.ALLOWANCE and service:
        return f"{word('allowance', locale)} {service}"
    return word(kind, locale, **values)


def note_of(params: Mapping[str, Any], locale: str) -> str:
    """The days of a position that is only for a part of the month."""
    if "since" not in params:
        return ""
    values = _values(params, locale)
    return word("days", locale, since=values["since"], until=values["until"])


def _values(params: Mapping[str, Any], locale: str) -> dict[str, str]:
    found = {key: str(value) for key, value in params.items()}
    for key in ("since", "until"):
        if key in found:
            found[key] = day(date.fromisoformat(found[key]), locale)
    if "month" in found:
        found["month"] = month(date.fromisoformat(found["month"]), locale)
    for key in ("above", "up_to"):
        if key in found:
            found[key] = number(Decimal(found[key]), locale)
    return found
