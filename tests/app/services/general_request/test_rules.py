"""The answer of a general request as a file."""

from app.catalogue.steps import DeliveryInput
from app.services.general_request.rules import answer_document


def delivery(result: str) -> DeliveryInput:
    return DeliveryInput(
        number="ACME-1001",
        values={"result": result},
        payload={"subject": "Bescheinigung"},
        documents=(),
        client_name="Acme GmbH",
        client_locale="de",
    )


def test_the_answer_becomes_a_text_file() -> None:
    (document,) = answer_document(delivery("Liegt bei."))
    assert document.name == "ACME-1001.txt"
    assert document.content.decode() == "ACME-1001\nBescheinigung\n\nLiegt bei.\n"


def test_no_answer_no_file() -> None:
    assert answer_document(delivery("  ")) == ()
