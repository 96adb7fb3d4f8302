"""Mails that came in: one nobody can place, and an automatic answer that counts for nothing."""

from datetime import datetime, timedelta
from email.message import EmailMessage

from app.kernel.actor import Actor
from app.kernel.clock import freeze
from app.mail_in.receiving import receive
from app.services.accounts_payable.samples import FOLDER
from devtools.demo import wordings

MAILBOX = "post@kontor.localhost"
_INVOICE = """\
Guten Tag,

anbei unsere Rechnung 2026-1187 über 1.284,00 Euro für die Bäckerei Sommer.

Mit freundlichen Grüßen
Karin Petersen
"""
_LETTERS = (
    (
        "Rechnung 2026-1187", "Buchhaltung Mühle Petersen", "rechnung@muehle-petersen.example",
        _INVOICE, {}, 5,
    ),
    (
        "Abwesenheitsnotiz: Rückfrage", "Tim Lange", "tim@nordlicht.example",
        "Ich bin bis Montag nicht im Haus.", {"Auto-Submitted": "auto-replied"}, 3,
    ),
)  # fmt: skip


def come_in(*, until: datetime, lead: Actor) -> None:
    """Each a few hours before the demo begins; and what our people answer with again and again."""
    wordings.write(lead)
    for subject, name, address, text, headers, hours in _LETTERS:
        message = EmailMessage()
        message["From"] = f"{name} <{address}>"
        message["To"] = MAILBOX
        message["Subject"] = subject
        message["Message-ID"] = f"<demo-{hours}@{address.rpartition('@')[2]}>"
        for header, value in headers.items():
            message[header] = value
        message.set_content(text)
        if text is _INVOICE:
            paper = (FOLDER / "bakery-flour.xml").read_bytes()
            message.add_attachment(
                paper, maintype="application", subtype="xml", filename="rechnung-2026-1187.xml"
            )
        with freeze(until - timedelta(hours=hours)):
            receive(message.as_bytes(), envelope_sender=address, recipient=MAILBOX)
