"""Every component alive on one page: for development only (see app/wiring.py)."""

from datetime import timedelta
from http import HTTPStatus
from types import SimpleNamespace

from flask import Blueprint, flash, g, make_response, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.kernel.clock import now
from app.kernel.money import Money
from app.web.access import public
from app.web.navigation import NavLink
from tenants.context import TenantRef

blueprint = Blueprint("dev_components", __name__, url_prefix="/dev/components")

# hours to the due time, title, client, priority, status, waiting for, who
_WORK = (
    (-0.2, "Approve November payroll", "Bäckerei Sommer", 3, "new", None, ""),
    (0.3, "Create creditor: Alpha Logistik KG", "Nordlicht GmbH", 1, "review", None, "Mia Schulz"),
    (0.7, "Check supplier invoice 4711", "Praxis Dr. Wolf", 3, "new", None, ""),
    (9.0, "Dunning run, level 2", "Holzbau Kern", 2, "waiting", "client", "Jan Brandt"),
    (1.6, "Change of an address", "Nordlicht GmbH", 2, "in_progress", None, "Anna Krüger"),
    (2.9, "Prepare payment run", "Alpha Logistik KG", 1, "review", None, "Mia Schulz"),
    (3.4, "VAT return 10/2026", "Praxis Dr. Wolf", 0, "new", None, ""),
    (9.3, "Correct holiday account", "Alpha Logistik KG", 1, "in_progress", None, "Anna Krüger"),
    (35.2, "Year end: list of papers", "Nordlicht GmbH", 2, "delivered", None, "Anna Krüger"),
)  # fmt: skip


@blueprint.get("/")
@public
def desk() -> ResponseReturnValue:
    """The desk's furniture, with every component in the middle."""
    _somebody()
    return render_template(
        "dev/desk.html",
        navigation=_desk_navigation(),
        palette_url="/dev/components/palette",
        unread=3,
        unread_url="#",
        rows=_rows(),
        **_samples(),
    )


@blueprint.get("/portal")
@public
def portal() -> ResponseReturnValue:
    """The portal's furniture."""
    _somebody()
    links = (
        ("Home", "home"),
        ("Requests", "message-2"),
        ("Documents", "file-text"),
        ("Team", "users"),
    )
    return render_template(
        "dev/portal.html",
        navigation=[
            NavLink(label=label, url="#", icon=icon, current=not at, count=2 if at == 1 else None)
            for at, (label, icon) in enumerate(links)
        ],
        rows=_rows(),
        **_samples(),
    )


@blueprint.get("/all")
@public
def everything() -> ResponseReturnValue:
    """What the two other pages do not show."""
    _somebody()
    flash("The client was opened.", "success")
    return render_template("dev/all.html", rows=_rows(), **_samples())


@blueprint.get("/rows")
@public
def rows() -> ResponseReturnValue:
    """The list alone, as it is asked for again and again."""
    answer = make_response(render_template("dev/_rows.html", rows=_rows()))
    answer.set_etag("as-ever")
    return answer.make_conditional(request)


@blueprint.post("/send")
@public
def send() -> ResponseReturnValue:
    """Takes files and leads on, or refuses."""
    names = [file.filename for file in request.files.getlist("files")]
    if not request.form.get("name"):
        return render_template(
            "errors/page.html", status=HTTPStatus(422), text="No name.", came_from="/"
        ), 422
    flash(f"Received: {', '.join(filter(None, names))}", "success")
    return redirect("/dev/components/portal")


@blueprint.get("/palette")
@public
def palette() -> ResponseReturnValue:
    """Answers for the search."""
    return render_template("dev/_palette.html", rows=_rows())


@blueprint.post("/toast")
@public
def toast() -> ResponseReturnValue:
    """An answer with a chance to undo."""
    return render_template("dev/_toast.html")


def _somebody() -> None:
    g.actor = SimpleNamespace(
        name="Anna Krüger", id=None, permissions=frozenset(), may=lambda _permission: True
    )
    g.client = TenantRef(id=1, slug="sommer", code="SOM", name="Bäckerei Sommer")


def _rows() -> list[SimpleNamespace]:
    return [
        SimpleNamespace(
            id=1042 - at,
            number=f"SOM-{1042 - at}",
            title=title,
            client=client,
            priority=priority,
            status=status,
            waiting_for=waiting,
            who=who,
            since=now() - timedelta(hours=8),
            due_at=now() + timedelta(hours=hours),
        )
        for at, (hours, title, client, priority, status, waiting, who) in enumerate(_WORK)
    ]


def _desk_navigation() -> SimpleNamespace:
    views = (
        ("My work", "inbox", 25),
        ("Unassigned", "user-question", 7),
        ("Promise critical", "alert-triangle", 3),
    )
    return SimpleNamespace(
        views=[
            NavLink(label=label, url="#", icon=icon, count=count, current=not at)
            for at, (label, icon, count) in enumerate(views)
        ],
        saved=[NavLink(label="Payroll, end of month", url="#", icon="filter", count=12)],
        clients=tuple(
            NavLink(label=name, url="#", icon="building")
            for name in ("Alpha Logistik KG", "Bäckerei Sommer", "Praxis Dr. Wolf")
        ),
        house=(),
    )


def _samples() -> dict[str, object]:
    step, moment = SimpleNamespace, now()
    return {
        "cost": Money(128400, "EUR"),
        "steps": [
            step(
                key="a",
                title="Voucher is readable and complete",
                mandatory=True,
                done_at=moment,
                done_by_name="Anna Krüger",
            ),
            step(
                key="b",
                title="Matched with the order",
                mandatory=True,
                done_at=None,
                done_by_name="",
            ),
            step(key="c", title="Account assigned", mandatory=False, done_at=None, done_by_name=""),
        ],
        "history": [
            step(
                at=moment - timedelta(hours=5),
                who="Anna Krüger",
                what="has taken it",
                quote=None,
                icon=None,
            ),
            step(
                at=moment - timedelta(minutes=20),
                who="T. Sommer",
                what="answered",
                quote="Order 2291, please.",
                icon=None,
            ),
        ],
        "seen": [
            step(
                severity="error",
                place="/Invoice/cac:TaxTotal",
                text="The sum of the lines is 118,00, the invoice says 119,00.",
            ),
            step(severity="warning", place="", text="This invoice number came in once before."),
            step(severity="info", place="page 1", text="Read from the XML inside the PDF."),
        ],
        "files": [
            step(name="rechnung-4711.xml", size=8123, url="#", note=""),
            step(name="scan.pdf", size=1_240_000, url="#", note="original"),
        ],
        "months": [
            ("Jun", [41, 2]),
            ("Jul", [38, 3]),
            ("Aug", [47, 1]),
            ("Sep", [52, 4]),
            ("Oct", [49, 2]),
            ("Nov", [33, 1]),
        ],
    }
