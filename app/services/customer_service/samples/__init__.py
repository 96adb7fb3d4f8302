"""Mails of customers who do not exist, for the demo and the tests."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from app.catalogue.samples import SampleOrder

SHOP: Final = "service@laden.example"


def mail(sender: str, subject: str, text: str, *, at: datetime, key: str, **heads: str) -> bytes:
    """One mail as a mail program writes it."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["Subject"] = sender, subject
    message["To"] = heads.get("to", SHOP)
    message["Date"] = at
    message["Message-ID"] = f"<{key}@mail.example>"
    if "answers" in heads:
        message["In-Reply-To"] = message["References"] = f"<{heads['answers']}@mail.example>"
    message.set_content(text)
    return bytes(message)


def _at(today: date, days: int, hour: int) -> datetime:
    return datetime.combine(today - timedelta(days=days), time(hour), tzinfo=UTC)


def inbox(today: date) -> tuple[tuple[str, bytes], ...]:
    """Five threads: one pressing and asked twice, one answered, one in English, one about data."""
    where = mail(
        "Petra Vogt <petra.vogt@web.example>",
        "Wo bleibt meine Bestellung B-20418?",
        "Hallo,\n\nich habe vor zwei Wochen bestellt und das Paket ist noch nicht angekommen. "
        "Wo bleibt die Lieferung?\n\nViele Grüße\nPetra Vogt",
        at=_at(today, 3, 9),
        key="c1",
    )
    again = mail(
        "Petra Vogt <petra.vogt@web.example>",
        "AW: Wo bleibt meine Bestellung B-20418?",
        "Ich warte noch immer. Bitte antworten Sie umgehend, sonst schalte ich die "
        f"Verbraucherzentrale ein.\n\nAm {today:%d.%m.%Y} schrieb Petra Vogt:\n> Hallo,\n>\n"
        "> ich habe vor zwei Wochen bestellt",
        at=_at(today, 1, 8),
        key="c2",
        answers="c1",
    )
    broken = mail(
        "Jonas Reuter <j.reuter@mail.example>",
        "Gerät defekt",
        "Guten Tag,\n\nder Wasserkocher aus Bestellung B-20377 ist kaputt, er geht nicht mehr an. "
        "Was kann ich tun?\n\nJonas Reuter\n-- \nReuter Consulting",
        at=_at(today, 2, 10),
        key="c3",
    )
    answer = mail(
        f"Laden <{SHOP}>",
        "Re: Gerät defekt",
        "Guten Tag Herr Reuter,\n\nbitte schicken Sie uns ein Foto des Typenschilds.\n\n"
        "> der Wasserkocher",
        at=_at(today, 2, 14),
        key="s1",
        to="j.reuter@mail.example",
        answers="c3",
    )
    refund = mail(
        "Emily Hart <emily@hart.example>",
        "Return of order B-20399",
        "Hello,\n\nI would like to return the lamp and have my refund please. How do I send it "
        "back to you?\n\nThanks\nEmily",
        at=_at(today, 1, 15),
        key="c4",
    )
    privacy = mail(
        "Olaf Kern <olaf.kern@post.example>",
        "Auskunft nach Art. 15 DSGVO",
        "Sehr geehrte Damen und Herren,\n\nbitte teilen Sie mir mit, welche Daten Sie über mich "
        "gespeichert haben.\n\nOlaf Kern",
        at=_at(today, 1, 14),
        key="c5",
    )
    away = mail(
        "Nina Falk <nina@falk.example>",
        "Automatische Antwort: Ihre Bestellung",
        "Ich bin bis Montag nicht im Büro.",
        at=_at(today, 1, 7),
        key="c6",
    )
    names = ("vogt-1", "vogt-2", "reuter", "antwort-reuter", "hart", "kern", "falk")
    mails = (where, again, broken, answer, refund, privacy, away)
    return tuple((f"{name}.eml", one) for name, one in zip(names, mails, strict=True))


def orders(today: date) -> bytes:
    """The shop's table of orders."""
    sent = (today - timedelta(days=2)).strftime("%d.%m.%Y")
    soon = (today + timedelta(days=4)).strftime("%d.%m.%Y")
    rows = (
        "Bestellnummer;Status;Versanddatum;Sendungsnummer",
        f"B-20418;versandt;{sent};00340434161094042557",
        f"B-20377;geliefert;{(today - timedelta(days=20)):%d.%m.%Y};",
        f"B-20399;versandt;{sent};",
        f"B-20421;offen;{soon};",
    )
    return ("\r\n".join(rows) + "\r\n").encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A morning's inbox under way, one message from the form, one answered inbox."""
    table = ("bestellungen.csv", orders(today))
    simple = mail(
        "Sabine Ott <ott@web.example>",
        "Neue Adresse",
        "Guten Tag, ich bin umgezogen: neue Adresse ist Gartenweg 3, 24103 Kiel. Danke!",
        at=_at(today, 1, 9),
        key="d1",
    )
    late = mail(
        "Tim Lorenz <tim@lorenz.example>",
        "Bestellung B-20421",
        "Hallo, wann kommt die Lieferung der Bestellung B-20421? Ich freue mich schon.",
        at=_at(today, 1, 10),
        key="d2",
    )
    typed = {
        "sender": "k.brandt@post.example", "subject": "Rechnung doppelt abgebucht",
        "text": "Sie haben die Rechnung zweimal abgebucht. Bitte prüfen Sie das dringend.",
        "received_on": today.isoformat(), "own": SHOP,
    }  # fmt: skip
    return (
        SampleOrder(
            type_key="tickets",
            payload={"own": SHOP},
            files=(*inbox(today), table),
            hours_ago=5,
            end="taken",
        ),
        SampleOrder(type_key="tickets", payload=typed, hours_ago=1),
        SampleOrder(
            type_key="tickets",
            payload={"own": SHOP},
            files=(("ott.eml", simple), ("lorenz.eml", late), table),
            hours_ago=27,
            end="delivered",
        ),
    )
