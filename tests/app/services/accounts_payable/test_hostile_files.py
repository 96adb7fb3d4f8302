"""Files made to hurt, and files that are simply broken: each ends as a finding."""

import io
import zlib
from collections.abc import Callable

import pytest
from pypdf import PdfWriter
from pypdf.generic import (
    ArrayObject,
    DictionaryObject,
    NameObject,
    StreamObject,
    create_string_object,
)

from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.samples import sample

INVOICE = sample("shop-flyers.xml")
MEGABYTE = 1024 * 1024


def only_code(content: bytes, filename: str = "x.xml", **limits: int) -> str:
    reading = read_file(content, filename, **limits)
    assert reading.invoice is None
    assert len(reading.findings) == 1
    return reading.findings[0].code


def with_doctype(doctype: str, *, encoding: str = "utf-8") -> bytes:
    text = INVOICE.decode()
    head, _, body = text.partition("?>\n")
    head = head.replace("UTF-8", encoding)
    return f"{head}?>\n{doctype}\n{body}".encode(encoding)


BILLION_LAUGHS = (
    "<!DOCTYPE x [<!ENTITY a '"
    + "ha" * 50
    + "'>"
    + "".join(
        f"<!ENTITY {new} '{('&' + old + ';') * 10}'>"
        for old, new in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)


@pytest.mark.parametrize(
    "doctype",
    [
        BILLION_LAUGHS,
        "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>",
        "<!doctype Invoice>",
        "<!  DOCTYPE Invoice>",
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "iso-8859-1"])
def test_a_document_type_is_refused(doctype: str, encoding: str) -> None:
    assert only_code(with_doctype(doctype, encoding=encoding)) == "AP-XML-DOCTYPE"


@pytest.mark.parametrize("encoding", ["utf-7", "utf-32", "cp037"])
def test_a_document_type_in_an_odd_encoding_does_no_harm(encoding: str) -> None:
    reading = read_file(with_doctype(BILLION_LAUGHS, encoding=encoding))
    assert reading.invoice is None
    assert reading.findings


def test_a_gigabyte_of_entities_is_never_unfolded() -> None:
    big = "<!DOCTYPE x [<!ENTITY a '" + "x" * MEGABYTE + "'>]>"
    text = INVOICE.decode().replace("Nordlicht GmbH", "&a;" * 1000)
    head, _, body = text.partition("?>\n")
    assert only_code(f"{head}?>\n{big}{body}".encode()) == "AP-XML-DOCTYPE"


def test_too_large_too_deep_too_many() -> None:
    assert only_code(INVOICE, max_bytes=1000) == "AP-XML-SIZE"
    deep = b"<a>" * 5_000 + b"</a>" * 5_000
    for one in (deep, b"<a>" * 1_000_000):  # the parser has a limit of its own, 2048
        assert only_code(one) in {"AP-XML-DEPTH", "AP-XML-BROKEN"}
    assert only_code(b"<a>" * 150 + b"</a>" * 150) == "AP-XML-DEPTH"
    assert only_code(b"<a>" + b"<b/>" * 1_000_001 + b"</a>") == "AP-XML-ELEMENTS"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "AP-FILE-EMPTY"),
        (b" \n\t ", "AP-FILE-EMPTY"),
        (b"hello", "AP-NOT-AN-INVOICE-FILE"),
        (b"PK\x03\x04" + b"\x00" * 100, "AP-NOT-AN-INVOICE-FILE"),
        (b"<html><body>Rechnung</body></html>", "AP-XML-NOT-AN-INVOICE"),
        (b"<Invoice/>", "AP-XML-NOT-AN-INVOICE"),
        (INVOICE[:-200], "AP-XML-CUT"),
        (INVOICE[: INVOICE.rindex(b"<cbc:")], "AP-XML-CUT"),
        (b"\x89PNG\r\n\x1a\n", "AP-PICTURE"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "AP-PICTURE"),
        (INVOICE.replace(b"</cbc:ID>", b"</cbc:Id>", 1), "AP-XML-BROKEN"),
        (INVOICE.replace(b"Werbung", b"\xff\xfeerbung"), "AP-XML-BROKEN"),
        (INVOICE.replace(b"UTF-8", b"no-such-code"), "AP-XML-BROKEN"),
        (INVOICE.replace(b"Werbung", b"&undefined;"), "AP-XML-BROKEN"),
        (b"\x00" * 1000, "AP-NOT-AN-INVOICE-FILE"),
    ],
)
def test_broken_files_give_one_reason(content: bytes, code: str) -> None:
    assert only_code(content) == code


@pytest.mark.parametrize(
    "encode",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\xef\xbb\xbf\xef\xbb\xbf" + text.encode(),
        lambda text: b"\n  " + text.encode(),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16"),
        lambda text: text.replace("UTF-8", "UTF-16").encode("utf-16-be"),
        lambda text: text.replace("UTF-8", "ISO-8859-1").encode("latin-1"),
        lambda text: text.replace("UTF-8", "windows-1252").encode("cp1252"),
        lambda text: text.partition("?>")[2].strip().encode(),
    ],
    ids=["bom", "two-boms", "blanks", "utf-16", "utf-16-be", "latin-1", "cp1252", "bare"],
)
def test_honest_encodings_are_read(encode: Callable[[str], bytes]) -> None:
    text = sample("bakery-flour.xml").decode()
    invoice = read_file(encode(text)).invoice
    assert invoice is not None
    assert invoice.buyer.name == "Bäckerei Sommer GmbH"


