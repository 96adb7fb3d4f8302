"""Reads the sheets of a spreadsheet for the page beside the values, in a limited process."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from app.kernel.sandbox import run_limited

MOST_SHEETS: Final = 6
"""Sheets shown of one file; the rest is a download."""
MOST_ROWS: Final = 1_000
MOST_CELLS: Final = 20_000
_LONGEST: Final = 400
"""Characters of a cell."""
_SECONDS, _MEGABYTES = 40, 1024
_TARGET: Final = "app.documents.tabling:read"


@dataclass(frozen=True, slots=True)
class ShownSheet:
    """A sheet as far as it is shown."""

    name: str
    rows: Sequence[tuple[int, Sequence[str]]]
    """With the number of each in the file."""
    cut: bool
    """There is more in the file."""


def sheets_of(content: bytes) -> list[bytes]:
    """Each sheet that holds something, packed; none of a file that cannot be read."""
    outcome = run_limited(_TARGET, content, seconds=_SECONDS, megabytes=_MEGABYTES)
    return [] if outcome.failure else outcome.output.splitlines()


def read(content: bytes) -> bytes:
    """Run in the child: a line of JSON for each sheet."""
    from app.kernel.workbooks import filled_sheets  # noqa: PLC0415  only the child reads files

    told = [_told(one.name, one.rows) for one in islice(filled_sheets(content), MOST_SHEETS)]
    return b"\n".join(json.dumps(one).encode() for one in told)


def _told(name: str, rows: Sequence[tuple[int, list[str]]]) -> dict[str, object]:
    filled = [(number, cells) for number, cells in rows if any(cells)]
    width = max((place for _, cells in filled for place, cell in enumerate(cells, 1) if cell))
    shown = filled[: max(min(MOST_ROWS, MOST_CELLS // width), 1)]
    cells = [(number, [cell[:_LONGEST] for cell in row[:width]]) for number, row in shown]
    return {"name": name, "rows": cells, "cut": len(shown) < len(filled)}


def unpacked(packed: bytes) -> ShownSheet:
    """A sheet as `sheets_of` packed it."""
    told = json.loads(packed)
    rows = [(number, cells) for number, cells in told["rows"]]
    return ShownSheet(told["name"], rows, told["cut"])
