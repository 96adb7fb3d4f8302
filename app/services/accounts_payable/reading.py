"""From a file's bytes to an `Invoice`. Hostile or broken input ends as a finding, never raises."""

from typing import Final

from app.services.accounts_payable import cii, pdf, ubl, xml_safety
from app.services.accounts_payable.findings import Finding, Place, error, note, warning
from app.services.accounts_payable.invoice import Invoice, Reading, Syntax
from app.services.accounts_payable.pdf import Attachment
from app.services.accounts_payable.profiles import structure_findings
from app.services.accounts_payable.xml_safety import MAX_XML_BYTES, Element

MAX_PDF_BYTES: Final = 100 * 1024 * 1024
PICTURES: Final = (b"\x89PNG\r\n", b"\xff\xd8\xff")
"""How PNG and JPEG begin: invoices on paper that somebody took a picture of."""


def read_file(content: bytes, filename: str = "", *, max_bytes: int = MAX_XML_BYTES) -> Reading:
    """The invoice inside an XML or PDF file. The content decides, never the file's name."""
    if not content.strip():
        return Reading(invoice=None, findings=(error("AP-FILE-EMPTY"),))
    if pdf.is_pdf(content):
        return _read_pdf(content, max_bytes)
    if xml_safety.looks_like_xml(content):
        return read_xml(content, max_bytes=max_bytes)
    if content.startswith(PICTURES):
        return Reading(invoice=None, findings=(warning("AP-PICTURE"),))
    return Reading(invoice=None, findings=(error("AP-NOT-AN-INVOICE-FILE", file=filename[:120]),))


def read_xml(content: bytes, *, max_bytes: int = MAX_XML_BYTES) -> Reading:
    """The invoice in an XML file."""
    parsed = xml_safety.parse(content, max_bytes=max_bytes)
    if parsed.root is None:
        return Reading(invoice=None, findings=(parsed.finding,) if parsed.finding else ())
    root = parsed.root
    if ubl.is_ubl(root):
        invoice, source = ubl.read(root)
    elif cii.is_cii(root):
        invoice, source = cii.read(root)
    else:
        return Reading(invoice=None, findings=(_not_an_invoice(root),))
    findings = (*source.findings, *structure_findings(root, invoice), *_profile_findings(invoice))
    return Reading(invoice=invoice, findings=findings)


def _not_an_invoice(root: Element) -> Finding:
    local = str(root.tag).rpartition("}")[2][:60]
    return error("AP-XML-NOT-AN-INVOICE", Place(path=f"/{local}"), root=local)


def _profile_findings(invoice: Invoice) -> list[Finding]:
    if invoice.syntax is Syntax.ZUGFERD_1:
        return [note("AP-OLD-FORMAT", invoice.place("BT-24"))]
    if invoice.is_summary_only:
        return [warning("AP-PROFILE-SUMMARY", invoice.place("BT-24"), profile=invoice.profile)]
    return []


def _read_pdf(content: bytes, max_bytes: int) -> Reading:
    if len(content) > MAX_PDF_BYTES:
        limit = MAX_PDF_BYTES // (1024 * 1024)
        return Reading(invoice=None, findings=(error("AP-PDF-SIZE", limit=limit),))
    inside = pdf.xml_attachments(content, max_bytes=max_bytes)
    if not inside.attachments:
        return Reading(invoice=None, findings=inside.findings)
    readings = [(one, read_xml(one.content, max_bytes=max_bytes)) for one in inside.attachments]
    invoices = [(one, reading) for one, reading in readings if reading.invoice]
    if not invoices:
        return Reading(
            invoice=None,
            findings=(*readings[0][1].findings, warning("AP-PDF-WITHOUT-XML")),
            xml_name=readings[0][0].name,
        )
    chosen, reading = invoices[0]
    several = [_several(invoices)] if len(invoices) > 1 else []
    return Reading(
        invoice=reading.invoice,
        findings=(*inside.findings, *several, *reading.findings),
        xml_name=chosen.name,
    )


def _several(invoices: list[tuple[Attachment, Reading]]) -> Finding:
    """Two invoices in one PDF: which one is the invoice is for a person to say."""
    names = ", ".join(one.name for one, _ in invoices)
    return warning("AP-PDF-SEVERAL-XML", None, files=names[:200], used=invoices[0][0].name)
