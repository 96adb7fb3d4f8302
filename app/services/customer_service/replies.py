"""Proposals of replies: from templates, in the customer's language, with what the order says."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from app.kernel.spoken import speaker
from app.kernel.text import Text
from app.services.customer_service.judging import Kind, Language

GAP: Final = "[…]"
"""What a person has to fill in before a reply may go."""
BODIES: Final[Mapping[Kind, Text]] = {
    "complaint": Text("We are sorry that you had reason to complain. We have looked into it: […]"),
    "delivery": Text("You asked about your delivery."),
    "return": Text(
        "You can return the goods within 14 days of receiving them. Please put the number of your "
        "order into the parcel; you get your money back when it has arrived with us."
    ),
    "invoice": Text("We have checked the invoice you wrote about: […]"),
    "fault": Text("Thank you for telling us of the fault. This is what helps: […]"),
    "cancellation": Text("We have received your cancellation. It takes effect on […]."),
    "change": Text("We have noted your new details and use them from now on."),
    "privacy": Text(
        "We have received your request about your personal data and answer it within one month "
        "(Article 12 (3) GDPR)."
    ),
    "question": Text("Thank you for your question. Our answer: […]"),
}
SHIPPED: Final = Text("Your order %(order)s left us on %(day)s.")
SHIPPED_UNDATED: Final = Text("Your order %(order)s is on its way to you.")
TRACKED: Final = Text("Its tracking number is %(tracking)s.")
OPEN: Final = Text("Your order %(order)s has not left us yet; we expect to send it on %(day)s.")
OPEN_UNDATED: Final = Text("Your order %(order)s has not left us yet. We expect to send it on […].")
CANCELLED: Final = Text("Your order %(order)s was cancelled.")
RETURNED: Final = Text("Your return of order %(order)s has arrived with us.")
UNKNOWN: Final = Text("Please tell us the number of your order, so that we can look it up.")


def reply(
    kind: Kind,
    language: Language,
    *,
    name: str,
    company: str,
    order: Mapping[str, Any] | None,
    order_number: str,
) -> str:
    """The proposal; English where the language is not known."""
    locale = "de" if language == "de" else "en"
    say = speaker(locale)
    greeting = Text("Dear %(name)s,", name=name) if name else Text("Dear Sir or Madam,")
    parts = [
        say(greeting),
        say(Text("thank you for your message.")),
        say(BODIES[kind]),
        *(say(one) for one in _order_words(kind, order, order_number)),
        f"{say(Text('Kind regards'))}\n{company}",
    ]
    return "\n\n".join(parts)


def _order_words(kind: Kind, order: Mapping[str, Any] | None, number: str) -> list[Text]:
    if order is None:
        return [UNKNOWN] if kind in ("delivery", "return") else []
    day: date | None = order.get("day")
    state = order.get("state")
    if state == "shipped":
        told = [
            Text(SHIPPED.msgid, order=number, day=day) if day else _named(SHIPPED_UNDATED, number)
        ]
        if order.get("tracking"):
            told.append(Text(TRACKED.msgid, tracking=order["tracking"]))
        return told
    if state == "cancelled":
        return [_named(CANCELLED, number)]
    if state == "returned":
        return [_named(RETURNED, number)]
    return [Text(OPEN.msgid, order=number, day=day) if day else _named(OPEN_UNDATED, number)]


def _named(text: Text, number: str) -> Text:
    return Text(text.msgid, order=number)
