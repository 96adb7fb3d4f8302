"""The result of a general request as a file."""

from collections.abc import Sequence

from app.catalogue.steps import DeliveryInput, ResultDocument


def answer_document(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The clerk's answer as a text file; nothing where there is no answer to keep."""
    result = str(delivery.values.get("result", "")).strip()
    if not result:
        return ()
    text = f"{delivery.number}\n{delivery.payload.get('subject', '')}\n\n{result}\n"
    return (
        ResultDocument(
            name=f"{delivery.number}.txt", media_type="text/plain", content=text.encode()
        ),
    )
