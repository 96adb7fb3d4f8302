"""Messages for the next page that can be taken back."""

from typing import Any

from flask import flash


def flash_with_undo(text: str, *, undo_url: str | None) -> None:
    """A success; `undo_url` (POST) is offered beside it for ten seconds."""
    # Flask keeps any JSON value; components/feedback.html knows this shape.
    message: Any = {"text": text, "undo_url": undo_url}
    flash(message, "success")
