"""Paying in the portal: what is open, with what, and the pages of Stripe for both."""

from uuid import UUID

from flask import current_app, g, redirect, request
from flask.typing import ResponseReturnValue

from app.collecting import customers, dunning, queries, setup
from app.identity.permissions import Permission
from app.kernel.errors import NotFound
from app.portal.frame import page, portal_blueprint
from app.web.access import current_actor, in_provider_books, requires

blueprint = portal_blueprint("portal_payment", __name__, "/payment")


@blueprint.get("")
@in_provider_books
@requires(Permission.INVOICE_READ)
def payment() -> ResponseReturnValue:
    """What is open, what was paid, and the card or bank account that is charged."""
    bills = queries.bills(tenant_id=g.client.id)
    customer = customers.customer_of(g.client.id)
    return page(
        "portal/payment/page.html",
        here="portal_invoices.invoices",
        open_bills=setup.open_bills(g.client.id),
        paid_bills=[bill for bill in bills if not bill.is_open],
        method=customer.method if customer else {},
        is_locked=dunning.is_locked(g.client.id),
        is_set_up=bool(current_app.config["SETTINGS"].stripe_secret_key),
        may_name=current_actor().may(Permission.PAYMENT_METHOD),
        was_named=request.args.get("named") == "1",
    )


# Links, not forms: what leads to another site's page must not stand behind `form-action 'self'`,
# and a client whose portal is read only may still pay.
@blueprint.get("/method")
@in_provider_books
@requires(Permission.PAYMENT_METHOD)
def method() -> ResponseReturnValue:
    """To Stripe's page where a card or a bank account is named."""
    return redirect(setup.method_page(actor=current_actor(), client=g.client))


@blueprint.get("/own-page")
@in_provider_books
@requires(Permission.PAYMENT_METHOD)
def own_page() -> ResponseReturnValue:
    """To the client's own page at Stripe."""
    return redirect(setup.own_page(actor=current_actor(), client=g.client))


@blueprint.get("/<uuid:invoice_id>/pay")
@in_provider_books
@requires(Permission.INVOICE_READ)
def pay(invoice_id: UUID) -> ResponseReturnValue:
    """To Stripe's page of an open invoice."""
    for bill in setup.open_bills(g.client.id):
        if bill.id == invoice_id and bill.page_url:
            return redirect(bill.page_url)
    raise NotFound("There is no such invoice.")
