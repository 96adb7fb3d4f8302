"""Whether two company names mean the same company."""

import re
import unicodedata
from typing import Final

LEGAL_FORMS_TEXT: Final = """
    gmbh mbh ggmbh ag kg kgaa ohg gbr ug ek ev eg se co cie inc ltd llc limited plc sa sas sarl srl
    spa bv nv oy ab as aps haftungsbeschränkt haftungsbeschraenkt gesellschaft und mit
    beschränkter beschraenkter haftung partg partgmbb mvz stiftung compagnie
    """
LEGAL_FORMS: Final = frozenset(LEGAL_FORMS_TEXT.split())
LETTERS: Final = re.compile(r"[^\w]+")
UMLAUTS: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


def name_words(name: str) -> frozenset[str]:
    """The telling words of a name: no legal form, no case, no accents."""
    text = name.casefold().replace("e.k.", "ek").replace("e.v.", "ev").replace("&", " und ")
    text = text.translate(UMLAUTS)
    text = "".join(
        one for one in unicodedata.normalize("NFKD", text) if not unicodedata.combining(one)
    )
    forms = {form.translate(UMLAUTS) for form in LEGAL_FORMS}
    return frozenset(word for word in LETTERS.split(text) if word and word not in forms)


def core_name(name: str) -> str:
    """The telling words in a fixed order, as a key."""
    return " ".join(sorted(name_words(name)))


def same_company(one: str, other: str) -> bool:
    """Whether the telling words of one name are all in the other's."""
    first, second = name_words(one), name_words(other)
    if not first or not second:
        return one.strip().casefold() == other.strip().casefold()
    return first <= second or second <= first
