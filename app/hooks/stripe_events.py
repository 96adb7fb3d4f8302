"""`POST /hooks/stripe`: an event is written down and answered; a job applies it."""

from http import HTTPStatus

import structlog
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from app.adapters.stripe.failures import SignatureRefused
from app.collecting import inbox
from app.web.access import public
from app.web.security import csrf

blueprint = Blueprint("hooks", __name__, url_prefix="/hooks")
log = structlog.get_logger("kontor.hooks")

LARGEST = 1024 * 1024
csrf.exempt(blueprint)  # the signature is its proof


@blueprint.post("/stripe")
@public
def receive() -> ResponseReturnValue:
    """200 once it is committed, 400 for what Stripe has not signed for us just now."""
    request.max_content_length = LARGEST
    body = request.get_data(cache=False)
    try:
        inbox.receive(body=body, signature=request.headers.get("Stripe-Signature", ""))
    except SignatureRefused as refused:
        log.warning("stripe_event_refused", reason=str(refused))
        return "", HTTPStatus.BAD_REQUEST
    return "", HTTPStatus.OK
