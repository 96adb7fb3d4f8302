"""What every page of the portal has in common: its address, its navigation, its links."""

from typing import Any

from flask import Blueprint, current_app, g, render_template, url_for
from flask_babel import gettext as _

from app.identity.permissions import Permission
from app.web.access import current_actor
from app.web.navigation import NavLink
from app.work import portal_queries
from tenants.context import current

PREFIX = "/p/<client>"

_PLACES = (
    ("portal_home.home", "home", None),
    ("portal_requests.requests", "message-2", Permission.WORK_READ),
    ("portal_approvals.approvals", "clipboard-check", Permission.WORK_ACCEPT),
    ("portal_promises.promises", "clock", Permission.WORK_READ),
    ("portal_documents.documents", "file-text", Permission.DOCUMENT_READ),
    ("portal_invoices.invoices", "receipt", Permission.INVOICE_READ),
    ("portal_team.team", "users", Permission.PEOPLE_READ),
    ("portal_audit.audit", "shield-check", Permission.AUDIT_READ),
    ("portal_settings.settings", "settings", Permission.WORK_READ),
)


def portal_blueprint(name: str, import_name: str, path: str = "") -> Blueprint:
    """A blueprint below `/p/<client>`; its links lead to the client at hand by themselves."""
    blueprint = Blueprint(name, import_name, url_prefix=PREFIX + path, template_folder="templates")
    blueprint.url_defaults(_same_client)
    return blueprint


def _same_client(_endpoint: str, values: dict[str, Any]) -> None:
    if g.get("client") is not None:
        values.setdefault("client", g.client.slug)


def page(template: str, *, here: str = "", **values: Any) -> str:
    """A page of the portal; `here` is the endpoint of the navigation's entry it belongs to."""
    return render_template(template, navigation=navigation(here), **values)


def navigation(here: str) -> list[NavLink]:
    """Where this person may go."""
    actor = current_actor()
    return [
        NavLink(
            label=_label(endpoint),
            url=url_for(endpoint, client=g.client.slug),
            icon=icon,
            count=_waiting() if endpoint == "portal_requests.requests" else None,
            current=endpoint == here,
        )
        for endpoint, icon, permission in _PLACES
        if endpoint in current_app.view_functions and (permission is None or actor.may(permission))
    ]


def _label(endpoint: str) -> str:
    return {
        "portal_home.home": _("Home"),
        "portal_requests.requests": _("Requests"),
        "portal_approvals.approvals": _("Approvals"),
        "portal_promises.promises": _("Promises"),
        "portal_documents.documents": _("Documents"),
        "portal_invoices.invoices": _("Invoices"),
        "portal_team.team": _("Team"),
        "portal_audit.audit": _("Record"),
        "portal_settings.settings": _("Settings"),
    }[endpoint]


def _waiting() -> int | None:
    # Pages of the provider's books (people, tokens) stand outside the client's scope.
    return portal_queries.waiting_count() if current.get() is not None else None
