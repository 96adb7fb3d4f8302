"""What a file is, by its content, and whether it may come in."""

import re
import unicodedata
from datetime import date
from pathlib import PurePosixPath

from app.kernel.errors import Invalid
from app.kernel.workbooks import OLE, is_locked

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
    (OLE, "application/x-ole-storage"),
)
_BY_ENDING = {
    ".pdf": ("application/pdf",),
    ".png": ("image/png",),
    ".jpg": ("image/jpeg",),
    ".jpeg": ("image/jpeg",),
    ".xlsx": ("application/zip",),
    ".docx": ("application/zip",),
    ".ods": ("application/zip",),
    ".xls": ("application/x-ole-storage",),
    ".zip": ("application/zip",),
}
_TEXT = {
    ".xml": "application/xml",
    ".csv": "text/csv",
    ".txt": "text/plain",
    ".sta": "text/plain",
    ".mt940": "text/plain",
    ".940": "text/plain",
    ".edi": "text/plain",
    ".eml": "text/plain",
    ".mbox": "text/plain",
    ".pem": "text/plain",
    ".jsonld": "application/json",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".ics": "text/calendar",
}
PICTURE = "image/svg+xml"
"""Only Kontor itself makes these: no order takes a file that ends in .svg."""
XLS = "application/vnd.ms-excel"
SHEETS = frozenset(
    {
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "application/vnd.oasis.opendocument.spreadsheet",
        XLS,
    }
)
"""Spreadsheets: their rows are read by the worker, to be shown in the page."""
INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", PICTURE})
"""Media types a browser may show in the page; everything else is a download (ASVS 5: 3.2.1)."""
DRAWN = SHEETS | {"application/pdf"}
"""What the worker draws or reads for the page beside the values."""
MAX_NAME = 200


YEARS_KEPT = {"voucher": 8, "books": 10, "letter": 6, "wages": 6, "health": 10}
"""By retention class: § 147 (3) AO (vouchers eight years since 2025), § 630f (3) BGB."""
LONGEST = 10


def kept_until(stored_on: date, retention_class: str) -> date:
    """The last day on which a file is kept: years are counted from the year's end, § 147 (4) AO."""
    return date(stored_on.year + YEARS_KEPT.get(retention_class, LONGEST), 12, 31)


def safe_name(name: str) -> str:
    """The file's own name without path, control characters and tricks with direction of writing."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/")).rsplit("/", 1)[-1]
    name = "".join(c for c in name if unicodedata.category(c)[0] != "C")
    name = re.sub(r"\s+", " ", name).strip(" .")
    if len(name) > MAX_NAME:
        path = PurePosixPath(name)
        name = path.stem[: MAX_NAME - len(path.suffix)] + path.suffix
    return name or "file"


def ending(name: str) -> str:
    """The lower-case ending with its dot."""
    return PurePosixPath(name).suffix.lower()


def media_type(name: str, content: bytes) -> str:
    """What the content is, from its first bytes; text files by their ending."""
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return _office(name) if kind == "application/zip" else _older(name, kind)
    return _TEXT.get(ending(name), "application/octet-stream")


def _office(name: str) -> str:
    known = {
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        ".ods": "application/vnd.oasis.opendocument.spreadsheet",
    }
    return known.get(ending(name), "application/zip")


def _older(name: str, kind: str) -> str:
    is_sheet = kind == "application/x-ole-storage" and ending(name) == ".xls"
    return XLS if is_sheet else kind


def check(name: str, content: bytes, *, accepts: tuple[str, ...], limit: int) -> None:
    """Refuse what cannot be used. Raises Invalid with the reason."""
    if not content:
        raise Invalid("%(name)s is empty.", name=name)
    if len(content) > limit:
        raise Invalid(
            "%(name)s is larger than %(limit)s MB.", name=name, limit=limit // 1024 // 1024
        )
    end = ending(name)
    if end not in accepts:
        raise Invalid(
            "%(name)s cannot be used here: files may end in %(endings)s.",
            name=name,
            endings=", ".join(accepts),
        )
    if is_locked(content):
        raise Invalid("%(name)s is protected by a password: please send it without one.", name=name)
    wanted = _BY_ENDING.get(end)
    found = next((kind for signature, kind in _SIGNATURES if content.startswith(signature)), "")
    if wanted is not None and found not in wanted:
        raise Invalid("%(name)s is not what its ending says.", name=name)
    if wanted is None and found:
        raise Invalid("%(name)s is not what its ending says.", name=name)
