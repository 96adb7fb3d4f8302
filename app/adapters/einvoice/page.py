"""The page of an invoice: set by typst as PDF/A-3, with the XML inside where there is one."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import facturx
import typst

_TEMPLATE = Path(__file__).parent / "invoice.typ"


def printed(shown: Mapping[str, Any], *, logo: bytes | None = None) -> bytes:
    """The PDF of what is to be seen (the template names it), as PDF/A-3b."""
    return bytes(_set(shown, logo, pdf_standards="a-3b"))


def preview(shown: Mapping[str, Any]) -> bytes:
    """The first page as SVG: to look at, not to hand over."""
    pages = _set(shown, None, format="svg")
    return bytes(pages[0] if isinstance(pages, list) else pages)


def _set(shown: Mapping[str, Any], logo: bytes | None, **more: Any) -> Any:
    with TemporaryDirectory() as folder:
        if logo:
            (Path(folder) / "logo.png").write_bytes(logo)
        place = Path(folder) / "invoice.typ"
        place.write_bytes(_source())
        inputs = {"bill": json.dumps(shown), "logo": "yes" if logo else "no"}
        return typst.compile(str(place), root=folder, sys_inputs=inputs, **more)


def with_xml(pdf: bytes, xml: bytes, *, shown: Mapping[str, Any]) -> bytes:
    """ZUGFeRD: the XML (profile EN 16931) inside the PDF. Raises where its schema refuses it."""
    whole: bytes = facturx.generate_from_binary(
        pdf,
        xml,
        flavor="factur-x",
        level="en16931",
        check_xsd=True,
        afrelationship="alternative",
        lang=shown["language"],
        pdf_metadata={
            "author": shown["seller_name"],
            "keywords": shown["number"],
            "title": f"{shown['title']} {shown['number']}",
            "subject": shown["number"],
        },
    )
    return whole


@cache
def _source() -> bytes:
    return _TEMPLATE.read_bytes()
