"""Printed pages: what a service hands over as a PDF, set by typst from one template."""

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Final

import typst

_TEMPLATE: Final = Path(__file__).with_name("sheet.typ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a printed table."""

    label: str
    right: bool = False
    """Figures stand to the right."""
    wide: bool = False
    """Takes the room that is left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedTable:
    """Rows of texts, and rows of sums in bold below them."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    totals: tuple[tuple[str, ...], ...] = ()
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One printed document; every text is shown as it is, none is taken for markup."""

    title: str
    language: str = "de"
    sender: tuple[str, ...] = ()
    recipient: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    """Label and value, to the right of the recipient."""
    opening: tuple[str, ...] = ()
    picture: str = ""
    """An SVG of our own, over the whole width."""
    tables: tuple[PrintedTable, ...] = field(default_factory=tuple)
    closing: tuple[str, ...] = ()
    footer: str = ""
    landscape: bool = False


def printed(sheet: Sheet) -> bytes:
    """The sheet as PDF; the same sheet gives the same bytes."""
    source = _TEMPLATE.read_bytes()
    return bytes(typst.compile(source, sys_inputs={"sheet": json.dumps(asdict(sheet))}))
