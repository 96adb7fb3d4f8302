"""Exports as the banks write them (values made up): headings, order, signs, balances."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from app.catalogue.steps import StepDocument, StepInput
from app.services.reconciliation.bank_csv import is_statement, read_bank_csv
from app.services.reconciliation.statement import Reading
from app.services.reconciliation.steps import reconcile

OWN = "DE89370400440532013000"
OTHER = "DE02120300000000202051"
SPARKASSE = f'''"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"
"{OWN}";"24.11.26";"24.11.26";"GUTSCHR. UEBERWEISUNG";"RG 2026-17 Danke";"";"";"NOTPROVIDED";"";"";"";"Mühle Krüger";"{OTHER}";"";"1.234,56";"EUR";"Umsatz gebucht"
"{OWN}";"23.11.26";"23.11.26";"EINZELUEBERWEISUNG";"Miete November";"";"";"E2E-9";"";"";"";"Hausverwaltung";"{OTHER}";"";"-950,00";"EUR";"Umsatz gebucht"
'''.encode("cp1252")  # noqa: E501  as the bank writes it
DKB = f'''"Girokonto";"{OWN}"
""
"Kontostand vom 25.11.2026:";"2.284,56 €"
""
"Buchungsdatum";"Wertstellung";"Status";"Zahlungspflichtige*r";"Zahlungsempfänger*in";"Verwendungszweck";"Umsatztyp";"IBAN";"Betrag (€)";"Gläubiger-ID";"Mandatsreferenz";"Kundenreferenz"
"25.11.26";"";"Vorgemerkt";"Wir";"Strom AG";"Abschlag";"Ausgang";"{OTHER}";"-80,00";"";"";""
"24.11.26";"24.11.26";"Gebucht";"Mühle Krüger";"Wir";"RG 2026-17";"Eingang";"{OTHER}";"1.234,56";"";"";""
"23.11.26";"23.11.26";"Gebucht";"Wir";"Hausverwaltung";"Miete";"Ausgang";"{OTHER}";"-950";"";"";"E2E-9"
'''.encode()  # noqa: E501  as the bank writes it
ING = """Umsatzanzeige;Datei erstellt am: 25.11.2026 10:00

