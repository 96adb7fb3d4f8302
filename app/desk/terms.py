"""Prices of a client: versions of its terms, previewed on past months, and whom invoices go to."""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.billing import agreed, overview, parties, previewing
from app.billing.actions import contracts, indexing
from app.billing.actions.contracts import Conditions, DraftMoved
from app.billing.rules.kinds import VersionState
from app.billing.rules.parties import BUYER_NEEDS, BuyerDetails
from app.billing.rules.terms import Month
from app.catalogue.service import services
from app.clients import queries as clients
from app.desk import chosen_months, credit_steps, terms_forms
from app.desk.conflicts import Conflicting
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Conflict, Invalid, NotFound
from app.web.access import current_actor, in_provider_books, requires
from app.web.errors import say
from app.web.forms import field_errors

blueprint = Blueprint(
    "desk_terms", __name__, url_prefix="/desk/c/<client>/terms", template_folder="templates"
)


@blueprint.get("/")
@in_provider_books
@requires(Permission.INVOICE_READ)
def terms() -> ResponseReturnValue:
    """Versions, the buyer's details, and what was billed."""
    return render_template(
        "desk/terms/terms.html",
        client=g.client,
        versions=overview.all_versions(g.client.id),
        contracts=clients.contracts(tenant_id=g.client.id),
        buyer=parties.buyer(g.client),
        missing=list(
            BuyerDetails.of(parties.buyer(g.client).details).missing(reverse_charge=False)
        ),
        needed=BUYER_NEEDS,
        invoices=overview.sent_invoices(tenant_id=g.client.id),
        today=now().date(),
    )


@blueprint.get("/new")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def new() -> ResponseReturnValue:
    """A draft that begins with what is in force."""
    known = agreed.versions(g.client.id)
    conditions = contracts.conditions_of(known[-1]) if known else Conditions(zone=g.client.zone)
    lines = agreed.terms(known[-1:])[0].lines if known else ()
    following = Month(first=now().date().replace(day=1)).following
    return _editor(
        url_for(".create", client=g.client.slug),
        sent={
            **terms_forms.shown_conditions(conditions, following),
            "steps": credit_steps.rows_of(conditions.credits),
        },
        rows=terms_forms.shown_lines(lines, conditions.currency),
    )


@blueprint.post("/new")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def create() -> ResponseReturnValue:
    """Keep the draft under the client's newest contract."""
    found = clients.contracts(tenant_id=g.client.id)
    if not found:
        raise NotFound("There is no such contract.")
    action = url_for(".create", client=g.client.slug)
    return _kept(action, tenant_id=g.client.id, contract_id=found[0].id)


@blueprint.get("/<uuid:version_id>/edit")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def edit(version_id: UUID) -> ResponseReturnValue:
    """The editor of a draft."""
    version = overview.version(version_id, tenant_id=g.client.id)
    (shown,) = agreed.terms([version])
    return _editor(
        url_for(".change", client=g.client.slug, version_id=version_id),
        sent={
            **terms_forms.shown_conditions(contracts.conditions_of(version), version.valid_from),
            "steps": credit_steps.rows_of(version.credits),
        },
        rows=terms_forms.shown_lines(shown.lines, version.currency),
        seen=contracts.mark_of(version),
    )


@blueprint.post("/<uuid:version_id>/edit")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def change(version_id: UUID) -> ResponseReturnValue:
    """Keep what was typed."""
    overview.version(version_id, tenant_id=g.client.id)
    action = url_for(".change", client=g.client.slug, version_id=version_id)
    return _kept(action, version_id=version_id)


@blueprint.get("/<uuid:version_id>")
@in_provider_books
@requires(Permission.INVOICE_READ)
def version(version_id: UUID) -> ResponseReturnValue:
    """A version, and what a past month would cost under it."""
    found = overview.version(version_id, tenant_id=g.client.id)
    (shown,) = agreed.terms([found])
    month = chosen_months.of(request.args.get("month", ""))
    return render_template(
        "desk/terms/version.html",
        client=g.client,
        version=found,
        terms=shown,
        ladder=credit_steps.in_words(found.credits),
        preview=previewing.preview(found, month),
        months=chosen_months.offered(),
        services={one.key: one for one in services()},
        is_draft=found.state is VersionState.DRAFT,
    )


@blueprint.post("/<uuid:version_id>/agree")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def agree(version_id: UUID) -> ResponseReturnValue:
    """Put a draft in force."""
    overview.version(version_id, tenant_id=g.client.id)
    contracts.agree(actor=current_actor(), version_id=version_id)
    flash(_("The terms are agreed."), "success")
    return _back()


