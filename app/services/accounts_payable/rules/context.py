"""What the checks know besides the invoice: the client, earlier invoices, and the day."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Facts around the invoice. An empty `client_names` means: not known, do not compare."""

    today: date
    client_names: tuple[str, ...] = ()
    client_vat_ids: tuple[str, ...] = ()
    known_fingerprints: Mapping[str, str] = field(default_factory=dict)
    """Fingerprint of an earlier invoice (see rules.duplicates) → where it is, e.g. `ACME-1042`."""
