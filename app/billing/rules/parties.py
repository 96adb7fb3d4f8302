"""What must be known of both parties before an invoice may be issued (§ 14 UStG, EN 16931)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Self

from typing_extensions import override

BUYER_NEEDS: Final = ("name", "street", "postcode", "city", "country", "email")
SELLER_NEEDS: Final = (*BUYER_NEEDS, "contact", "phone", "iban")
"""And a VAT id or a tax number."""
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_VAT_ID: Final = re.compile(r"[A-Z]{2}[0-9A-Za-z+*.]{2,12}")
_EMAIL: Final = re.compile(r"[^@\s]+@[^@\s.][^@\s]*")
_DIGIT: Final = re.compile(r"\d")
_IBAN: Final = re.compile(r"[A-Z]{2}\d{2}[0-9A-Z]{11,30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Party:
    name: str = ""
    street: str = ""
    postcode: str = ""
    city: str = ""
    country: str = "DE"
    vat_id: str = ""
    email: str = ""

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Self:
        """From a table's or a form's values; what is not known is left out."""
        known = {field.name for field in fields(cls)}
        return cls(**{key: str(value).strip() for key, value in values.items() if key in known})

    def as_json(self) -> dict[str, str]:
        """What `of` reads back."""
        return asdict(self)

    def wrong(self) -> Iterator[str]:
        """Fields that EN 16931 and XRechnung would not take as they are; empty ones are missing."""
        if self.country and not _COUNTRY.fullmatch(self.country):
            yield "country"  # BR-CL-14: ISO 3166-1
        if self.vat_id and not _VAT_ID.fullmatch(self.vat_id):
            yield "vat_id"  # BR-CO-09: the country's letters first
        if self.email and not _EMAIL.fullmatch(self.email):
            yield "email"  # BR-DE-28, PEPPOL-EN16931-R010 and R020


@dataclass(frozen=True, slots=True, kw_only=True)
class SellerDetails(_Party):
    """The provider."""

    tax_number: str = ""
    contact: str = ""
    phone: str = ""
    iban: str = ""
    bic: str = ""
    bank: str = ""
    register: str = ""
    """Court and number, managing directors: the foot of the page."""

    @override
    def wrong(self) -> Iterator[str]:
        """Also what is needed to pay and to ask."""
        yield from _Party.wrong(self)  # slots: the class that super() knows is another one
        if self.phone and len(_DIGIT.findall(self.phone)) < 3:
            yield "phone"  # BR-DE-27
        if self.iban and not _is_iban(self.iban):
            yield "iban"  # BR-DE-19

    def missing(self) -> Iterator[str]:
        """Fields without which no invoice can be issued."""
        yield from (name for name in SELLER_NEEDS if not getattr(self, name))
        if not (self.vat_id or self.tax_number):
            yield "vat_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerDetails(_Party):
    """The client."""

    reference: str = ""
    """The buyer's own reference, for public bodies the Leitweg-ID (BT-10)."""

    def missing(self, *, reverse_charge: bool) -> Iterator[str]:
        """Fields without which no invoice can be issued."""
        yield from (name for name in BUYER_NEEDS if not getattr(self, name))
        if reverse_charge and not self.vat_id:
            yield "vat_id"


def _is_iban(text: str) -> bool:
    """ISO 13616: the check digits make it 1 modulo 97."""
    plain = text.replace(" ", "").upper()
    if not _IBAN.fullmatch(plain):
        return False
    return int("".join(str(int(one, 36)) for one in plain[4:] + plain[:4])) % 97 == 1
