"""Reads MT940 (SWIFT, with the structured field 86 of German banks), statement by statement.

Written by ourselves for the traps measured: a library's wrong sign of reversed credits, merged
statements, a fallback charset that is wrong for Germany, and texts that look like a field.
"""

import re
from datetime import date
from decimal import Decimal
from typing import Final

from app.kernel.tables import decoded
from app.services.reconciliation.statement import Line, Reading, Statement

FIELD: Final = re.compile(r"^:(20|21|25|28C?|60[FM]|61|62[FM]|64|65|86|90[CD]|34F|13D?|NS):")
BALANCE: Final = re.compile(r"([CD])(\d{6})([A-Z]{3})([\d.]*,?\d*)\s*$")
MOVEMENT: Final = re.compile(
    r"(?P<value>\d{6})(?P<entry>\d{4})?\s?(?P<sign>RC|RD|EC|ED|C|D)(?P<funds>[A-Z])?"
    r"(?P<amount>\d+(,\d*)?)(?P<kind>[NFS].{0,3})?(?P<reference>.*)"
)
SUBFIELD: Final = re.compile(r"\?(\d\d)")
KEYWORD: Final = re.compile(r"(EREF|KREF|MREF|CRED|DEBT|SVWZ|ABWA|ABWE|IBAN|BIC|PURP)\+")
NOT_GIVEN: Final = frozenset({"", "NOTPROVIDED", "NONREF"})


def read_mt940(content: bytes) -> Reading:
    """The statements of a file; never raises for a broken one."""
    reading, fields = Reading(), _fields(decoded(content))
    names = {name for _, name, _ in fields}
    if "34F" in names and not names & {"60F", "60M"}:
        return Reading(reason="REC-MT942")
    statement: Statement | None = None
    for number, name, text in fields:
        if name == "20" or statement is None:
            statement = Statement()
            reading.statements.append(statement)
        if not _take(statement, name, text):
            reading.notes.append(("REC-FIELD", f":{name}: {number}"))
    if not reading.statements:
        reading.reason = "REC-NOT-MT940"
    return reading


def _fields(text: str) -> list[tuple[int, str, str]]:
    """Line number, field and content; lines that begin no known field continue the one before."""
    found: list[tuple[int, str, list[str]]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        start = FIELD.match(line)
        if start:
            found.append((number, start[1], [line[start.end() :]]))
        elif found and line.strip() not in ("-", "") and not line.startswith("-\x03"):
            found[-1][2].append(line)
    return [(number, name, "\n".join(lines)) for number, name, lines in found]


def _take(statement: Statement, name: str, text: str) -> bool:
    """Put a field into the statement; False where it cannot be read."""
    if name in ("60F", "60M", "62F", "62M"):
        return _balance(statement, name, text)
    if name == "61":
        return _movement(statement, text)
    if name == "25" and not statement.account:
        statement.account = text.strip()
    elif name in ("28", "28C"):
        statement.number = text.strip()
    elif name in ("86", "NS") and statement.lines:
        _details(statement.lines[-1], text)
    return True


def _balance(statement: Statement, name: str, text: str) -> bool:
    found = BALANCE.match(text.partition("\n")[0].strip())
    if found is None or not found[4]:
        return False
    amount = Decimal(found[4].replace(".", "").replace(",", "."))
    amount = -amount if found[1] == "D" else amount
    statement.currency = found[3]
    if name.startswith("60"):
        statement.opening = amount
    else:
        statement.closing = amount
    return True


def _movement(statement: Statement, text: str) -> bool:
    found = MOVEMENT.match(text)
    if found is None:
        return False
    amount = Decimal(found["amount"].replace(",", "."))
    try:
        booked = _booked(found["value"], found["entry"])
    except ValueError:
        booked = None
    if booked is None:
        return False
    # A reversed credit takes money away, a reversed debit gives it back.
    leaves = found["sign"] in ("D", "RC", "ED")
    first = found["reference"].partition("\n")[0].partition("//")[0].strip()
    statement.entries += 1
    statement.lines.append(
        Line(
            booked_on=booked,
            amount=-amount if leaves else amount,
            currency=statement.currency,
            end_to_end_id="" if first in NOT_GIVEN else first,
            reversal=found["sign"].startswith("R"),
        )
    )
    return True


def _booked(value: str, entry: str | None) -> date | None:
    """The booking day: the entry's month and day in the year next to the value date.

    Banks reckon interest with a 30th of February: such a value date gives way to the entry's.
    """
    year, month, day = 2000 + int(value[:2]), int(value[2:4]), int(value[4:6])
    if entry is None:
        return date(year, month, min(day, 28) if month == 2 else day)
    booked_month = int(entry[:2])
    if booked_month == 1 and month == 12:
        year += 1
    elif booked_month == 12 and month == 1:
        year -= 1
    return date(year, booked_month, int(entry[2:4]))


def _details(line: Line, text: str) -> None:
    """Field 86: subfields `?20` … of German banks with SEPA keywords, else plain text."""
    joined = text.replace("\n", "")
    pieces = SUBFIELD.split(joined)
    if len(pieces) < 3:
        line.purpose = " ".join(text.split())
        return
    found: dict[str, str] = {}
    for name, content in zip(pieces[1::2], pieces[2::2], strict=False):
        found[name] = found.get(name, "") + content
    said = "".join(found.get(f"{n}", "") for n in (*range(20, 30), *range(60, 64)))
    words = KEYWORD.split(said)
    keyed = dict(zip(words[1::2], words[2::2], strict=False))
    line.purpose = " ".join((keyed.get("SVWZ") or words[0] or said).split())
    end_to_end = keyed.get("EREF", "").strip()
    if end_to_end not in NOT_GIVEN:
        line.end_to_end_id = end_to_end
    line.party = " ".join((found.get("32", "") + found.get("33", "")).split())
    line.iban = "".join(keyed.get("IBAN", "").split()) or _iban(found.get("31", ""))


def _iban(text: str) -> str:
    bare = "".join(text.split()).upper()
    return bare if re.fullmatch(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}", bare) else ""
