"""What marshmallow says of a wrong value, as sentences of ours in the reader's language."""

import re
from typing import Final

from flask_babel import gettext

from app.kernel.text import Text
from app.web.errors import say

_FILL_IN: Final = Text("Please fill this in.")
_OTHER_KIND: Final = Text("A value of another kind is needed here.")
_SENTENCES: Final = tuple(
    (re.compile(pattern, re.DOTALL), text)
    for pattern, text in (
        (r"Missing data for required field\.|Field may not be null\.", _FILL_IN),
        (r"Shorter than minimum length 1\.", _FILL_IN),
        (
            r"Shorter than minimum length (?P<min>\d+)\.",
            Text("Please write at least %(min)s characters."),
        ),
        (
            r"Longer than maximum length (?P<max>\d+)\.",
            Text("Please write at most %(max)s characters."),
        ),
        (
            r"Length must be between (?P<min>\d+) and (?P<max>\d+)\.",
            Text("Please write between %(min)s and %(max)s characters."),
        ),
        (r"String does not match expected pattern\.", Text("This is not written as it should be.")),
        (r"Not a valid date\.", Text("This is not a date.")),
        (r"Not a valid (aware |naive )?(datetime|time)\.", Text("This is not a time.")),
        (r"Not a valid integer\.", Text("This is not a whole number.")),
        (r"Not a valid number\.|Special numeric values .*", Text("This is not a number.")),
        (r"Number too large\.", Text("This number is too large.")),
        (r"Not a valid email address\.", Text("This is not a mail address.")),
        (
            r"Must be greater than or equal to (?P<min>[^ ]+?)( and less than or equal to .+)?\.",
            Text("This must not be less than %(min)s."),
        ),
        (
            r"Must be less than or equal to (?P<max>.+)\.",
            Text("This must not be more than %(max)s."),
        ),
        (r"Must be one of: .*|One or more of the choices .*", Text("This is not a choice.")),
        (r"Unknown field\.", Text("This field is not known.")),
        (r"Not a valid .*|Invalid (input )?(type|value|input)\.", _OTHER_KIND),
    )
)


def field_text(said: str | Text) -> str:
    """One sentence about a field: ours as it is, marshmallow's put into ours."""
    if isinstance(said, Text):
        return say(said)
    for pattern, text in _SENTENCES:
        if found := pattern.fullmatch(said):
            return say(Text(text.msgid, **found.groupdict()))
    return str(gettext(said)) if said else ""
