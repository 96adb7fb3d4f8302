"""Stripe at the desk: whether it works, what is open, what was put aside, and what differs."""

from http import HTTPStatus
from uuid import UUID

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing import queries as billing
from app.collecting import customers, inbox, queries, setup
from app.collecting.rules import EventState
from app.desk.stripe_words import (
    aside_word,
    call_state_word,
    difference_word,
    dunning_word,
    event_state_word,
    push_state_word,
)
from app.identity.permissions import Permission
from app.web.access import current_actor, requires
from tenants import registry

blueprint = Blueprint(
    "desk_stripe", __name__, url_prefix="/desk/stripe", template_folder="templates"
)


@blueprint.context_processor
def _words() -> dict[str, object]:
    return {
        "aside_word": aside_word,
        "call_state_word": call_state_word,
        "difference_word": difference_word,
        "dunning_word": dunning_word,
        "event_state_word": event_state_word,
        "push_state_word": push_state_word,
    }


@blueprint.get("/")
@requires(Permission.INVOICE_READ)
def overview() -> ResponseReturnValue:
    """How Stripe is set up, what is open, and every difference."""
    settings = current_app.config["SETTINGS"]
    return render_template(
        "desk/stripe/overview.html",
        is_set_up=bool(settings.stripe_secret_key),
        is_live=setup.is_live(),
        secrets=len(settings.stripe_webhook_secrets),
        address=f"{settings.base_url}{url_for('hooks.receive')}",
        base=settings.stripe_api_base,
        bills=queries.bills(),
        differences=queries.differences(),
        cursor=queries.cursor(),
        counts=queries.event_counts(),
        refs={ref.id: ref for ref in registry.all_refs()},
        may_manage=current_actor().may(Permission.INVOICE_MANAGE),
    )


@blueprint.post("/test")
@requires(Permission.INVOICE_MANAGE)
def test() -> ResponseReturnValue:
    """Ask Stripe with our key."""
    trouble = customers.works()
    if trouble:
        flash(_("Stripe did not answer: %(reason)s", reason=trouble), "danger")
    else:
        flash(_("Stripe answers: the key works."), "success")
    return redirect(url_for(".overview"), HTTPStatus.SEE_OTHER)


@blueprint.post("/look")
@requires(Permission.INVOICE_MANAGE)
def look() -> ResponseReturnValue:
    """Look for missed events and compare the books now, in the background."""
    setup.look_now(actor=current_actor())
    flash(_("Kontor looks for missed events and compares the books."), "success")
    return redirect(url_for(".overview"), HTTPStatus.SEE_OTHER)


@blueprint.get("/events")
@requires(Permission.INVOICE_READ)
def events() -> ResponseReturnValue:
    """What Stripe has told us, by what became of it."""
    wanted = request.args.get("state", "")
    state = EventState(wanted) if wanted in set(EventState) else None
    return render_template(
        "desk/stripe/events.html",
        rows=queries.events(state=state),
        state=state,
        states=list(EventState),
        counts=queries.event_counts(),
        refs={ref.id: ref for ref in registry.all_refs()},
        may_replay=current_actor().may(Permission.PAYMENT_RECORD),
    )


@blueprint.get("/events/<uuid:stripe_event_id>")
@requires(Permission.INVOICE_READ)
def event(stripe_event_id: UUID) -> ResponseReturnValue:
    """One event as it came."""
    return render_template(
        "desk/stripe/event.html",
        row=queries.event(stripe_event_id),
        may_replay=current_actor().may(Permission.PAYMENT_RECORD),
    )


@blueprint.post("/events/<uuid:stripe_event_id>/replay")
@requires(Permission.PAYMENT_RECORD)
def replay(stripe_event_id: UUID) -> ResponseReturnValue:
    """Apply it, or once more."""
    inbox.replay(actor=current_actor(), row_id=stripe_event_id)
    flash(_("The event is applied in the background."), "success")
    return redirect(url_for(".event", stripe_event_id=stripe_event_id), HTTPStatus.SEE_OTHER)


@blueprint.get("/invoices/<uuid:invoice_id>")
@requires(Permission.INVOICE_READ)
def invoice(invoice_id: UUID) -> ResponseReturnValue:
    """Every object, request and event of Stripe's behind an invoice."""
    found = billing.invoice(invoice_id)
    refs = {ref.id: ref for ref in registry.all_refs()}
    return render_template(
        "desk/stripe/invoice.html",
        invoice=found,
        client=refs.get(found.tenant_id),
        trail=queries.trail(invoice_id),
        may_manage=current_actor().may(Permission.INVOICE_MANAGE),
    )


@blueprint.post("/invoices/<uuid:invoice_id>/push")
@requires(Permission.INVOICE_MANAGE)
def push(invoice_id: UUID) -> ResponseReturnValue:
    """Try once more to bring it to Stripe."""
    setup.push_again(actor=current_actor(), invoice_id=invoice_id)
    flash(_("The invoice is brought to Stripe in the background."), "success")
    return redirect(url_for(".invoice", invoice_id=invoice_id), HTTPStatus.SEE_OTHER)
