"""The automation: read the table, check each cell, find duplicates, write clean file and report."""

import csv
import io
from collections.abc import Iterator, Sequence
from decimal import ROUND_CEILING, Decimal
from itertools import islice
from typing import Final

from app.catalogue.result_files import Sheet, xlsx_file
from app.catalogue.steps import (
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.text import Text
from app.services.data_processing.duplicates import Pair, find_pairs
from app.services.data_processing.reading import NotATable, Table, read_table
from app.services.data_processing.rules import Fault, check_cells, wanted_columns

ROWS_OF_A_UNIT: Final = 1000
MOST_FINDINGS: Final = 100
MOST_REPORTED: Final = 20_000
MOST_COMPARED: Final = 20_000
"""Rows among which duplicates are looked for."""
_ENCODINGS: Final = {"cp1252": "Windows-1252", "utf-8-sig": "UTF-8"}
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_NUMBER: Final = frozenset("0123456789.,-+eE ")
_BAD: Final = {"columns": "DP-ROW-COLUMNS", "quotes": "DP-ROW-QUOTES", "header": "DP-ROW-HEADER"}
_FAULTS: Final = {
    "missing": "DP-CELL-MISSING",
    "date": "DP-CELL-DATE",
    "amount": "DP-CELL-AMOUNT",
    "whole": "DP-CELL-WHOLE",
    "open": "DP-CELL-OPEN",
    "twice": "DP-CELL-TWICE",
}
_WORDS: Final = {
    "DP-ROW-COLUMNS": Text("Not as many cells as the table has columns"),
    "DP-ROW-QUOTES": Text("Quotes do not close"),
    "DP-ROW-HEADER": Text("The headings again"),
    "DP-CELL-MISSING": Text("Empty"),
    "DP-CELL-DATE": Text("Not a date"),
    "DP-CELL-AMOUNT": Text("Not an amount"),
    "DP-CELL-WHOLE": Text("Not a whole number"),
    "DP-CELL-OPEN": Text("A thousand, or one and a bit"),
    "DP-CELL-TWICE": Text("There already"),
}


def check(step: StepInput) -> StepResult:
    """Clean table, report and findings of the order's first file. Never raises for a file."""
    document = step.documents[0]
    try:
        table = read_table(document.content)
    except NotATable as no:
        code = f"DP-{str(no.args[0]).upper()}"
        return StepResult(findings=(_finding(document, code, Severity.ERROR),))
    if not table.rows and not table.bad:
        return StepResult(findings=(_finding(document, "TABLE-NO-ROWS", Severity.ERROR),))
    wanted, missing = wanted_columns(step.payload.get("columns") or (), table.header)
    faults = list(check_cells(table, wanted))
    pairs = _pairs(step, table)
    findings = list(islice(_findings(document, table, missing, faults, pairs), MOST_FINDINGS))
    faulty = {fault.line for fault in faults}
    return StepResult(
        values=_values(table, faulty, pairs),
        findings=tuple(findings),
        documents=_files(step, document, table, faults, pairs),
        units=_units(table),
        title=document.name,
        straight_through=not findings,
    )


def _pairs(step: StepInput, table: Table) -> list[Pair]:
    if not step.payload.get("find_duplicates", True) or len(table.rows) > MOST_COMPARED:
        return []
    return find_pairs(table.rows)


def _units(table: Table) -> Decimal:
    """Thousands of rows, begun ones counted whole."""
    rows = Decimal(max(1, len(table.rows) + len(table.bad)))
    return (rows / ROWS_OF_A_UNIT).to_integral_value(ROUND_CEILING)


def _finding(
    document: StepDocument, code: str, severity: Severity, place: str = "", **params: object
) -> StepFinding:
    return StepFinding(
        code=code,
        severity=severity,
        place=f"{document.name}:{place}".rstrip(":"),
        params={name: str(value) for name, value in params.items()},
        document_id=document.id,
    )


def _findings(
    document: StepDocument,
    table: Table,
    missing: Sequence[str],
    faults: Sequence[Fault],
    pairs: Sequence[Pair],
) -> Iterator[StepFinding]:
    for name in missing:
        yield _finding(document, "DP-COLUMN", Severity.ERROR, column=name)
    for bad in table.bad:
        yield _finding(
            document, _BAD[bad.why], Severity.WARNING, str(bad.line),
            line=bad.line, found=bad.found, columns=len(table.header),
        )  # fmt: skip
    for line in table.skipped:
        yield _finding(document, "DP-ROW-ABOVE", Severity.WARNING, str(line), line=line)
    for fault in faults:
        yield _finding(
            document, _FAULTS[fault.why], Severity.WARNING, f"{fault.line} {fault.column}",
            line=fault.line, column=fault.column, found=fault.found,
        )  # fmt: skip
    if len(table.rows) > MOST_COMPARED:
        yield _finding(document, "DP-NOT-COMPARED", Severity.INFO, most=MOST_COMPARED)
    for pair in pairs:
        yield _finding(
            document, "DP-DUPLICATE", Severity.WARNING, str(table.lines[pair.other]),
            line=table.lines[pair.other], first=table.lines[pair.one],
            percent=round(pair.score * 100),
        )  # fmt: skip


def _values(table: Table, faulty: set[int], pairs: Sequence[Pair]) -> dict[str, ProposedValue]:
    values: dict[str, object] = {
        "rows": len(table.rows) + len(table.bad),
        "clean": len(table.rows) - len(faulty),
        "faulty": len(table.bad) + len(faulty),
        "duplicates": len(pairs),
        "read_as": _read_as(table),
    }
    return {key: ProposedValue(value=value) for key, value in values.items()}


def _read_as(table: Table) -> str:
    """The sheet's name, or the encoding and the sign that parts the columns."""
    sign = {"\t": "TAB", " ": "SPACE"}.get(table.delimiter, table.delimiter)
    return table.sheet or f"{_ENCODINGS.get(table.encoding, table.encoding.upper())} {sign}".strip()


def _files(
    step: StepInput,
    document: StepDocument,
    table: Table,
    faults: Sequence[Fault],
    pairs: Sequence[Pair],
) -> tuple[ResultDocument, ...]:
    stem = document.name.rpartition(".")[0] or document.name
    faulty = {fault.line for fault in faults}
    return (
        ResultDocument(
            name=f"{stem}-clean.csv", media_type="text/csv", content=_clean(table, faulty)
        ),
        xlsx_file(
            f"{stem}-report.xlsx",
            [_fault_sheet(table, faults), _pair_sheet(table, pairs)],
            locale=step.client_locale,
        ),
    )


def _clean(table: Table, faulty: set[int]) -> bytes:
    """UTF-8 with commas (RFC 4180): rows without a fault, none taken for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.header)
    for line, row in zip(table.lines, table.rows, strict=True):
        if line not in faulty:
            writer.writerow([_harmless(cell) if cell[:1] in _FORMULA else cell for cell in row])
    return out.getvalue().encode()


def _harmless(cell: str) -> str:
    return cell if not cell or set(cell) <= _NUMBER else f"'{cell}"


def _fault_sheet(table: Table, faults: Sequence[Fault]) -> Sheet:
    rows: list[tuple[int, str, Text, str]] = [
        (bad.line, "", _WORDS[_BAD[bad.why]], bad.text) for bad in table.bad
    ]
    rows += [(one.line, one.column, _WORDS[_FAULTS[one.why]], one.found) for one in faults]
    return Sheet(
        title=Text("Set aside"),
        headings=(Text("Row"), Text("Column"), Text("Reason"), Text("Found")),
        rows=sorted(rows, key=lambda row: row[0])[:MOST_REPORTED],
    )


def _pair_sheet(table: Table, pairs: Sequence[Pair]) -> Sheet:
    return Sheet(
        title=Text("Probable duplicates"),
        headings=(
            *(Text("Row"), Text("Other row"), Text("Sureness in percent")),
            *(Text("The row"), Text("The other row")),
        ),
        rows=[
            (
                *(table.lines[pair.one], table.lines[pair.other], round(pair.score * 100)),
                *(_told(table.rows[pair.one]), _told(table.rows[pair.other])),
            )
            for pair in pairs[:MOST_REPORTED]
        ],
    )


def _told(row: Sequence[str]) -> str:
    return " · ".join(cell for cell in row if cell.strip())[:500]
