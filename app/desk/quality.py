"""Quality at the desk: samples to look at, scorecards, accuracy, rework."""

from datetime import timedelta
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.audit.access import Shown
from app.catalogue.service import services
from app.desk.looking import listed, shows
from app.desk.serving import serving
from app.identity.permissions import Permission
from app.kernel.clock import now
from app.kernel.errors import Conflict, NotFound
from app.quality import actions, queries
from app.quality.rules import PASS_MARK, WEIGHTS, ErrorClass, Reason
from app.web.access import current_actor, requires
from app.web.books import in_books, visiting
from app.web.medical import hidden_services
from app.work.actions import closing
from tenants import registry
from tenants.context import TenantRef

blueprint = Blueprint(
    "desk_quality", __name__, url_prefix="/desk/quality", template_folder="templates"
)

PERIOD = timedelta(days=90)


def reason_words() -> dict[str, str]:
    """Why a piece was drawn."""
    return {
        Reason.AMOUNT: _("high amount"),
        Reason.NEW_OPERATOR: _("new at this client"),
        Reason.CLIENT: _("client"),
        Reason.RANDOM: _("at random"),
    }


def error_words() -> dict[ErrorClass, str]:
    """The classes of errors."""
    return {
        ErrorClass.CRITICAL: _("Critical: money, party, law, secrecy"),
        ErrorClass.MAJOR: _("Major: wrong result"),
        ErrorClass.MINOR: _("Minor: form"),
    }


@blueprint.get("")
@requires(Permission.WORK_ASSIGN)
def overview() -> ResponseReturnValue:
    """What is to be looked at, and how right the work of the last 90 days was."""
    since, clients = now() - PERIOD, serving()
    refs = {ref.id: ref for ref in registry.listed()}
    titles = {service.key: _(service.title) for service in services()}
    tables = [
        (_("Operator"), queries.by_operator(since=since, clients=clients), {}),
        (_("Service"), queries.by_service(since=since, clients=clients), titles),
        (
            _("Client"),
            queries.by_client(since=since, clients=clients),
            {key: ref.name for key, ref in refs.items()},
        ),
    ]
    seen = partial(queries.samples, clients=clients, hidden_services=hidden_services())
    waiting = [s for s in seen(scored=False) if s.tenant_id in refs]
    scored = [s for s in seen(scored=True, limit=20) if s.tenant_id in refs]
    listed([*waiting, *scored], Shown.QUALITY)
    return render_template(
        "desk/quality/overview.html",
        waiting=waiting,
        scored=scored,
        tables=tables,
        refs=refs,
        reasons=reason_words(),
        mark=PASS_MARK,
    )


def _sample(sample_id: UUID) -> tuple[Any, TenantRef]:
    """The sample and whose it is. Raises NotFound, also where this person may not see the work."""
    sample, allowed = queries.sample(sample_id), serving()
    ref = next((one for one in registry.listed() if one.id == sample.tenant_id), None)
    kept = allowed is not None and sample.tenant_id not in allowed
    if ref is None or kept or sample.service_key in hidden_services():
        raise NotFound("There is no such sample.")
    return sample, ref


@blueprint.get("/<uuid:sample_id>")
@requires(Permission.WORK_ASSIGN)
def scorecard(sample_id: UUID) -> ResponseReturnValue:
    """The card of one sample."""
    sample, ref = _sample(sample_id)
    shows(ref, kind="work_item", subject_id=sample.item_id)
    return render_template(
        "desk/quality/scorecard.html",
        sample=sample,
        ref=ref,
        reasons=reason_words(),
        errors=[(kind, word, WEIGHTS[kind]) for kind, word in error_words().items()],
        mark=PASS_MARK,
    )


@blueprint.post("/<uuid:sample_id>/score")
@requires(Permission.WORK_ASSIGN)
def score(sample_id: UUID) -> ResponseReturnValue:
    """Write down what was found."""
    _sample(sample_id)
    errors = {kind: request.form.get(str(kind), 0, type=int) for kind in ErrorClass}
    actions.score(
        actor=current_actor(),
        sample_id=sample_id,
        errors=errors,
        remark=request.form.get("remark", ""),
    )
    flash(_("The sample is scored."), "success")
    return redirect(url_for(".scorecard", sample_id=sample_id), HTTPStatus.SEE_OTHER)


@blueprint.post("/<uuid:sample_id>/rework")
@requires(Permission.WORK_ASSIGN)
def rework(sample_id: UUID) -> ResponseReturnValue:
    """Open rework for it: linked to its origin, and not billable."""
    actor = current_actor()
    with in_books():
        sample, _ref = _sample(sample_id)
        tenant_id, item_id, remark = sample.tenant_id, sample.item_id, sample.remark
        if sample.scored_at is None or sample.rework_id is not None:
            raise Conflict("Please score the sample first; rework is opened once.")
    with visiting(tenant_id) as client:
        if client is None:
            raise NotFound("There is no such client.")
        item = closing.reopen(actor=actor, item_id=item_id, reason=remark)
        actions.link_rework(actor=actor, sample_id=sample_id, item_id=item.id)
        address = url_for("desk_items.item", client=client.slug, item_id=item.id)
    flash(_("Rework is open; it is not billed."), "success")
    return redirect(address, HTTPStatus.SEE_OTHER)
