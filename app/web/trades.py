"""Names of trades of services and of industries of clients."""

from flask_babel import gettext as _

from app.catalogue.service import Industry


def trade_title(trade: str) -> str:
    """The heading of a trade in the catalogue."""
    return {
        "accounting": _("Accounting"),
        "hr": _("People and payroll"),
        "banking": _("Payments"),
        "logistics": _("Orders and logistics"),
        "it": _("IT"),
        "health": _("Health"),
        "data": _("Data"),
        "customer": _("Customer service"),
        "general": _("Everything else"),
    }.get(trade, trade)


def industry_title(industry: Industry) -> str:
    """An industry's package, as a client would call itself."""
    return {
        Industry.FINANCE: _("Finance"),
        Industry.IT: _("IT companies"),
        Industry.HEALTH: _("Health care"),
        Industry.RETAIL: _("Retail"),
        Industry.LOGISTICS: _("Logistics"),
        Industry.TELECOM: _("Telecommunications"),
    }[industry]
