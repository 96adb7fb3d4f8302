"""Webhooks in the reader's language."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask_babel import gettext as _

from app.webhooks.rules import CHOICES, DeliveryState, DisabledBecause, EventType, Why

SHELVES = ("all", "waiting", "delivered", "failed")


def event_names() -> dict[str, str]:
    """What each kind of message tells."""
    return {
        EventType.OPENED: _("Request opened"),
        EventType.ASKED: _("Question asked"),
        EventType.DELIVERED: _("Result delivered"),
        EventType.ACCEPTED: _("Result accepted"),
        EventType.BREACHED: _("Promise not kept"),
        EventType.TEST: _("Test message"),
    }


def event_choices() -> list[tuple[str, str]]:
    """What an endpoint may be told."""
    names = event_names()
    return [(str(kind), names[kind]) for kind in CHOICES]


def states() -> dict[str, tuple[str, str]]:
    """State → its word and tone."""
    return {
        DeliveryState.WAITING: (_("waiting"), "info"),
        DeliveryState.SENDING: (_("being sent"), "info"),
        DeliveryState.DELIVERED: (_("delivered"), "good"),
        DeliveryState.FAILED: (_("failed"), "bad"),
    }


def reasons() -> dict[str, str]:
    """Why it went wrong."""
    return {
        Why.NONE: "",
        Why.REFUSED_ADDRESS: _("The address is not on the internet; we send nothing there."),
        Why.UNREACHABLE: _("Nobody could be reached at the address."),
        Why.TIME_OUT: _("There was no answer in time."),
        Why.REDIRECT: _("The answer was a redirect, which we do not follow."),
        Why.CUT_OFF: _("Sending it was cut off several times; it may have arrived."),
        Why.STATUS: _("The answer was not a success (2xx)."),
        Why.DISABLED: _("The endpoint was disabled."),
    }


def disabled_reasons() -> dict[str, str]:
    """Why an endpoint is disabled."""
    return {
        DisabledBecause.PERSON: _("Somebody of your company has disabled it."),
        DisabledBecause.GONE: _("It answered that it is gone (410)."),
        DisabledBecause.FAILING: _("Nothing could be delivered for three days."),
    }


def shelf_states(shelf: str) -> tuple[DeliveryState, ...]:
    """Which messages lie on a shelf; none named: all of them."""
    return {
        "waiting": (DeliveryState.WAITING, DeliveryState.SENDING),
        "delivered": (DeliveryState.DELIVERED,),
        "failed": (DeliveryState.FAILED,),
    }.get(shelf, tuple(DeliveryState))


def shelves(endpoint_id: UUID, counts: Mapping[Any, int]) -> list[tuple[str, str, int]]:
    """Name, word and number of messages of each shelf."""
    words = {
        "all": _("All"),
        "waiting": _("Waiting"),
        "delivered": _("Delivered"),
        "failed": _("Failed"),
    }
    return [
        (name, words[name], sum(counts.get((endpoint_id, s), 0) for s in shelf_states(name)))
        for name in SHELVES
    ]
