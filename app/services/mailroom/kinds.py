"""What a letter is: words with weights, German and English, and why. Pure.

Every word counts once, in the heading twice. A word is matched from its beginning (`rechnung` finds
`Rechnungen`), or inside a compound where it begins with `*` (`*rechnung` finds `Stromrechnung`).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final


class Kind(StrEnum):
    """Kinds of what comes in."""

    INVOICE = "invoice"
    REMINDER = "reminder"
    ORDER = "order"
    DELIVERY_NOTE = "delivery_note"
    CONTRACT = "contract"
    NOTICE = "notice"
    APPLICATION = "application"
    SICK_NOTE = "sick_note"
    COMPLAINT = "complaint"
    AUTHORITY = "authority"
    BANK = "bank"
    ADVERTISEMENT = "advertisement"
    OTHER = "other"


Weights = Mapping[str, int]
WEIGHTS: Final[Mapping[Kind, Weights]] = {
    Kind.INVOICE: {
        "*rechnung": 3, "invoice": 4, "rechnungsnummer": 4, "rechnungsdatum": 3,
        "rechnungsbetrag": 3, "gesamtbetrag": 2, "umsatzsteuer": 2, "ust": 1, "mwst": 2, "netto": 1,
        "zahlbar": 2, "leistungszeitraum": 2, "gutschrift": 3, "credit note": 4, "facture": 4,
        "avoir": 3, "vat": 1, "amount due": 2, "leistungsdatum": 2, "einzelpreis": 1, "iban": 1,
        "payment terms": 1, "total due": 2, "please pay": 1,
    },
    Kind.REMINDER: {
        "*mahnung": 7, "zahlungserinnerung": 8, "mahngebühr": 6, "verzugszinsen": 5,
        "payment reminder": 8, "overdue": 5, "final notice": 6, "zahlungsverzug": 5,
        "offener posten": 3, "offenen betrag": 4, "outstanding": 3, "inkasso": 6, "past due": 6,
        "nicht feststellen": 2, "letzte aufforderung": 5, "reminder": 4, "dunning": 6,
        "mahnbescheid": 7, "noch nicht eingegangen": 4, "late fee": 4, "kein zahlungseingang": 6,
    },
    Kind.ORDER: {
        "*bestellung": 4, "bestellen": 4, "purchase order": 7, "bestellnummer": 2,
        "wunschtermin": 3, "liefertermin": 3, "wir beauftragen": 5, "auftragserteilung": 6,
        "please supply": 5, "hiermit bestellen": 6, "order no": 2, "we would like to order": 7,
        "auftragsbestätigung": 4, "order confirmation": 4, "delivery address": 1,
    },
    Kind.DELIVERY_NOTE: {
        "*lieferschein": 7, "delivery note": 7, "packing list": 6, "packstück": 4, "colli": 4,
        "frachtbrief": 6, "empfangsbestätigung": 4, "liefermenge": 3, "ware erhalten": 4,
        "goods received": 4, "packzettel": 5, "despatch": 3, "consignment note": 6,
    },
    Kind.CONTRACT: {
        "*vertrag": 3, "vertragslaufzeit": 4, "vertragspartner": 4, "laufzeit": 2,
        "agreement": 4, "hereby agree": 4, "unterzeichn": 2, "nachtrag": 4, "gerichtsstand": 3,
        "präambel": 4, "contract": 3, "vertragsentwurf": 5, "mietvertrag": 4, "governing law": 4,
        "vereinbarung": 3, "term of this": 3, "parties": 1, "auftragsverarbeitung": 3,
        "*parteien": 3,
    },
    Kind.NOTICE: {
        "*kündigung": 6, "kündige": 7, "kündigen": 6, "fristgerecht": 4, "terminate": 5,
        "termination": 5, "nächstmöglich": 4, "notice of": 3, "cancel my": 5, "kündigungsfrist": 2,
        "vertragsende": 2, "außerordentlich": 3, "beendigung": 2, "hereby give notice": 7,
    },
    Kind.APPLICATION: {
        "*bewerbung": 7, "bewerbe": 7, "lebenslauf": 5, "anschreiben": 3, "stellenanzeige": 5,
        "curriculum vitae": 6, "apply for": 5, "my application": 5, "vorstellungsgespräch": 4,
        "gehaltsvorstellung": 5, "zeugnisse": 3, "cover letter": 5, "ausgeschriebene": 4,
        "berufserfahrung": 3, "work experience": 3, "ausbildungsplatz": 5, "praktikum": 4,
        "job advertisement": 5, "applying for": 6,
    },
    Kind.SICK_NOTE: {
        "arbeitsunfähig": 8, "krankmeldung": 7, "krankgeschrieben": 6, "krank gemeldet": 6,
        "krankschreibung": 7, "sick note": 8, "sick leave": 6, "unfit for work": 8,
        "voraussichtlich bis": 2, "erkrankt": 4, "fit note": 7, "i am ill": 4,
    },
    Kind.COMPLAINT: {
        "*reklamation": 7, "beschwerde": 6, "mangel": 4, "mängel": 4, "beschädigt": 4, "defekt": 4,
        "unzufrieden": 5, "complaint": 7, "damaged": 4, "defective": 5, "falsch geliefert": 5,
        "ersatzlieferung": 4, "rückerstattung": 4, "refund": 4, "disappointed": 5, "ärgerlich": 3,
        "nacherfüllung": 5, "nachbesserung": 5, "funktioniert nicht": 4, "does not work": 4,
        "stopped working": 4, "unacceptable": 4, "gewährleistung": 3, "enttäuscht": 4,
    },
    Kind.AUTHORITY: {
        "finanzamt": 6, "*bescheid": 5, "aktenzeichen": 3, "anhörung": 5, "rechtsbehelf": 6,
        "*behörde": 4, "amtsgericht": 6, "bußgeld": 6, "ordnungsamt": 6, "landesamt": 5,
        "bundesamt": 5, "gewerbeamt": 6, "berufsgenossenschaft": 5, "widerspruch": 3,
        "steuernummer": 1, "tax office": 6, "hmrc": 6, "authority": 3, "court": 4, "summons": 6,
        "vollstreckung": 4, "zollamt": 6, "hauptzollamt": 3, "deutsche rentenversicherung": 5,
        "festsetzung": 4, "statutory": 2, "verwaltungsverfahren": 4, "betriebsprüfung": 5,
        "prüfungsanordnung": 6, "companies house": 6, "fine of": 3, "anordnung": 2,
        "stadtverwaltung": 5, "gesundheitsamt": 6,
    },
    Kind.BANK: {
        "kontoauszug": 8, "account statement": 7, "bank statement": 8, "buchungstag": 4,
        "valuta": 3, "alter kontostand": 6, "neuer kontostand": 6, "saldo": 3, "closing balance": 5,
        "opening balance": 5, "wertstellung": 4, "darlehen": 3, "kreditrahmen": 4, "haben": 1,
        "depotauszug": 7, "rechnungsabschluss": 6,
    },
    Kind.ADVERTISEMENT: {
        "newsletter": 6, "abbestellen": 5, "unsubscribe": 6, "angebot des monats": 6, "rabatt": 3,
        "sonderangebot": 5, "jetzt sichern": 5, "discount code": 5, "special offer": 5,
        "gratis": 3, "exklusiv": 2, "webinar": 4, "limited time": 4, "gutschein": 4, "% off": 5,
        "kostenlos testen": 4, "free trial": 4, "sale": 2, "messe": 2,
    },
}  # fmt: skip
LEAST: Final = 4
"""Fewer points are no sign of anything."""
CLEAR: Final = 0.25
"""So much better than the second, as a part of its own points, must the best be to be sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The kind, why, and whether it is sure."""

    kind: Kind
    why: tuple[tuple[str, int], ...] = ()
    """The weightiest words found."""
    second: Kind | None = None
    is_sure: bool = False


def kind_of(text: str, *, heading: str = "") -> Verdict:
    """What a text most probably is."""
    body, head = _plain(f"{heading}\n{text}"), _plain(heading)
    points = {kind: _found(words, body, head) for kind, words in WEIGHTS.items()}
    sums = {kind: sum(found.values()) for kind, found in points.items()}
    best, second = sorted(sums, key=lambda one: -sums[one])[:2]
    if sums[best] < LEAST:
        return Verdict(kind=Kind.OTHER)
    why = sorted(points[best].items(), key=lambda one: -one[1])[:4]
    return Verdict(
        kind=best,
        why=tuple(why),
        second=second if sums[second] >= LEAST else None,
        is_sure=sums[best] - sums[second] >= CLEAR * sums[best],
    )


def _plain(text: str) -> str:
    """Lower case on one line; a word broken at the end of a line is whole again."""
    return re.sub(r"\s+", " ", re.sub(r"(\w)-\r?\n(\w)", r"\1\2", text)).casefold()


def _found(words: Weights, body: str, head: str) -> dict[str, int]:
    found = {}
    for word, weight in words.items():
        pattern = _pattern(word)
        if pattern.search(body):
            found[word.lstrip("*")] = weight * (2 if head and pattern.search(head) else 1)
    return found


@cache
def _pattern(word: str) -> re.Pattern[str]:
    before = r"\w*" if word.startswith("*") else ""
    start = r"\b" if word.lstrip("*")[0].isalnum() else ""
    return re.compile(start + before + re.escape(word.lstrip("*").casefold()))
