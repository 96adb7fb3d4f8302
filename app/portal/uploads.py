"""Files that come with a form: the good ones are stored, the others are refused with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request, session

from app.documents import actions as documents
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.web.errors import say

ANY = documents.ACCEPTS
"""What may come with a message."""
_KEY = "refused_files"
_MOST = 10
"""Reasons kept for the next page: they travel in the session's cookie."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of the files of a form: ids of the stored, why others were refused (named)."""

    ids: Sequence[UUID]
    refused: Sequence[str]


def take(*, actor: Actor, accepts: tuple[str, ...], field: str = "files") -> Taken:
    """Store the form's files. Raises Forbidden; a refused file is no error of the request."""
    ids: list[UUID] = []
    refused: list[str] = []
    for file in request.files.getlist(field):
        if not file.filename:
            continue
        try:
            stored = documents.store(
                actor=actor, name=file.filename, content=file.read(), accepts=accepts
            )
        except Invalid as reason:
            refused.append(say(reason.text))
        else:
            ids.append(stored.id)
    return Taken(ids, refused)


def remember(service_key: str, type_key: str, reasons: Sequence[str]) -> None:
    """Keep the reasons for the page that is shown next."""
    if reasons:
        session[_KEY] = [f"{service_key}/{type_key}", list(reasons[:_MOST])]


def refused(service_key: str, type_key: str) -> Sequence[str]:
    """The reasons kept for this form, once."""
    where, reasons = session.get(_KEY, ["", []])
    if where != f"{service_key}/{type_key}":
        return []
    session.pop(_KEY)
    return [str(reason) for reason in reasons]
