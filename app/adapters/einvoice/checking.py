"""What the schema, and the validator where one is installed, say against an electronic invoice."""

from functools import cache
from importlib import import_module
from typing import Any

import facturx


def violations(xml: bytes) -> list[tuple[str, str]]:
    """Rule and what it says about this XRechnung; empty where nothing is wrong."""
    try:
        facturx.xml_check_xsd(xml, flavor="factur-x", level="en16931")
    except Exception as wrong:
        return [("schema", str(wrong)[:500])]
    validator = _validator()
    if validator is None:
        return []
    report = validator.validate_bytes(xml, filename="invoice.xml", profile="xrechnung")
    return [(str(one["rule"]), str(one["message"])) for one in report["violations"]]


@cache
def _validator() -> Any:
    """Rules of EN 16931 and XRechnung as a library. Optional: the schema is asked anyway."""
    try:
        return import_module("einvoice")
    except ImportError:
        return None
