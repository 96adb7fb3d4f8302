"""Words of the books for both faces: what a position, a state or a finding is called."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import format_currency
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _

from app.billing.documents import making, words
from app.kernel.money import Money
from app.web.formats import NO_BREAK


def init_app(app: Flask) -> None:
    """Arm the templates."""
    app.jinja_env.globals.update(
        position_name=position_name,
        position_note=position_note,
        invoice_word=invoice_word,
        finding_text=finding_text,
        minor=Money,
        month_name=month_name,
        unit_price=unit_price,
        service_word=service_word,
        metric_word=metric_word,
    )


def _language() -> str:
    return words.language(getattr(get_locale(), "language", "en"))


def position_name(line: Any) -> str:
    """A position in the reader's language."""
    return words.name_of(
        str(getattr(line.kind, "value", line.kind)),
        title=line.title,
        service=making.service_name(line.service_key, _language()),
        params=line.params,
        locale=_language(),
    )


def position_note(line: Any) -> str:
    """The days of a position that is only for a part of the month."""
    return words.note_of(line.params, _language())


def month_name(day: date) -> str:
    """A month as the reader calls it."""
    return words.month(day, _language())


def service_word(key: str) -> str:
    """A service by its name."""
    return making.service_name(key, _language())


def metric_word(metric: str) -> str:
    """A promise by its name."""
    names = {
        "first_response": _("First response"),
        "next_response": _("Next response"),
        "resolution": _("Resolution"),
    }
    return names.get(metric, metric)


def unit_price(price: Decimal, currency: str) -> str:
    """A price that may be less than a cent."""
    exact = price.normalize()
    return format_currency(
        exact, currency, locale=get_locale() or "en", decimal_quantization=False
    ).replace(" ", NO_BREAK)


def invoice_word(state: Any) -> str:
    """A state of a run, an invoice or its money."""
    return _states().get(str(getattr(state, "value", state)), str(state))


def _states() -> dict[str, str]:
    return {
        "draft": _("Draft"),
        "approved": _("Approved"),
        "issued": _("Issued"),
        "corrected": _("Taken back"),
        "carried": _("Carried over"),
        "empty": _("Nothing to bill"),
        "closed": _("Issued"),
        "failed": _("Failed"),
        "open": _("Open"),
        "partly_paid": _("Partly paid"),
        "paid": _("Paid"),
        "overpaid": _("Overpaid"),
        "none": "",
        "processing": _("Payment on its way"),
        "action_required": _("Needs confirmation"),
        "disputed": _("Disputed"),
        "uncollectible": _("Uncollectible"),
        "proposed": _("Proposed"),
        "credited": _("Credited"),
        "refused": _("Refused"),
        "agreed": _("Agreed"),
    }


def finding_text(found: Mapping[str, Any]) -> str:
    """Why an invoice was not issued."""
    fields = {
        "name": _("Name"),
        "street": _("Street"),
        "postcode": _("Postcode"),
        "city": _("City"),
        "country": _("Country"),
        "vat_id": _("VAT id"),
        "email": _("E-mail"),
        "contact": _("Contact"),
        "phone": _("Phone"),
        "iban": "IBAN",
    }
    detail = str(found.get("detail", ""))
    sentences = {
        "seller_missing": _("Our own details lack: %(field)s", field=fields.get(detail, detail)),
        "buyer_missing": _(
            "The client's details lack: %(field)s", field=fields.get(detail, detail)
        ),
        "seller_wrong": _(
            "In our own details this is not valid: %(field)s", field=fields.get(detail, detail)
        ),
        "buyer_wrong": _(
            "In the client's details this is not valid: %(field)s", field=fields.get(detail, detail)
        ),
        "vat_id_unchecked": _("Reverse charge needs a checked VAT id of the client."),
        "no_lines": _("There is no position."),
        "refused": detail,
    }
    code = str(found.get("code", ""))
    return sentences.get(code, f"{code}: {detail}")
