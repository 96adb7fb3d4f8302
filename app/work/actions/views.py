"""Give a list of the desk a name, share it with the team, rename it, forget it."""

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Forbidden, Invalid, NotFound
from app.work.view_models import SavedView
from tenants.db import db

MAX_NAME = 60
MOST = 30
"""Views of one person."""
ARGUMENTS = ("view", "client", "service", "status", "priority", "q")


def save(*, actor: Actor, name: str, arguments: Mapping[str, str], shared: bool) -> SavedView:
    """Save the filters under a name. Raises Forbidden, Invalid (no name, taken, too many)."""
    actor.require(Permission.WORK_READ)
    if actor.id is None:
        raise Forbidden("Only people have views.")
    mine = select(SavedView).where(SavedView.owner_id == actor.id)
    if len(db.session.scalars(mine).all()) >= MOST:
        raise Invalid("You have %(most)s views: please remove one first.", most=MOST)
    view = SavedView(
        owner_id=actor.id,
        owner_name=actor.name,
        name=_name(actor.id, name),
        arguments={key: arguments[key][:100] for key in ARGUMENTS if arguments.get(key)},
        shared=shared,
        created_at=now(),
    )
    db.session.add(view)
    db.session.flush()
    return view


def change(*, actor: Actor, view_id: UUID, name: str, shared: bool) -> SavedView:
    """Rename it, share it or keep it to oneself. Raises NotFound, Forbidden, Invalid."""
    view = _own(actor, view_id)
    view.name, view.shared = _name(view.owner_id, name, besides=view.id), shared
    db.session.flush()
    return view


def remove(*, actor: Actor, view_id: UUID) -> SavedView:
    """Forget it. A lead may take a shared one out of everybody's side. Raises as `change`."""
    view = _own(actor, view_id)
    db.session.delete(view)
    db.session.flush()
    return view


def _own(actor: Actor, view_id: UUID) -> SavedView:
    view = db.session.get(SavedView, view_id, with_for_update=True)
    if view is None or (view.owner_id != actor.id and not view.shared):
        raise NotFound("There is no such view.")
    if view.owner_id != actor.id and not actor.may(Permission.WORK_ASSIGN):
        raise Forbidden("Only who saved a view can change it.")
    return view


def _name(owner_id: UUID, name: str, *, besides: UUID | None = None) -> str:
    name = " ".join(name.split())[:MAX_NAME]
    if not name:
        raise Invalid(fields={"name": ["Please give it a name."]})
    taken = select(SavedView.id).where(SavedView.owner_id == owner_id, SavedView.name == name)
    if besides is not None:
        taken = taken.where(SavedView.id != besides)
    if db.session.scalar(taken) is not None:
        raise Invalid(fields={"name": ["You have a view of this name already."]})
    return name
