"""Texts that the demo's people write to clients again and again."""

from app.kernel.actor import Actor
from app.messages import texts
from app.messages.texts import Wording
from tenants.db import transaction

_TEXTS = (
    Wording(
        title="Eingang bestätigen",
        service_key="",
        german="Guten Tag {requester},\n\nvielen Dank, {number} ist bei uns. Sie haben das "
        "Ergebnis bis {due}.\n\nViele Grüße\n{operator}",
        english="Dear {requester},\n\nthank you, we have {number}. You will have the result by "
        "{due}.\n\nKind regards\n{operator}",
    ),
    Wording(
        title="Kostenstelle fehlt",
        service_key="accounts_payable",
        german="Guten Tag {requester},\n\nzu {number} ({title}) fehlt uns die Kostenstelle. Bitte "
        "nennen Sie sie uns kurz.\n\nViele Grüße\n{operator}",
        english="Dear {requester},\n\nthe cost centre of {number} ({title}) is missing. Please "
        "tell us.\n\nKind regards\n{operator}",
    ),
    Wording(
        title="Beleg nicht lesbar",
        service_key="",
        german="Guten Tag {requester},\n\nein Beleg zu {number} ist nicht lesbar. Bitte laden Sie "
        "ihn noch einmal hoch.\n\nViele Grüße\n{operator}",
        english="Dear {requester},\n\na document of {number} cannot be read. Please upload it "
        "again.\n\nKind regards\n{operator}",
    ),
)


def write(lead: Actor) -> None:
    """Three of them."""
    with transaction():
        for wording in _TEXTS:
            texts.keep(actor=lead, wording=wording)
