"""What was wrong with a form, in the reader's language, for the macros of components/forms.html."""

from app.kernel.errors import Invalid
from app.kernel.text import Text
from app.web.errors import say


def field_errors(error: Invalid) -> dict[str, list[str]]:
    """Each faulty field with its sentences."""
    return {
        name: [say(text) if isinstance(text, Text) else str(text) for text in texts]
        for name, texts in error.fields.items()
    }
