"""Lists as CSV that a spreadsheet opens by a double click, and cannot be tricked by."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

from flask import Response
from flask_babel import to_user_timezone

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n")


def csv_answer(name: str, heads: Sequence[str], lines: Iterable[Sequence[object]]) -> Response:
    """A download: semicolons and a byte order mark, times in the reader's zone."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([_cell(value) for value in line] for line in lines)
    response = Response(out.getvalue().encode("utf-8-sig"), mimetype="text/csv")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return str(to_user_timezone(value).strftime("%Y-%m-%d %H:%M"))
    text = str(value)
    # OWASP, CSV injection: a spreadsheet must not take a title for a formula.
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text