IBAN;DE89 3704 0044 0532 0130 00
Kontoname;Girokonto
Saldo;2.284,56;EUR

Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung
24.11.2026;24.11.2026;Mühle Krüger;Gutschrift;RG 2026-17;2.284,56;EUR;1.234,56;EUR
24.11.2026;24.11.2026;Hausverwaltung;Überweisung;Miete;1.050,00;EUR;-950,00;EUR
""".encode("cp1252")
VOLKSBANK = f"""Bezeichnung Auftragskonto;IBAN Auftragskonto;BIC Auftragskonto;Bankname Auftragskonto;Buchungstag;Valutadatum;Name Zahlungsbeteiligter;IBAN Zahlungsbeteiligter;BIC (SWIFT-Code) Zahlungsbeteiligter;Buchungstext;Verwendungszweck;Betrag;Waehrung;Saldo nach Buchung;Bemerkung;Kategorie;Steuerrelevant;Glaeubiger ID;Mandatsreferenz
Konto;{OWN};GENODEF1XXX;VR Bank;23.11.2026;23.11.2026;Hausverwaltung;{OTHER};;Überweisung;Miete;-950,00;EUR;1.050,00;;;;;
Konto;{OWN};GENODEF1XXX;VR Bank;24.11.2026;24.11.2026;Mühle Krüger;{OTHER};;Gutschrift;RG 2026-17;1.234,56;EUR;2.284,56;;;;;
""".encode("utf-8-sig")  # noqa: E501  as the bank writes it
DEUTSCHE = f"""Umsätze Girokonto;;;Kundennummer: 100 1234567
01.11.2026 - 25.11.2026
IBAN: {OWN}
Buchungstag;Wert;Umsatzart;Begünstigter / Auftraggeber;Verwendungszweck;IBAN;Soll;Haben;Währung
23.11.2026;23.11.2026;Überweisung;Hausverwaltung;Miete;{OTHER};-950,00;;EUR
24.11.2026;24.11.2026;Gutschrift;Mühle Krüger;RG 2026-17;{OTHER};;1.234,56;EUR
""".encode()
BANKS = {
    "sparkasse": SPARKASSE, "dkb": DKB, "ing": ING, "volksbank": VOLKSBANK, "deutsche": DEUTSCHE,
}  # fmt: skip


def told(reading: Reading) -> list[tuple[Any, ...]]:
    (statement,) = reading.statements
    return [(one.amount, one.party, one.purpose.split()[0]) for one in statement.lines]


@pytest.mark.parametrize("bank", BANKS)
def test_each_bank_says_the_same_oldest_first(bank: str) -> None:
    assert is_statement(BANKS[bank])
    reading = read_bank_csv(BANKS[bank])
    assert reading.reason == ""
    assert told(reading) == [
        (Decimal(-950), "Hausverwaltung", "Miete"),
        (Decimal("1234.56"), "Mühle Krüger", "RG"),
    ]
    (statement,) = reading.statements
    assert statement.account == OWN
    assert statement.currency == "EUR"
    assert statement.movement == Decimal("284.56")
    assert statement.lines[-1].booked_on == date(2026, 11, 24)


def test_amounts_are_read_as_the_other_amounts_tell() -> None:
    english = (
        "Booking date,Name,Purpose,Amount,Balance\n"
        '2026-11-24,Mühle Krüger,RG 2026-17,"1,234.50","2,000.00"\n'
        '2026-11-23,Hausverwaltung,Miete,"-1,500",765.50\n'
    )
    assert told(read_bank_csv(english.encode())) == [
        (Decimal(-1500), "Hausverwaltung", "Miete"),
        (Decimal("1234.50"), "Mühle Krüger", "RG"),
    ]
    late = VOLKSBANK.replace(b"-950,00;EUR", b"950,00-;EUR").replace(b"1.234,56;EUR", b"1.234;EUR")
    assert [amount for amount, *_ in told(read_bank_csv(late))] == [Decimal(-950), Decimal(1234)]


def test_references_and_ibans_come_along() -> None:
    (statement,) = read_bank_csv(SPARKASSE).statements
    assert [one.end_to_end_id for one in statement.lines] == ["E2E-9", ""]
    assert {one.iban for one in statement.lines} == {OTHER}


@pytest.mark.parametrize("bank", ["ing", "volksbank"])
def test_balances_after_each_movement_prove_it(bank: str) -> None:
    (statement,) = read_bank_csv(BANKS[bank]).statements
    assert (statement.opening, statement.closing) == (Decimal(2000), Decimal("2284.56"))
    assert statement.balances
    (changed,) = read_bank_csv(BANKS[bank].replace(b"1.234,56;EUR", b"1.243,65;EUR")).statements
    assert not changed.balances


def test_what_is_only_announced_or_unreadable_is_told() -> None:
    assert [code for code, _ in read_bank_csv(DKB).notes] == ["REC-CSV-PENDING"]
    pending = SPARKASSE.replace(b"Umsatz gebucht", b"Umsatz vorgemerkt", 1)
    assert read_bank_csv(pending).notes == [("REC-CSV-PENDING", "2")]
    broken = VOLKSBANK.replace(b"1.234,56;EUR", b"=1+1;EUR")
    reading = read_bank_csv(broken)
    assert reading.notes == [("REC-CSV-ROW", "3")]
    assert reading.statements[0].opening is None


def test_the_automation_takes_it_and_says_what_is_not_proved() -> None:
    def run(content: bytes) -> set[str]:
        one = StepDocument(id=uuid4(), name="umsatz.csv", media_type="", content=content)
        result = reconcile(
            StepInput(
                documents=(one,),
                payload={},
                client_name="C",
                client_locale="de",
                today=date(2026, 11, 25),
            )
        )
        assert len(result.records) == 2
        return {finding.code for finding in result.findings}

    assert "REC-NO-BALANCE" in run(SPARKASSE)
    assert not {"REC-NO-BALANCE", "REC-BALANCE"} & run(ING)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"Rechnungsnummer;Kunde;Betrag\n1;A;2,00",
        b"Datum;Name;Betrag\n1.1.2026;A;2,00",
        b"\x00" * 100,
    ],
)
def test_what_is_no_export_is_not_taken_for_one(content: bytes) -> None:
    assert not is_statement(content)
    assert read_bank_csv(content).reason == "REC-CSV"


def test_headings_alone() -> None:
    assert read_bank_csv(SPARKASSE.split(b"\n")[0]).reason == "REC-CSV-EMPTY"