def pdf_with(stream: StreamObject, name: str = "factur-x.xml", *, in_tree: bool = True) -> bytes:
    """A PDF whose attachment is this very stream, in the name tree or in the AF array alone."""
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    reference = writer._add_object(stream)  # noqa: SLF001 (nothing public adds a stream)
    specification = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Filespec"),
            NameObject("/F"): create_string_object(name),
            NameObject("/EF"): DictionaryObject({NameObject("/F"): reference}),
        }
    )
    if in_tree:
        names = ArrayObject([create_string_object(name), specification])
        tree = DictionaryObject({NameObject("/Names"): names})
        root = DictionaryObject({NameObject("/EmbeddedFiles"): tree})
        writer.root_object[NameObject("/Names")] = root
    else:
        writer.root_object[NameObject("/AF")] = ArrayObject([specification])
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def stream_of(content: bytes) -> StreamObject:
    stream = StreamObject()
    stream.set_data(content)
    return stream


def bomb(megabytes: int) -> StreamObject:
    """A stream of zeros that is a thousand times larger when unpacked."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b"\0" * MEGABYTE) for _ in range(megabytes)) + packer.flush()
    stream = StreamObject()
    stream._data = packed  # noqa: SLF001 (packed already)
    stream[NameObject("/Filter")] = NameObject("/FlateDecode")
    return stream


def test_a_decompression_bomb_in_a_pdf_is_stopped() -> None:
    assert only_code(pdf_with(bomb(300)), "x.pdf") == "AP-PDF-BOMB"


@pytest.mark.parametrize("name", ["factur-x.xml", "xrechnung.xml", "ZUGFeRD-invoice.xml", "re.XML"])
@pytest.mark.parametrize("in_tree", [True, False])
def test_an_attachment_is_found_under_any_name_and_in_both_places(
    name: str, *, in_tree: bool
) -> None:
    reading = read_file(pdf_with(stream_of(INVOICE), name, in_tree=in_tree), "x.pdf")
    assert reading.invoice is not None
    assert reading.xml_name == name


def test_pdfs_without_an_invoice() -> None:
    assert only_code(sample("practice-gloves-paper.pdf"), "x.pdf") == "AP-PDF-WITHOUT-XML"
    assert only_code(pdf_with(stream_of(INVOICE), "x.txt"), "x.pdf") == "AP-PDF-WITHOUT-XML"
    assert only_code(b"%PDF-1.7\n" + b"garbage " * 100, "x.pdf") == "AP-PDF-BROKEN"


def test_a_pdf_whose_xml_is_no_invoice_says_why() -> None:
    reading = read_file(pdf_with(stream_of(b"<order/>")), "x.pdf")
    assert reading.invoice is None
    assert {one.code for one in reading.findings} == {"AP-XML-NOT-AN-INVOICE", "AP-PDF-WITHOUT-XML"}


def encrypted(password: str) -> bytes:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_attachment("factur-x.xml", INVOICE)
    writer.encrypt(password, "owner", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def test_an_encrypted_pdf_is_refused_unless_anybody_may_open_it() -> None:
    assert only_code(encrypted("secret"), "x.pdf") == "AP-PDF-ENCRYPTED"
    assert read_file(encrypted(""), "x.pdf").invoice is not None


@pytest.mark.parametrize("share", range(5, 100, 10))
def test_a_truncated_pdf_never_raises(share: int) -> None:
    whole = sample("bakery-boxes.pdf")
    reading = read_file(whole[: len(whole) * share // 100], "x.pdf")
    assert reading.invoice is not None or reading.findings


@pytest.mark.parametrize(
    "text", ["12,50", "NaN", "Infinity", "1e400", "1_000", "9" * 60, "0x10", "①②"]
)
def test_what_is_no_amount_is_told_with_its_place(text: str) -> None:
    content = INVOICE.replace(b">386.75<", f">{text}<".encode(), 1)
    reading = read_file(content)
    assert reading.invoice is not None
    assert [one.code for one in reading.findings] == ["AP-NUMBER"]
    assert reading.findings[0].place.term == "BT-112"


@pytest.mark.parametrize(
    "text", ["2026-13-01", "20261301", "yesterday", "2026-02-30", "0000-00-00"]
)
def test_what_is_no_date_is_told_with_its_place(text: str) -> None:
    reading = read_file(INVOICE.replace(b"2026-11-20<", f"{text}<".encode(), 1))
    assert [(one.code, one.place.term) for one in reading.findings] == [("AP-DATE", "BT-2")]


def test_a_large_attachment_inside_an_invoice_is_no_attack() -> None:
    binary = b"QUJD" * (12 * MEGABYTE // 4)
    reference = (
        b"<cac:AdditionalDocumentReference><cbc:ID>1</cbc:ID><cac:Attachment>"
        b'<cbc:EmbeddedDocumentBinaryObject mimeCode="application/pdf" filename="a.pdf">'
        + binary
        + b"</cbc:EmbeddedDocumentBinaryObject></cac:Attachment></cac:AdditionalDocumentReference>"
    )
    at = INVOICE.index(b"<cac:AccountingSupplierParty>")
    reading = read_file(INVOICE[:at] + reference + INVOICE[at:])
    assert reading.invoice is not None
    assert reading.findings == ()
