"""Mail addresses and names as people type them."""

import re
import unicodedata

from app.kernel.errors import Invalid
from app.kernel.text import Text

LONGEST_ADDRESS = 254
LONGEST_NAME = 80
_ADDRESS = re.compile(r"[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u200b-\u200f\u2028-\u202e\u2066-\u2069]")


def email_address(typed: str) -> str:
    """The address in the form it is stored and compared in. Raises Invalid (field email).

    The shape is that of the WHATWG's `<input type=email>`.
    """
    address = unicodedata.normalize("NFKC", typed).strip().lower()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        raise Invalid(fields={"email": [Text("This is not a mail address.")]})
    return address


def person_name(typed: str) -> str:
    """A name in one line. Raises Invalid (field name)."""
    name = " ".join(_CONTROL.sub(" ", unicodedata.normalize("NFC", typed)).split())
    if not name or len(name) > LONGEST_NAME:
        text = Text("Please give a name of 1 to %(most)s characters.", most=LONGEST_NAME)
        raise Invalid(fields={"name": [text]})
    return name
