"""A day's mail made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta
from email.message import EmailMessage
from io import BytesIO

from pypdf import PdfReader, PdfWriter

from app.adapters.pdf import Sheet, printed
from app.catalogue.samples import SampleOrder


def mail(subject: str, text: str, *, sender: str, on: date) -> bytes:
    """A mail as a program would send it."""
    message = EmailMessage()
    message["From"], message["To"] = sender, "post@example.com"
    message["Subject"], message["Date"] = subject, f"{on:%a, %d %b %Y} 08:15:00 +0100"
    message["Message-ID"] = f"<{subject.casefold().replace(' ', '-')[:30]}@example.org>"
    message.set_content(text)
    return message.as_bytes()


def batch(*letters: tuple[str, Sequence[str]]) -> bytes:
    """Letters (title, lines) as one PDF with a separator page between each two."""

    writer = PdfWriter()
    for number, (title, lines) in enumerate(letters):
        sheets = [Sheet(title=title, opening=tuple(lines))]
        sheets = [Sheet(title="Trennblatt"), *sheets] if number else sheets
        for sheet in sheets:
            for page in PdfReader(BytesIO(printed(sheet))).pages:
                writer.add_page(page)
    out = BytesIO()
    writer.write(out)
    return out.getvalue()


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A batch of four letters and three mails, and a mail that is already registered."""
    lately, soon = today - timedelta(days=3), today + timedelta(days=5)
    letters = batch(
        (
            "Rechnung",
            (
                "Stadtwerke Beispielstadt GmbH",
                f"Rechnungsnummer: SW-88123 · Rechnungsdatum: {lately:%d.%m.%Y}",
                "Stromlieferung November, netto 412,00 EUR, Umsatzsteuer 19 %: 78,28 EUR",
                "Rechnungsbetrag: 490,28 EUR",
                f"Zahlbar bis zum {soon:%d.%m.%Y}.",
            ),
        ),
        (
            "Bescheid über die Festsetzung von Vorauszahlungen",
            (
                "Finanzamt Beispielstadt",
                f"Steuernummer 41/123/04567 · Datum: {lately:%d.%m.%Y}",
                "Gegen diesen Bescheid können Sie innerhalb eines Monats Einspruch einlegen.",
                "Rechtsbehelfsbelehrung: siehe Rückseite.",
            ),
        ),
        (
            "2. Mahnung",
            (
                "Bürobedarf Klee GmbH & Co. KG",
                f"Datum: {lately:%d.%m.%Y} · Rechnung Nr. BK-2210",
                "Leider konnten wir keinen Zahlungseingang zu unserer Rechnung feststellen.",
                "Offener Betrag: 219,90 EUR zuzüglich Mahngebühr 5,00 EUR.",
                "Bitte zahlen Sie innerhalb von 7 Tagen.",
            ),
        ),
        (
            "Kündigung des Wartungsvertrags",
            (
                "Wärme & Service OHG",
                f"Hamburg, den {lately:%d.%m.%Y} · Vertragsnummer WV-5521",
                "hiermit kündigen wir den Vertrag fristgerecht zum nächstmöglichen Zeitpunkt.",
            ),
        ),
    )
    mails = [
        (
            "bewerbung.eml",
            mail(
                "Bewerbung als Lagerleiterin",
                "Sehr geehrte Damen und Herren,\n\nauf Ihre Stellenanzeige bewerbe ich mich als "
                "Lagerleiterin. Meine Gehaltsvorstellung liegt bei 48.000 EUR. Lebenslauf folgt.",
                sender="Nele Voss <nele.voss@example.org>",
                on=lately,
            ),
        ),
        (
            "complaint.eml",
            mail(
                "Complaint about order no. 55812",
                "Hello,\n\ntwo of the lamps arrived damaged and one does not work. Please send "
                "replacements within 10 days or refund 178.00 EUR.\n\nOn 2026-11-20 Shop wrote:\n"
                "> Your order is on its way.\n> Please find your invoice attached.",
                sender="Paul Reed <paul.reed@example.com>",
                on=lately,
            ),
        ),
        (
            "krankmeldung.eml",
            mail(
                "Krankmeldung",
                f"Guten Morgen, ich bin arbeitsunfähig, voraussichtlich bis {soon:%d.%m.%Y}. "
                "Viele Grüße, Emre",
                sender="Emre Aydin <emre@example.org>",
                on=lately,
            ),
        ),
    ]
    order = {"received_on": None, "note": ""}
    return [
        SampleOrder(
            type_key="incoming",
            payload=order,
            files=(("postfach.pdf", letters), *mails),
            hours_ago=2,
            end="taken",
        ),
        SampleOrder(
            type_key="incoming", payload=order, files=(mails[0],), hours_ago=25, end="delivered"
        ),
    ]
