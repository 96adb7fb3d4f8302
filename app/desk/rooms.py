"""The rooms of the house on the desk's left side, for whoever may enter them."""

from flask import current_app, request, url_for
from flask_babel import gettext as _

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.web.navigation import NavLink


def _rooms() -> tuple[tuple[Permission, str, str, str], ...]:
    return (
        (Permission.WORK_READ, "desk_radar.radar", "clock", _("SLA radar")),
        (Permission.WORK_READ, "desk_documents.requests", "file-import", _("Document requests")),
        (Permission.WORK_ASSIGN, "desk_mail_in.mail_list", "message-2", _("Mail in")),
        (Permission.WORK_ASSIGN, "desk_texts.text_list", "clipboard-list", _("Text templates")),
        (Permission.WORK_ASSIGN, "desk_times.to_approve", "clock", _("Time to approve")),
        (Permission.WORK_ASSIGN, "desk_quality.overview", "shield-check", _("Quality")),
        (Permission.WORK_READ, "desk_recurring.calendar", "calendar-event", _("Calendar")),
        (Permission.CLIENT_READ, "desk_clients.client_list", "building", _("Clients")),
        (Permission.CLIENT_READ, "desk_catalogue.catalogue", "package", _("Services")),
        (Permission.WORK_PERFORM, "desk_absences.absences", "calendar", _("Absences")),
        (Permission.WORK_ASSIGN, "desk_load.load", "chart-bar", _("Load")),
        (Permission.PEOPLE_READ, "desk_people.people", "users", _("People")),
        (Permission.INVOICE_READ, "desk_invoices.month_page", "receipt", _("Invoices")),
        (Permission.INVOICE_READ, "desk_stripe.overview", "plug", _("Payments")),
        (Permission.MARGIN_READ, "desk_margins.overview", "coin", _("Margin")),
        (Permission.USAGE_READ, "desk_usage.ledger", "list-details", _("Usage ledger")),
        (Permission.JOB_READ, "desk_jobs.jobs", "settings", _("Jobs")),
    )


def house(actor: Actor) -> tuple[NavLink, ...]:
    """Links to the rooms, the one at hand marked."""
    return tuple(
        NavLink(
            label=label,
            url=url_for(endpoint),
            icon=icon,
            current=(request.blueprint or "").startswith(endpoint.partition(".")[0]),
        )
        for permission, endpoint, icon, label in _rooms()
        if actor.may(permission) and endpoint in current_app.view_functions
    )
