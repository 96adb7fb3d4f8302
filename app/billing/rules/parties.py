"""What must be known of both parties before an invoice may be issued (§ 14 UStG, EN 16931)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


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

    def missing(self) -> Iterator[str]:
        """Fields without which no invoice can be issued."""
        needed = ("name", "street", "postcode", "city", "country", "email", "contact", "phone")
        yield from (name for name in (*needed, "iban") if not getattr(self, name))
        if not (self.vat_id or self.tax_number):
            yield "vat_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyerDetails(_Party):
    """The client."""

    reference: str = ""
    """The buyer's own reference, for public bodies the Leitweg-ID (BT-10)."""

    def missing(self, *, reverse_charge: bool) -> Iterator[str]:
        """Fields without which no invoice can be issued."""
        needed = ("name", "street", "postcode", "city", "country", "email")
        yield from (name for name in needed if not getattr(self, name))
        if reverse_charge and not self.vat_id:
            yield "vat_id"
