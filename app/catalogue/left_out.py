"""What reading a workbook leaves out: other sheets, and cells that hold an error."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from app.catalogue.rows import at
from app.catalogue.steps import Severity, StepDocument, StepFinding
from app.kernel.workbooks import OLE, ZIP, NotAWorkbook, Sheet, errors_in, filled_sheets

ENDINGS: Final = (".xlsx", ".xls", ".ods")
_MOST: Final = 12
"""Sheets and cells that are named."""


def left_out(document: StepDocument) -> tuple[StepFinding, ...]:
    """Findings about a workbook that was read; none of another file."""
    is_workbook = document.name.lower().endswith(ENDINGS)
    if not is_workbook or not document.content.startswith((ZIP, OLE)):
        return ()
    try:
        return tuple(_of_workbook(document))
    except NotAWorkbook:
        return ()


def _of_workbook(document: StepDocument) -> Iterator[StepFinding]:
    first, *others = [*filled_sheets(document.content)] or [Sheet("", ())]
    if others:
        yield at(
            document,
            "TABLE-SHEETS",
            Severity.WARNING,
            sheet=first.name,
            others=_listed([one.name for one in others]),
        )
    errors = errors_in(document.content, first.name)
    if errors:
        cells = _listed([f"{place} ({error})" for place, error in errors])
        yield at(document, "TABLE-CELL-ERROR", Severity.WARNING, cells=cells)


def _listed(names: list[str]) -> str:
    more = ["…"] if len(names) > _MOST else []
    return ", ".join([*islice(names, _MOST), *more])
