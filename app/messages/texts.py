"""Keep the provider's text templates. In the provider's books."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from app.audit import actions as audit
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.clock import now
from app.kernel.errors import Invalid, NotFound
from app.kernel.ids import new_id
from app.kernel.text import Text
from app.messages.text_models import ReplyText
from app.messages.text_rules import unknown_fields
from tenants.db import db

MOST_CHARACTERS = 5000


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What somebody has typed."""

    title: str
    service_key: str
    german: str
    english: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered(Wording):
    """A template to choose, also after the books are left."""

    id: UUID


def offered() -> list[Offered]:
    """All in use, by title."""
    return [
        Offered(
            id=row.id,
            title=row.title,
            service_key=row.service_key,
            german=row.german,
            english=row.english,
        )
        for row in listed()
    ]


def listed() -> Sequence[ReplyText]:
    """Those in use, by title."""
    query = select(ReplyText).where(ReplyText.retired_at.is_(None)).order_by(ReplyText.title)
    return db.session.scalars(query).all()


def one(text_id: UUID) -> ReplyText:
    """Raises NotFound."""
    found = db.session.get(ReplyText, text_id)
    if found is None or found.retired_at is not None:
        raise NotFound("There is no such text.")
    return found


def keep(*, actor: Actor, wording: Wording, text_id: UUID | None = None) -> ReplyText:
    """Write a new template, or change one. Raises Forbidden, NotFound, Invalid."""
    actor.require(Permission.WORK_ASSIGN)
    _check(wording)
    row = one(text_id) if text_id else ReplyText(id=new_id())
    row.title, row.service_key = wording.title.strip(), wording.service_key
    row.german, row.english = wording.german.strip(), wording.english.strip()
    row.changed_at, row.changed_by_name = now(), actor.name
    db.session.add(row)
    db.session.flush()
    _note(actor, "text.kept", row)
    return row


def retire(*, actor: Actor, text_id: UUID) -> None:
    """Take it out of use; what was written with it stays. Raises Forbidden, NotFound."""
    actor.require(Permission.WORK_ASSIGN)
    row = one(text_id)
    row.retired_at = now()
    _note(actor, "text.retired", row)


def _check(wording: Wording) -> None:
    faults = {}
    if not 2 < len(wording.title.strip()) <= 100:
        faults["title"] = [Text("Please give a title of 3 to 100 characters.")]
    for name, text in (("german", wording.german), ("english", wording.english)):
        if not 0 < len(text.strip()) <= MOST_CHARACTERS:
            faults[name] = [Text("Please write the text, at most 5,000 characters.")]
        elif unknown := unknown_fields(text):
            names = ", ".join(unknown)
            faults[name] = [Text("There is no such field: %(names)s.", names=names)]
    if faults:
        raise Invalid(fields=faults)


def _note(actor: Actor, verb: str, row: ReplyText) -> None:
    audit.record_provider(
        actor=actor,
        verb=verb,
        subject_type="reply_text",
        subject_id=row.id,
        detail={"title": row.title, "de": row.german, "en": row.english},
    )
