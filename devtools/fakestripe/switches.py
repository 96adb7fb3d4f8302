"""What tests and the demo do to the fake: faults, time, transfers, disputes."""

from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from devtools.fakestripe import checkout, deliveries, paying
from devtools.fakestripe.deliveries import Deliveries
from devtools.fakestripe.state import State

blueprint = Blueprint("switches", __name__, url_prefix="/_fake")


def _state() -> State:
    state: State = current_app.config["STATE"]
    return state


def _given() -> dict[str, Any]:
    given: dict[str, Any] = request.get_json()
    return given


@blueprint.get("/health")
def health() -> ResponseReturnValue:
    """Alive, its time, and how many events are on their way."""
    state = _state()
    return {"now": state.now(), "waiting": len(state.deliveries)}


@blueprint.post("/faults")
def faults() -> ResponseReturnValue:
    """The next `times` requests that match go wrong in this way."""
    with _state().held() as state:
        state.faults.append({"times": 1, **_given()})
    return {}


@blueprint.post("/calm")
def calm() -> ResponseReturnValue:
    """Nothing goes wrong any more."""
    with _state().held() as state:
        state.faults.clear()
    return {}


@blueprint.post("/webhooks")
def webhooks() -> ResponseReturnValue:
    """Where events go, what signs them, and how they misbehave."""
    sender: Deliveries = current_app.config["SENDER"]
    with _state().held() as state:
        given = _given()
        sender.url = given.pop("url", sender.url)
        sender.secrets = tuple(given.pop("secrets", sender.secrets))
        state.plan = given
    return {}


@blueprint.post("/clock")
def clock() -> ResponseReturnValue:
    """Let time pass."""
    with _state().held() as state:
        deliveries.advance(state, float(_given()["seconds"]))
        return {"now": state.now()}


@blueprint.post("/pace")
def pace() -> ResponseReturnValue:
    """Direct debits from now on take so many seconds."""
    with _state().held() as state:
        state.debit_seconds = float(_given()["debit_seconds"])
    return {}


@blueprint.post("/transfer")
def transfer() -> ResponseReturnValue:
    """A bank transfer comes in."""
    with _state().held() as state:
        return paying.transfer(state, **_given())


@blueprint.post("/dispute")
def dispute() -> ResponseReturnValue:
    """A customer wants the money of a charge back."""
    with _state().held() as state:
        given = _given()
        return paying.dispute(state, given["charge"], amount=given.get("amount"))


@blueprint.post("/dispute/close")
def close() -> ResponseReturnValue:
    """The bank decides a dispute."""
    with _state().held() as state:
        return paying.close_dispute(state, _given()["dispute"], won=_given()["won"])


@blueprint.post("/checkout")
def fill_in() -> ResponseReturnValue:
    """Somebody fills in the page of a session."""
    with _state().held() as state:
        given = _given()
        return checkout.complete(state, given["session"], given["kind"], given["number"])


@blueprint.post("/pay")
def pay() -> ResponseReturnValue:
    """Somebody pays on the invoice's own page."""
    with _state().held() as state:
        given = _given()
        return checkout.pay_invoice(state, given["invoice"], given["kind"], given["number"])


@blueprint.post("/again")
def again() -> ResponseReturnValue:
    """Tell the webhook of an event once more; what it answered."""
    sender: Deliveries = current_app.config["SENDER"]
    return {"status": sender.post(_state().find("event", _given()["event"]))}
