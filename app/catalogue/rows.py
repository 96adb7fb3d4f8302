"""Tables that clients send, read into typed rows; what is wrong is a finding with line and column.

Columns are found by name, in German or English, in any order. A row whose needed cell is missing
or unreadable is left out and said so; the other rows are read.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, Literal

from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.kernel.numerals import decimal_sign, is_open, number_of
from app.kernel.tables import NotAList, Row, read_headed, read_list

Kind = Literal["text", "date", "amount", "whole", "yes"]
MOST_OF_A_KIND: Final = 25
"""Findings of one kind that are listed; the rest is counted."""
_YES: Final = frozenset({"1", "x", "ja", "j", "yes", "y", "true", "wahr"})
_NO: Final = frozenset({"0", "", "-", "nein", "n", "no", "false", "falsch"})
_DATES: Final = ("%Y-%m-%d", "%d.%m.%Y", "%d.%m.%y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y%m%d")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column that is looked for: our name, other names it may have, what its cells hold."""

    key: str
    names: tuple[str, ...] = ()
    kind: Kind = "text"
    required: bool = False
    strict: bool = False
    """What stands there but cannot be read, or in two ways, leaves its row out; it may be empty."""
    choices: Mapping[str, str] = field(default_factory=dict)
    """What may stand there (lower case) → what it means; empty for free text. Of each meaning
    the first two words are told to who wrote another: one English, one German.
    """

    @property
    def heading(self) -> str:
        """What it is called where the file itself does not say."""
        return self.names[0] if self.names else self.key


@dataclass(frozen=True, slots=True)
class TypedRow:
    """A row: its line in the file, and its cells as str, date, Decimal, int or bool; or None."""

    line: int
    cells: Mapping[str, Any]
    unread: frozenset[str] = frozenset()
    """Columns whose cells hold something that could not be read: they are None."""

    def __getitem__(self, key: str) -> Any:
        return self.cells.get(key)


@dataclass(frozen=True, slots=True)
class Table:
    """What was read of a file."""

    document: StepDocument
    rows: tuple[TypedRow, ...] = ()
    findings: tuple[StepFinding, ...] = ()
    headings: Mapping[str, str] = field(default_factory=dict)
    """Our name of a column → what it is called in the file."""

    def finding(
        self, code: str, severity: Severity, line: int = 0, column: str = "", **params: object
    ) -> StepFinding:
        """A finding at a place of this file."""
        heading = self.headings.get(column, column)
        return at(self.document, code, severity, line=line, column=heading, **params)


