"""A mail that nobody could place, as it waits at the desk."""

from email.message import EmailMessage
from uuid import UUID

from app.messages import incoming
from app.messages.incoming import Arrival
from app.messages.incoming_models import Outcome
from tenants.db import transaction
from tests.factories.desk_house import House


def a_mail(house: House, key: str) -> UUID:
    """Flour is offered in it, with a file."""
    message = EmailMessage()
    message["From"] = "Karin Petersen <karin@mill.example>"
    message["Subject"] = f"Flour {key}"
    message.set_content("Please look at the attached offer.")
    message.add_attachment(b"ten sacks", maintype="text", subtype="plain", filename="offer.txt")
    with house.app.app_context(), transaction():
        written = incoming.write_down(
            Arrival(
                message_key=f"{key}@mill.example", sender="karin@mill.example",
                sender_name="Karin Petersen", subject=f"Flour {key}",
                text="Please look at the attached offer.", content=message.as_bytes(),
                outcome=Outcome.TRIAGE, reason="unknown_item",
            )
        )  # fmt: skip
    assert written is not None
    return written
