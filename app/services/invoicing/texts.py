"""What findings of invoicing say."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text
from app.services.invoicing.rules import Fault

finding_text = finding_texts(
    {
        "IV-MISSING": Text("This must be filled in before the invoice can be issued."),
        "IV-VAT-ID": Text("The VAT id %(found)s is not valid."),
        "IV-VAT-ID-HOME": Text(
            "%(found)s is a German VAT id: a delivery within the community needs one of another "
            "member state."
        ),
        "IV-IBAN": Text("The IBAN %(found)s is not valid."),
        "IV-LEITWEG": Text("The Leitweg-ID %(found)s has wrong check digits."),
        "IV-NO-REFERENCE": Text(
            "The customer gave no reference: XRechnung asks for one, the invoice number stands "
            "there instead."
        ),
        "IV-NOT-EU": Text("%(found)s is no other member state of the EU."),
        "IV-SALES-LIST": Text(
            "The amount belongs into the EC sales list (§ 18a UStG), due on the 25th of the "
            "following month or after the quarter."
        ),
        "IV-ABROAD": Text(
            "German VAT is charged to a business in %(found)s that has a VAT id: please check."
        ),
        "IV-PERIOD": Text("The service ends on %(until)s, before it begins on %(since)s."),
        "IV-NO-RATES": Text("There is no table of VAT rates for %(until)s."),
        "IV-BEFORE-SERVICE": Text("The invoice is dated before the service ends on %(until)s."),
        "IV-FUTURE": Text("The invoice is dated in the future: %(issued)s."),
        "IV-DUE": Text("It would be payable before it is written."),
        "IV-DISCOUNT": Text("Cash discount needs both a percentage and a number of days."),
        "IV-CORRECTS": Text("A correction names both number and date of what it takes back."),
        "IV-DISCOUNT-BACK": Text("A correction grants no cash discount."),
        "IV-QUANTITY": Text("A position has no quantity."),
        "IV-PRICE": Text("A price is not negative: give the quantity a minus instead."),
        "IV-RATE": Text("VAT of %(found)s %% did not hold on the day of the service."),
        "IV-RATE-UNTAXED": Text("A VAT rate stands at a position of an invoice without VAT."),
        "IV-NO-POSITIONS": Text("There is no position."),
        "IV-NUMBER-TAKEN": Text("The invoice number %(number)s was issued already."),
        "IV-NUMBER-GAP": Text("Before %(number)s these numbers were never issued here: %(found)s."),
        "IV-DUPLICATE": Text(
            "%(item)s billed the same amount to the same customer for the same time."
        ),
        "IV-FIELDS": Text("The invoice cannot be issued with these fields: %(fields)s."),
        "IV-RULE": Text("The e-invoice breaks the rule %(rule)s: %(said)s"),
    }
)


def told_of(fault: Fault) -> Mapping[str, Any]:
    """A fault's values as a finding stores them."""
    return {name: _plain(value) for name, value in (fault.params or {}).items()}


def _plain(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return f"{value.normalize():f}" if isinstance(value, Decimal) else value
