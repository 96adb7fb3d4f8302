"""Files that come with a form: the good ones are stored, the others are refused with the reason."""

from collections.abc import Sequence

from flask import session

from app.documents import actions as documents
from app.web.uploads import Taken, take

__all__ = ["ANY", "Taken", "refused", "remember", "take"]

ANY = documents.ACCEPTS
"""What may come with a message."""
_KEY = "refused_files"
_MOST = 10
"""Reasons kept for the next page: they travel in the session's cookie."""


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
