"""Files that come with a form: the good ones are stored, the others are refused with the reason."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import request

from app.documents import actions as documents
from app.kernel.actor import Actor
from app.kernel.errors import Invalid
from app.web.errors import say


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


def ids_of(texts: Sequence[str]) -> list[UUID]:
    """Documents named in a form's hidden fields. Raises Invalid for what is no id."""
    try:
        return [UUID(text) for text in texts]
    except ValueError:
        raise Invalid("A file of this order is no longer there.") from None
