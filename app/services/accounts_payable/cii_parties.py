"""Seller, buyer and the other parties of a Cross Industry Invoice."""

from app.services.accounts_payable.cursor import Cursor
from app.services.accounts_payable.invoice import Party


def seller(agreement: Cursor) -> Party:
    """BG-4."""
    party = agreement.at("ram:SellerTradeParty")
    party.note("BG-4")
    terms = {"name": "BT-27", "trading": "BT-28", "id": "BT-29", "legal": "BT-30", "vat": "BT-31"}
    terms |= {"tax": "BT-32", "address": "BG-5", "street": "BT-35", "city": "BT-37"}
    terms |= {"postcode": "BT-38", "country": "BT-40", "electronic": "BT-34", "contact": "BT-41"}
    terms |= {"contact_group": "BG-6", "telephone": "BT-42", "email": "BT-43"}
    return _party(party, terms)


def buyer(agreement: Cursor) -> Party:
    """BG-7."""
    party = agreement.at("ram:BuyerTradeParty")
    party.note("BG-7")
    terms = {"name": "BT-44", "trading": "BT-45", "id": "BT-46", "legal": "BT-47", "vat": "BT-48"}
    terms |= {"address": "BG-8", "street": "BT-50", "city": "BT-52", "postcode": "BT-53"}
    terms |= {"country": "BT-55", "electronic": "BT-49", "contact": "BT-56"}
    return _party(party, terms)


def party_named(parent: Cursor, name: str, *, group: str, term: str) -> Party | None:
    """Payee (BG-10) or tax representative (BG-11), where the invoice has one."""
    party = parent.at(name)
    party.note(group)
    return _party(party, {"name": term}) if party.exists else None


def _party(party: Cursor, terms: dict[str, str]) -> Party:
    address = party.at("ram:PostalTradeAddress")
    address.note(terms.get("address", ""))
    contact = party.at("ram:DefinedTradeContact")
    contact.note(terms.get("contact_group", ""))
    electronic = party.at("ram:URIUniversalCommunication", "ram:URIID")
    legal = party.at("ram:SpecifiedLegalOrganization")
    identifier = party.at("ram:GlobalID").text(terms.get("id", "")) or party.at("ram:ID").text(
        terms.get("id", "")
    )
    telephone = contact.at("ram:TelephoneUniversalCommunication", "ram:CompleteNumber")
    email = contact.at("ram:EmailURIUniversalCommunication", "ram:URIID")
    contact_name = contact.at("ram:PersonName").text(terms.get("contact", ""))
    return Party(
        name=party.at("ram:Name").text(terms.get("name", "")),
        trading_name=legal.at("ram:TradingBusinessName").text(terms.get("trading", "")),
        identifier=identifier,
        legal_id=legal.at("ram:ID").text(terms.get("legal", "")),
        vat_id=_registration(party, scheme="VA", term=terms.get("vat", "")),
        tax_number=_registration(party, scheme="FC", term=terms.get("tax", "")),
        street=address.at("ram:LineOne").text(terms.get("street", "")),
        city=address.at("ram:CityName").text(terms.get("city", "")),
        postcode=address.at("ram:PostcodeCode").text(terms.get("postcode", "")),
        country=address.at("ram:CountryID").text(terms.get("country", "")),
        has_address=address.exists,
        electronic_address=electronic.text(terms.get("electronic", "")),
        electronic_scheme=electronic.attribute("schemeID"),
        has_contact=contact.exists,
        contact_name=contact_name
        or contact.at("ram:DepartmentName").text(terms.get("contact", "")),
        telephone=telephone.text(terms.get("telephone", "")),
        email=email.text(terms.get("email", "")),
    )


def _registration(party: Cursor, *, scheme: str, term: str) -> str | None:
    for one in party.each("ram:SpecifiedTaxRegistration"):
        number = one.at("ram:ID")
        if number.attribute("schemeID") == scheme and (value := number.text(term)):
            return value
    return None
