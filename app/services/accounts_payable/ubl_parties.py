"""Seller, buyer and the other parties of a UBL invoice."""

from app.services.accounts_payable.cursor import Cursor
from app.services.accounts_payable.invoice import Party


def seller(top: Cursor) -> Party:
    """BG-4."""
    party = top.at("cac:AccountingSupplierParty", "cac:Party")
    party.note("BG-4")
    terms = {"name": "BT-27", "trading": "BT-28", "id": "BT-29", "legal": "BT-30", "vat": "BT-31"}
    terms |= {"tax": "BT-32", "address": "BG-5", "street": "BT-35", "city": "BT-37"}
    terms |= {"postcode": "BT-38", "country": "BT-40", "electronic": "BT-34", "contact": "BT-41"}
    terms |= {"contact_group": "BG-6", "telephone": "BT-42", "email": "BT-43"}
    return _party(party, terms)


def buyer(top: Cursor) -> Party:
    """BG-7."""
    party = top.at("cac:AccountingCustomerParty", "cac:Party")
    party.note("BG-7")
    terms = {"name": "BT-44", "trading": "BT-45", "id": "BT-46", "legal": "BT-47", "vat": "BT-48"}
    terms |= {"address": "BG-8", "street": "BT-50", "city": "BT-52", "postcode": "BT-53"}
    terms |= {"country": "BT-55", "electronic": "BT-49", "contact": "BT-56"}
    return _party(party, terms)


def _party(party: Cursor, terms: dict[str, str]) -> Party:
    address = party.at("cac:PostalAddress")
    address.note(terms.get("address", ""))
    contact = party.at("cac:Contact")
    contact.note(terms.get("contact_group", ""))
    electronic = party.at("cbc:EndpointID")
    trading = party.at("cac:PartyName", "cbc:Name").text(terms.get("trading", ""))
    legal = party.at("cac:PartyLegalEntity")
    return Party(
        name=legal.at("cbc:RegistrationName").text(terms.get("name", "")),
        trading_name=trading,
        identifier=party.at("cac:PartyIdentification", "cbc:ID").text(terms.get("id", "")),
        legal_id=legal.at("cbc:CompanyID").text(terms.get("legal", "")),
        vat_id=_registration(party, vat=True, term=terms.get("vat", "")),
        tax_number=_registration(party, vat=False, term=terms.get("tax", "")),
        street=address.at("cbc:StreetName").text(terms.get("street", "")),
        city=address.at("cbc:CityName").text(terms.get("city", "")),
        postcode=address.at("cbc:PostalZone").text(terms.get("postcode", "")),
        country=address.at("cac:Country", "cbc:IdentificationCode").text(terms.get("country", "")),
        has_address=address.exists,
        electronic_address=electronic.text(terms.get("electronic", "")),
        electronic_scheme=electronic.attribute("schemeID"),
        has_contact=contact.exists,
        contact_name=contact.at("cbc:Name").text(terms.get("contact", "")),
        telephone=contact.at("cbc:Telephone").text(terms.get("telephone", "")),
        email=contact.at("cbc:ElectronicMail").text(terms.get("email", "")),
    )


def _registration(party: Cursor, *, vat: bool, term: str) -> str | None:
    """The VAT id (scheme VAT) or the national tax number (any other scheme)."""
    for one in party.each("cac:PartyTaxScheme"):
        scheme = (one.at("cac:TaxScheme", "cbc:ID").text() or "VAT").upper()
        if (scheme == "VAT") == vat and (value := one.at("cbc:CompanyID").text(term)):
            return value
    return None


def payee(top: Cursor) -> Party | None:
    """BG-10."""
    party = top.at("cac:PayeeParty")
    party.note("BG-10")
    if not party.exists:
        return None
    return Party(
        name=party.at("cac:PartyName", "cbc:Name").text("BT-59"),
        identifier=party.at("cac:PartyIdentification", "cbc:ID").text("BT-60"),
        legal_id=party.at("cac:PartyLegalEntity", "cbc:CompanyID").text("BT-61"),
    )


def tax_representative(top: Cursor) -> Party | None:
    """BG-11."""
    party = top.at("cac:TaxRepresentativeParty")
    party.note("BG-11")
    if not party.exists:
        return None
    address = party.at("cac:PostalAddress")
    return Party(
        name=party.at("cac:PartyName", "cbc:Name").text("BT-62"),
        vat_id=_registration(party, vat=True, term="BT-63"),
        country=address.at("cac:Country", "cbc:IdentificationCode").text("BT-69"),
        has_address=address.exists,
    )
