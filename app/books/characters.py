"""The characters that every bank of SEPA takes (EPC217-08), and what the others become."""

import re
import unicodedata
from typing import Final

ALLOWED: Final = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]*")
GERMAN: Final = str.maketrans(
    {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "ẞ": "SS"}
)
OTHERS: Final = str.maketrans(
    {
        "&": "+",
        "_": "-",
        "\u2013": "-",
        "\u2014": "-",
        "\u2019": "'",
        "\u2018": "'",
        "\u00b4": "'",
        "`": "'",
        ";": ",",
        "*": ".",
        "%": ".",
        "$": ".",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "oe",
        "Ø": "Oe",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "€": "EUR",
    }
)


def transliterated(text: str) -> str:
    """`Müller & Söhne` as `Mueller + Soehne`; what has no likeness becomes a full stop."""
    text = unicodedata.normalize("NFC", " ".join(text.split())).translate(GERMAN).translate(OTHERS)
    bare = "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
    return "".join(one if ALLOWED.fullmatch(one) else "." for one in bare)


def has_no_likeness(text: str) -> bool:
    """Whether a letter or digit is lost: `漢字` would be two full stops."""
    return any(one.isalnum() and transliterated(one) == "." for one in text)


def is_plain(text: str) -> bool:
    """Whether every bank takes the text as it is."""
    return ALLOWED.fullmatch(text) is not None
