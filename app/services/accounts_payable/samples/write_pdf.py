"""Writes a made-up invoice as a PDF, as paper or as a hybrid with its XML inside (ZUGFeRD-like)."""

import io
from typing import Final

from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DictionaryObject, NameObject, StreamObject

from app.services.accounts_payable.samples.specification import Company, Specification

PAGE_WIDTH: Final = 595
PAGE_HEIGHT: Final = 842


def write_pdf(invoice: Specification, *, xml: bytes = b"", xml_name: str = "factur-x.xml") -> bytes:
    """One page of text; with `xml`, an attachment that the catalogue's AF array names."""
    writer = PdfWriter()
    page = writer.add_blank_page(PAGE_WIDTH, PAGE_HEIGHT)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
            NameObject("/Encoding"): NameObject("/WinAnsiEncoding"),
        }
    )
    fonts = DictionaryObject({NameObject("/F1"): writer._add_object(font)})  # noqa: SLF001
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
    content = StreamObject()
    content.set_data(_drawing(_text(invoice)))
    page[NameObject("/Contents")] = writer._add_object(content)  # noqa: SLF001
    if xml:
        attachment = writer.add_attachment(xml_name, xml)
        attachment.associated_file_relationship = NameObject("/Alternative")
        reference = attachment.pdf_object.indirect_reference or attachment.pdf_object
        writer.root_object[NameObject("/AF")] = ArrayObject([reference])
    writer.add_metadata({"/Title": f"Rechnung {invoice.number}", "/Producer": "Kontor samples"})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def _text(invoice: Specification) -> list[str]:
    lines = [
        *_address(invoice.seller),
        "",
        *_address(invoice.buyer),
        "",
        f"Rechnung {invoice.number} vom {invoice.issued:%d.%m.%Y}",
        f"Lieferdatum {invoice.delivered:%d.%m.%Y}    Bestellung {invoice.order or '-'}",
        "",
    ]
    for number, one in enumerate(invoice.positions, 1):
        lines.append(
            f"{number}  {one.name}   {_comma(str(one.quantity))} x {_comma(str(one.price))} EUR"
            f"   {_comma(f'{one.net:.2f}')} EUR   USt {one.rate} %"
        )
    lines += [
        "",
        f"Netto {_comma(f'{invoice.net:.2f}')} EUR",
        f"USt {_comma(f'{invoice.tax:.2f}')} EUR",
        f"Brutto {_comma(f'{invoice.gross:.2f}')} EUR",
        "",
        f"Zahlbar bis {invoice.due:%d.%m.%Y} auf {invoice.seller.iban}",
    ]
    return lines


def _address(company: Company) -> list[str]:
    vat_id = [f"USt-IdNr. {company.vat_id}"] if company.vat_id else []
    return [company.name, company.street, f"{company.postcode} {company.city}", *vat_id]


def _comma(amount: str) -> str:
    return amount.replace(".", ",")


def _drawing(lines: list[str]) -> bytes:
    """A content stream: each line set 16 points below the one before."""
    out = [b"BT /F1 10 Tf 16 TL 56 780 Td"]
    for line in lines:
        text = line.encode("cp1252", errors="replace")
        escaped = text.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        out.append(b"(" + escaped + b") Tj T*")
    return b"\n".join([*out, b"ET"])
