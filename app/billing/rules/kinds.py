"""The words of the books: kinds of lines, states of versions, invoices and credits."""

from enum import StrEnum


class LineKind(StrEnum):
    """What a line of a contract charges for."""

    RETAINER = "retainer"
    """A fixed sum a period; pro rata where its version is in force for a part of it."""
    UNIT_PRICE = "unit_price"
    TIME_AND_MATERIAL = "time_and_material"
    """Hours of a role."""
    ALLOWANCE = "allowance"
    """Units of a service that are included; what exceeds them has the service's unit price."""
    MINIMUM = "minimum"
    """What the charges for usage come to at least."""


class PriceModel(StrEnum):
    """How quantity and price make a sum."""

    FLAT = "flat"
    GRADUATED = "graduated"
    """Each unit has the price of the tier it falls into: the sum is continuous."""
    VOLUME = "volume"
    """All units have the price of the tier that the whole quantity falls into: it jumps."""


class VatTreatment(StrEnum):
    """Which tax an invoice of this contract carries."""

    STANDARD = "standard"
    REVERSE_CHARGE = "reverse_charge"
    """The client owes it (article 196 of directive 2006/112/EC): needs its checked VAT id."""
    EXEMPT = "exempt"


class Collection(StrEnum):
    """How the money comes in (the names are those of the payment service)."""

    CHARGE_AUTOMATICALLY = "charge_automatically"
    SEND_INVOICE = "send_invoice"


class VersionState(StrEnum):
    """A draft can be edited and previewed; what is agreed stays as it is."""

    DRAFT = "draft"
    AGREED = "agreed"


class RunState(StrEnum):
    """How far a client's rating of a period is."""

    DRAFT = "draft"
    EMPTY = "empty"
    """Nothing to charge: there is no invoice."""
    CARRIED = "carried"
    """Less than nothing: the next period's run takes it over."""
    CLOSED = "closed"
    """Its invoice is issued."""
    FAILED = "failed"
    """It could not be rated; the reason stands beside it."""


class InvoiceState(StrEnum):
    """draft → approved → issued → corrected. Money has a state of its own (PaymentState)."""

    DRAFT = "draft"
    APPROVED = "approved"
    ISSUED = "issued"
    CARRIED = "carried"
    """Less than nothing: never issued, the next month has it."""
    CORRECTED = "corrected"
    """An invoice correction took it back; it stays what it was."""


class InvoiceType(StrEnum):
    """UNTDID 1001."""

    INVOICE = "380"
    CORRECTION = "381"
    """Rechnungskorrektur: the amounts of the invoice that it takes back."""


class PaymentState(StrEnum):
    """What has come in, against what is owed."""

    OPEN = "open"
    PARTLY_PAID = "partly_paid"
    PAID = "paid"
    OVERPAID = "overpaid"


class CollectionState(StrEnum):
    """What is known of money that is on its way, or does not come."""

    NONE = "none"
    PROCESSING = "processing"
    """A direct debit takes some days: it is not overdue meanwhile."""
    ACTION_REQUIRED = "action_required"
    FAILED = "failed"
    DISPUTED = "disputed"
    UNCOLLECTIBLE = "uncollectible"


class DocumentKind(StrEnum):
    """The files of an invoice."""

    PDF = "pdf"
    """ZUGFeRD: the page for people with the XML inside."""
    XML = "xml"
    """XRechnung."""


class CreditState(StrEnum):
    """proposed → approved → credited; the client may dispute until it is credited."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    DISPUTED = "disputed"
    CREDITED = "credited"
    REFUSED = "refused"
