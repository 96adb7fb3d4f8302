"""Takes the invoice XML out of a hybrid PDF (ZUGFeRD, Factur-X, XRechnung in PDF).

Attachments are read with pypdf alone, by the name tree and by the `AF` arrays, under any file name:
`factur-x.xml`, `zugferd-invoice.xml`, `ZUGFeRD-invoice.xml`, `xrechnung.xml` come first.
"""

import io
import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from pypdf import PdfReader, apply_configuration
from pypdf.errors import LimitReachedError, PyPdfError

from app.services.accounts_payable.findings import Finding, error, warning
from app.services.accounts_payable.xml_safety import MAX_XML_BYTES

KNOWN_NAMES: Final = ("xrechnung.xml", "factur-x.xml", "zugferd-invoice.xml", "order-x.xml")
MAX_ATTACHMENTS: Final = 200

logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # broken files are findings, not log lines


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file inside the PDF."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class PdfContent:
    """The XML files inside, best name first, and what was odd."""

    attachments: tuple[Attachment, ...] = ()
    findings: tuple[Finding, ...] = ()


def is_pdf(content: bytes) -> bool:
    """Whether the file says that it is a PDF (the mark may stand within the first kilobyte)."""
    return b"%PDF-" in content[:1024]


def xml_attachments(content: bytes, *, max_bytes: int = MAX_XML_BYTES) -> PdfContent:
    """All XML files attached to a PDF, or the reason why there are none. Never raises."""
    limits: dict[str, Any] = {
        "zlib_maximum_output_length": max_bytes,
        "lzw_maximum_output_length": max_bytes,
        "run_length_maximum_output_length": max_bytes,
        "brotli_maximum_output_length": max_bytes,
        "array_based_stream_maximum_output_length": max_bytes,
        "maximum_declared_stream_length": max_bytes,
        "stream_decoding_work_maximum_length": 4 * max_bytes,
        "stream_filters_maximum_length": 4,
    }
    try:
        with apply_configuration(**limits):
            return _read(content, max_bytes)
    except LimitReachedError:
        return _refused("AP-PDF-BOMB", limit=max_bytes // (1024 * 1024))
    except RecursionError:
        return _refused("AP-PDF-BROKEN", reason="recursion")
    except MemoryError:
        raise  # the sandbox tells this apart from a broken file
    except Exception as problem:  # pypdf raises whatever a broken file provokes
        return _refused("AP-PDF-BROKEN", reason=type(problem).__name__)


def _read(content: bytes, max_bytes: int) -> PdfContent:
    reader = PdfReader(io.BytesIO(content), strict=False)
    if reader.is_encrypted and not reader.decrypt(""):
        return _refused("AP-PDF-ENCRYPTED")
    found: dict[tuple[str, bytes], Attachment] = {}
    for name, stream in _embedded(reader):
        if name.lower().endswith(".xml") or _says_xml(stream):
            payload = stream.get_data()
            found.setdefault((name.lower(), payload), Attachment(name, payload))
    if not found:
        return PdfContent(findings=(warning("AP-PDF-WITHOUT-XML"),))
    return PdfContent(attachments=tuple(sorted(found.values(), key=_rank)))


def _rank(attachment: Attachment) -> int:
    name = attachment.name.lower()
    return KNOWN_NAMES.index(name) if name in KNOWN_NAMES else len(KNOWN_NAMES)


def _says_xml(stream: Any) -> bool:
    return "xml" in str(stream.get("/Subtype", "")).lower()


def _embedded(reader: PdfReader) -> Iterator[tuple[str, Any]]:
    """File names and streams: name tree first, then associated files of catalogue and pages."""
    count = 0
    for specification in _specifications(reader):
        count += 1
        if count > MAX_ATTACHMENTS:
            return
        files: Any = _object(specification.get("/EF")) if hasattr(specification, "get") else None
        if not hasattr(files, "get"):
            continue
        stream = _object(files.get("/UF") or files.get("/F"))
        name = specification.get("/UF") or specification.get("/F") or ""
        if hasattr(stream, "get_data"):
            yield str(_object(name)), stream


def _specifications(reader: PdfReader) -> Iterator[Any]:
    try:
        for entry in reader.attachment_list:
            yield entry.pdf_object
    except (PyPdfError, KeyError, TypeError, AttributeError, ValueError, IndexError) as problem:
        if isinstance(problem, LimitReachedError):
            raise
        # a broken name tree does not hide what the AF arrays still tell
    for owner in (reader.root_object, *reader.pages[:5]):
        associated = _object(owner.get("/AF"))
        if isinstance(associated, list):
            yield from (_object(one) for one in associated)


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


def _refused(code: str, **params: object) -> PdfContent:
    return PdfContent(findings=(error(code, None, **params),))
