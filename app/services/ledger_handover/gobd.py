"""The export for a tax audit (GoBD, format GDPdU 01-09-2004): index.xml and the tables it names."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Final

from lxml import etree

from app.books.datev.rules import sums
from app.kernel.money import Money

DOCTYPE: Final = '<!DOCTYPE DataSet SYSTEM "gdpdu-01-09-2004.dtd">'
STAMP: Final = (1980, 1, 1, 0, 0, 0)
"""Every file of the archive carries the same time: equal contents give equal bytes."""
JOURNAL: Final = (
    ("Belegnummer", "text"),
    ("Buchungsdatum", "date"),
    ("Betrag", "amount"),
    ("Waehrung", "text"),
    ("Sollkonto", "text"),
    ("Habenkonto", "text"),
    ("Steuerschluessel", "text"),
    ("Belegfeld1", "text"),
    ("Buchungstext", "text"),
    ("Kostenstelle", "text"),
)
BALANCES: Final = (("Konto", "text"), ("Soll", "amount"), ("Haben", "amount"))


def audit_archive(
    bookings: Sequence[Mapping[str, Any]], *, client: str, since: date, until: date
) -> bytes:
    """A zip archive of index.xml, the journal and the sums of accounts."""
    tables = (
        ("journal.csv", "Journal", JOURNAL, list(_journal(bookings))),
        ("summen.csv", "Summen je Konto", BALANCES, list(_balances(bookings))),
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _put(archive, "index.xml", _index(tables, client=client, since=since, until=until))
        for url, _, _, rows in tables:
            _put(archive, url, "".join(map(_line, rows)).encode())
    return out.getvalue()


def _put(archive: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, date_time=STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, content)


def _journal(bookings: Iterable[Mapping[str, Any]]) -> Iterable[Sequence[str]]:
    for one in bookings:
        yield (
            one["number"],
            f"{date.fromisoformat(one['booked_on']):%d.%m.%Y}",
            _amount(one["amount_minor"]),
            one["currency"],
            one["debit"],
            one["credit"],
            one["tax_key"],
            one["reference"],
            one["text"],
            one["cost_centre"],
        )


def _balances(bookings: Iterable[Mapping[str, Any]]) -> Iterable[Sequence[str]]:
    for account, (debit, credit) in sums(bookings).items():
        yield account, _amount(debit), _amount(credit)


def _amount(minor: int) -> str:
    return f"{Money(minor, 'EUR').major:.2f}".replace(".", ",")


def _line(cells: Sequence[str]) -> str:
    texts = ('"{}"'.format(" ".join(cell.split()).replace('"', '""')) for cell in cells)
    return ";".join(texts) + "\r\n"


def _index(
    tables: Sequence[tuple[str, str, Sequence[tuple[str, str]], object]],
    *,
    client: str,
    since: date,
    until: date,
) -> bytes:
    root = etree.Element("DataSet")
    _sub(root, "Version", "1.0")
    supplier = _sub(root, "DataSupplier")
    _sub(supplier, "Name", client)
    _sub(supplier, "Location", "Deutschland")
    _sub(supplier, "Comment", f"Buchungen {since:%d.%m.%Y} bis {until:%d.%m.%Y}")
    media = _sub(root, "Media")
    _sub(media, "Name", "Buchungen")
    for url, name, columns, _ in tables:
        _table(media, url, name, columns, since=since, until=until)
    content: bytes = etree.tostring(
        root, xml_declaration=True, encoding="UTF-8", doctype=DOCTYPE, pretty_print=True
    )
    return content


def _table(
    media: Any,
    url: str,
    name: str,
    columns: Sequence[tuple[str, str]],
    *,
    since: date,
    until: date,
) -> None:
    table = _sub(media, "Table")
    _sub(table, "URL", url)
    _sub(table, "Name", name)
    _sub(table, "Description", name)
    validity = _sub(_sub(table, "Validity"), "Range")
    _sub(validity, "From", f"{since:%d.%m.%Y}")
    _sub(validity, "To", f"{until:%d.%m.%Y}")
    _sub(table, "UTF8")
    _sub(table, "DecimalSymbol", ",")
    _sub(table, "DigitGroupingSymbol", ".")
    shape = _sub(table, "VariableLength")
    _sub(shape, "ColumnDelimiter", ";")
    _sub(shape, "RecordDelimiter", "\r\n")
    _sub(shape, "TextEncapsulator", '"')
    for column, kind in columns:
        _column(shape, column, kind)


def _column(shape: Any, column: str, kind: str) -> None:
    one = _sub(shape, "VariableColumn")
    _sub(one, "Name", column)
    if kind == "amount":
        _sub(_sub(one, "Numeric"), "Accuracy", "2")
    elif kind == "date":
        _sub(_sub(one, "Date"), "Format", "DD.MM.YYYY")
    else:
        _sub(one, "AlphaNumeric")


def _sub(parent: Any, name: str, text: str | None = None) -> Any:
    child = etree.SubElement(parent, name)
    child.text = text
    return child