@blueprint.post("/<uuid:version_id>/discard")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def discard(version_id: UUID) -> ResponseReturnValue:
    """Throw a draft away."""
    overview.version(version_id, tenant_id=g.client.id)
    contracts.discard(actor=current_actor(), version_id=version_id)
    return _back()


@blueprint.post("/<uuid:version_id>/index")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def index(version_id: UUID) -> ResponseReturnValue:
    """Draft the successor with every price raised."""
    overview.version(version_id, tenant_id=g.client.id)
    draft = indexing.index(
        actor=current_actor(),
        version_id=version_id,
        percent=terms_forms.number(request.form.get("percent", ""), "percent"),
        valid_from=terms_forms.day(request.form.get("valid_from", ""), "valid_from"),
    )
    return redirect(
        url_for(".version", client=g.client.slug, version_id=draft.id), HTTPStatus.SEE_OTHER
    )


@blueprint.post("/buyer")
@in_provider_books
@requires(Permission.INVOICE_MANAGE)
def buyer() -> ResponseReturnValue:
    """Keep how the client is addressed on invoices."""
    checked = now() if request.form.get("vat_id_checked") else None
    parties.set_buyer(
        actor=current_actor(), client=g.client, details=request.form, vat_id_checked_at=checked
    )
    flash(_("Saved."), "success")
    return _back()


def _kept(action: str, *, version_id: UUID | None = None, **place: Any) -> ResponseReturnValue:
    rows = terms_forms.sent_lines(request.form)
    try:
        steps = credit_steps.sent(request.form)
        ladder = credit_steps.ladder(steps, request.form.get("credit_cap", ""))
        valid_from, conditions = terms_forms.conditions_of(request.form, credits_=ladder)
        values = {
            "actor": current_actor(),
            "valid_from": valid_from,
            "conditions": conditions,
            "lines": terms_forms.lines_of(rows, conditions.currency),
        }
        if version_id is None:
            kept = contracts.draft(**values, **place)  # type: ignore[arg-type]
        else:
            seen = request.form.get("seen", "")
            kept = contracts.change(**values, version_id=version_id, seen=seen)  # type: ignore[arg-type]
    except Invalid as faulty:
        page = _editor(action, sent=request.form, rows=rows, errors=field_errors(faulty))
        return page, HTTPStatus.UNPROCESSABLE_ENTITY
    except Conflict as late:
        return _overtaken(action, late, version_id, rows=rows), HTTPStatus.CONFLICT
    return redirect(
        url_for(".version", client=g.client.slug, version_id=kept.id), HTTPStatus.SEE_OTHER
    )


def _overtaken(action: str, late: Conflict, version_id: UUID | None, *, rows: Any) -> str:
    """The editor with what was typed, and what a colleague has saved meanwhile beside it.

    Where the draft is agreed by now, what was typed becomes a draft of its own.
    """
    if version_id is None or not isinstance(late, DraftMoved):
        action = url_for(".create", client=g.client.slug)
        return _editor(action, sent=request.form, rows=rows, errors={"form": [say(late.text)]})
    version = overview.version(version_id, tenant_id=g.client.id)
    (theirs,) = agreed.terms([version])
    differing = credit_steps.differences(credit_steps.sent(request.form), version.credits)
    differing += terms_forms.differences(
        request.form,
        rows,
        terms_forms.shown_conditions(contracts.conditions_of(version), version.valid_from),
        terms_forms.shown_lines(theirs.lines, version.currency),
    )
    return _editor(
        action,
        sent=request.form,
        rows=rows,
        seen=contracts.mark_of(version),
        conflict=Conflicting(text=say(late.text), rows=differing),
    )


def _editor(
    action: str, *, sent: Any, rows: Any, errors: Any = None, seen: str = "", conflict: Any = None
) -> str:
    steps = credit_steps.sent(request.form) if request.method == "POST" else sent["steps"]
    return render_template(
        "desk/terms/edit.html",
        client=g.client,
        action=action,
        sent=sent,
        rows=rows,
        steps=steps,
        promises=credit_steps.choices(steps),
        services=sorted(services(), key=lambda one: one.key),
        errors=errors or {},
        seen=seen or request.form.get("seen", ""),
        conflict=conflict,
    )


def _back() -> ResponseReturnValue:
    return redirect(url_for(".terms", client=g.client.slug), HTTPStatus.SEE_OTHER)
