"""What was wrong with a form, in the reader's language, for the macros of components/forms.html."""

from app.kernel.errors import Invalid
from app.web.field_texts import field_text


def field_errors(error: Invalid) -> dict[str, list[str]]:
    """Each faulty field with its sentences."""
    return {name: [field_text(text) for text in texts] for name, texts in error.fields.items()}