@dataclass(frozen=True, slots=True)
class _Unread:
    """Why a cell cannot be read."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)


def at(
    document: StepDocument,
    code: str,
    severity: Severity,
    *,
    line: int = 0,
    column: str = "",
    **params: object,
) -> StepFinding:
    """A finding with its place: `file.csv:12 column`."""
    place = f"{document.name}:{line}" if line else document.name
    return StepFinding(
        code=code,
        severity=severity,
        place=f"{place} {column}".strip(),
        params={"line": line, **params},
        document_id=document.id,
    )


def heads(document: StepDocument, columns: Sequence[Column]) -> frozenset[str]:
    """Which of the columns the file has: to tell one kind of table from another."""
    try:
        found, _ = read_list(document.content, {one.key: one.names for one in columns})
    except NotAList:
        return frozenset()
    return frozenset(found)


def read_table(document: StepDocument, columns: Sequence[Column]) -> Table:
    """The typed rows and what was wrong. Never raises for a file."""
    try:
        found, rows = read_headed(document.content, {one.key: one.names for one in columns})
    except NotAList as reason:
        code = f"TABLE-{str(reason).upper().replace('_', '-')}"
        return Table(document, findings=(at(document, code, Severity.ERROR),))
    missing = [one for one in columns if one.required and one.key not in found]
    if missing:
        return Table(
            document,
            findings=tuple(
                at(
                    document,
                    "TABLE-COLUMN",
                    Severity.ERROR,
                    column=one.heading,
                    heading=one.heading,
                    names=", ".join(one.names[1:]) or "-",
                )
                for one in missing
            ),
        )
    if not rows:
        return Table(document, findings=(at(document, "TABLE-NO-ROWS", Severity.ERROR),))
    headings = {one.key: found.get(one.key, one.heading) for one in columns}
    return _typed_rows(document, rows, [one for one in columns if one.key in found], headings)


def _typed_rows(
    document: StepDocument,
    rows: Sequence[Row],
    columns: Sequence[Column],
    headings: Mapping[str, str],
) -> Table:
    typed, findings = [], []
    signs = _decimal_signs(rows, columns)
    for row in rows:
        cells, lost, whole = {}, set[str](), not row.is_longer
        if row.is_longer:
            code = "TABLE-ROW-OPEN" if row.is_open else "TABLE-ROW-LONGER"
            findings.append(at(document, code, Severity.ERROR, line=row.line))
        for column in columns if whole else ():
            text, heading = row.cells.get(column.key, ""), headings[column.key]
            value, unread = _cell(text, column, heading, decimal=signs.get(column.key, ""))
            cells[column.key] = value
            if unread is not None:
                lost.add(column.key)
                needed = column.strict or (column.required and value is None)
                whole = whole and not needed
                findings.append(
                    at(
                        document,
                        "TABLE-OPEN" if needed and value is not None else unread.code,
                        Severity.ERROR if needed else Severity.WARNING,
                        line=row.line,
                        column=heading,
                        found=text[:60],
                        **unread.params,
                    )
                )
        if whole:
            typed.append(TypedRow(row.line, cells, frozenset(lost)))
    return Table(document, tuple(typed), shortened(findings), headings)


def _decimal_signs(rows: Sequence[Row], columns: Sequence[Column]) -> dict[str, str]:
    """By column: the sign its own numbers tell, else the one that the others agree on."""
    told = {
        one.key: decimal_sign(row.cells.get(one.key, "") for row in rows)
        for one in columns
        if one.kind in ("amount", "whole")
    }
    agreed = {sign for sign in told.values() if sign}
    other = agreed.pop() if len(agreed) == 1 else ""
    return {key: sign or other for key, sign in told.items()}


def shortened(findings: Sequence[StepFinding]) -> tuple[StepFinding, ...]:
    """The first of each kind, and how many more there are."""
    kept, counts = [], dict[str, int]()
    for one in findings:
        counts[one.code] = counts.get(one.code, 0) + 1
        if counts[one.code] <= MOST_OF_A_KIND:
            kept.append(one)
    more = [
        StepFinding(
            code="FINDINGS-MORE",
            severity=Severity.WARNING,
            place=code,
            params={"count": count - MOST_OF_A_KIND},
        )
        for code, count in counts.items()
        if count > MOST_OF_A_KIND
    ]
    return (*kept, *more)


def _cell(text: str, column: Column, heading: str, *, decimal: str) -> tuple[Any, _Unread | None]:
    if not text and column.kind != "yes":
        empty = _Unread("TABLE-CELL-MISSING", {"heading": heading}) if column.required else None
        return None, empty
    if column.choices:
        meant = column.choices.get(text.casefold())
        if meant is not None:
            return meant, None
        return None, _Unread("TABLE-CELL-CHOICE", {"choices": _allowed(column.choices)})
    if column.kind == "date":
        day = as_date(text)
        return day, None if day else _Unread("TABLE-CELL-DATE")
    if column.kind == "yes":
        return _yes(text)
    return _number(text, column.kind, decimal) if column.kind != "text" else (text, None)


def _allowed(choices: Mapping[str, str]) -> str:
    """The first two words of each meaning, in either language: a file may be in both.

    Our own names for it (`truck_3_5`) may stand in a file too, but nobody writes them.
    """
    words = dict[str, list[str]]()
    for word, meaning in choices.items():
        if "_" not in word:
            words.setdefault(meaning, []).append(word)
    return ", ".join("/".join(some[:2]) for some in words.values())


def _yes(text: str) -> tuple[bool | None, _Unread | None]:
    word = text.casefold()
    if word in _YES or word in _NO:
        return word in _YES, None
    return None, _Unread("TABLE-CELL-YES")


def _number(text: str, kind: Kind, decimal: str) -> tuple[Any, _Unread | None]:
    unknown = is_open(text) and not decimal
    if kind == "whole" and unknown:
        number = number_of(text, decimal="," if "." in text else ".")
    else:
        number = number_of(text, decimal=decimal)
    if number is None:
        return None, _Unread("TABLE-CELL-WHOLE" if kind == "whole" else "TABLE-CELL-AMOUNT")
    if kind == "whole" and number != number.to_integral_value():
        return None, _Unread("TABLE-CELL-WHOLE")
    read = int(number) if kind == "whole" else number
    return read, _Unread("TABLE-AMBIGUOUS", {"read": str(read)}) if unknown else None


def as_date(text: str) -> date | None:
    """ISO 8601 or as Germans write it; None for anything else."""
    for pattern in _DATES:
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007  a day
        except ValueError:
            continue
    return None


def table_of(step_documents: Sequence[StepDocument]) -> StepDocument | None:
    """The first file that may be a table."""
    return next(
        (one for one in step_documents if one.name.lower().endswith((".csv", ".xlsx", ".txt"))),
        None,
    )
