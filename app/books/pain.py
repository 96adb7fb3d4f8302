"""The files that banks take: pain.001.001.09 (credit transfer) and pain.008.001.08 (direct debit).

Written by ourselves: the libraries at hand cut names silently and leave out the account
servicer's `NOTPROVIDED`, which German banks ask for (DK-Anlage 3).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Final

from lxml import etree

from app.kernel.errors import Invalid

TRANSFER: Final = "pain.001.001.09"
DEBIT: Final = "pain.008.001.08"
ROOTS: Final = {TRANSFER: "CstmrCdtTrfInitn", DEBIT: "CstmrDrctDbtInitn"}
Rows = Sequence[Mapping[str, Any]]
_ADDRESS: Final = (
    ("street", "StrtNm"),
    ("building", "BldgNb"),
    ("postcode", "PstCd"),
    ("town", "TwnNm"),
    ("country", "Ctry"),
)


def transfer_file(run: Mapping[str, Any], rows: Rows, *, number: str, at: datetime) -> bytes:
    """The credit transfers of a run. Raises Invalid where the schema would refuse the file.

    `category`: what they are for (SALA: wages), where the bank should know.
    """
    document, body = _begin(TRANSFER, run, rows, number=number, at=at)
    block = _block(body, run, rows, name=f"{number}-1", method="TRF")
    kind = _sub(block, "PmtTpInf")
    _sub(_sub(kind, "SvcLvl"), "Cd", "SEPA")
    if run.get("category"):
        _sub(_sub(kind, "CtgyPurp"), "Cd", str(run["category"]))
    _sub(_sub(block, "ReqdExctnDt"), "Dt", str(run["execution_date"]))
    _sub(_sub(block, "Dbtr"), "Nm", run["account_holder"])
    _account(block, "DbtrAcct", run["iban"])
    _agent(block, "DbtrAgt", run.get("bic"), always=True)
    _sub(block, "ChrgBr", "SLEV")
    for row in rows:
        one = _sub(block, "CdtTrfTxInf")
        _sub(_sub(one, "PmtId"), "EndToEndId", row["end_to_end_id"])
        _sub(_sub(one, "Amt"), "InstdAmt", _amount(row), Ccy="EUR")
        _agent(one, "CdtrAgt", row.get("bic"), always=False)
        _party(one, "Cdtr", row)
        _account(one, "CdtrAcct", row["iban"])
        _purpose(one, row)
    return _finished(document, TRANSFER)


def debit_file(run: Mapping[str, Any], rows: Rows, *, number: str, at: datetime) -> bytes:
    """The direct debits of a run, one block for each sequence. Raises Invalid."""
    document, body = _begin(DEBIT, run, rows, number=number, at=at)
    by_sequence = sorted(rows, key=_sequence)
    for position, (sequence, group) in enumerate(groupby(by_sequence, key=_sequence), start=1):
        of_one = list(group)
        block = _block(body, run, of_one, name=f"{number}-{position}", method="DD")
        _debit_head(block, run, sequence)
        for row in of_one:
            one = _sub(block, "DrctDbtTxInf")
            _sub(_sub(one, "PmtId"), "EndToEndId", row["end_to_end_id"])
            _sub(one, "InstdAmt", _amount(row), Ccy="EUR")
            mandate = _sub(_sub(one, "DrctDbtTx"), "MndtRltdInf")
            _sub(mandate, "MndtId", row["mandate_id"])
            _sub(mandate, "DtOfSgntr", str(row["mandate_date"]))
            _agent(one, "DbtrAgt", row.get("bic"), always=True)
            _party(one, "Dbtr", row)
            _account(one, "DbtrAcct", row["iban"])
            _purpose(one, row)
    return _finished(document, DEBIT)


def _sequence(row: Mapping[str, Any]) -> str:
    return str(row.get("sequence") or "RCUR")


def _debit_head(block: Any, run: Mapping[str, Any], sequence: str) -> None:
    kind = _sub(block, "PmtTpInf")
    _sub(_sub(kind, "SvcLvl"), "Cd", "SEPA")
    _sub(_sub(kind, "LclInstrm"), "Cd", run.get("scheme") or "CORE")
    _sub(kind, "SeqTp", sequence)
    _sub(block, "ReqdColltnDt", str(run["execution_date"]))
    _sub(_sub(block, "Cdtr"), "Nm", run["account_holder"])
    _account(block, "CdtrAcct", run["iban"])
    _agent(block, "CdtrAgt", run.get("bic"), always=True)
    _sub(block, "ChrgBr", "SLEV")
    other = _sub(_sub(_sub(_sub(block, "CdtrSchmeId"), "Id"), "PrvtId"), "Othr")
    _sub(other, "Id", "".join(str(run["creditor_id"]).split()))
    _sub(_sub(other, "SchmeNm"), "Prtry", "SEPA")


def _begin(
    schema: str, run: Mapping[str, Any], rows: Rows, *, number: str, at: datetime
) -> tuple[Any, Any]:
    space = f"urn:iso:std:iso:20022:tech:xsd:{schema}"
    document = etree.Element(f"{{{space}}}Document", nsmap={None: space})  # type: ignore[dict-item]
    body = _sub(document, ROOTS[schema])
    head = _sub(body, "GrpHdr")
    _sub(head, "MsgId", f"{number}-{at:%y%m%d%H%M%S}"[-35:])
    _sub(head, "CreDtTm", f"{at:%Y-%m-%dT%H:%M:%SZ}")
    _sub(head, "NbOfTxs", str(len(rows)))
    _sub(head, "CtrlSum", f"{_total(rows):.2f}")
    _sub(_sub(head, "InitgPty"), "Nm", run["account_holder"])
    return document, body


def _block(
    body: Any, run: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], *, name: str, method: str
) -> Any:
    block = _sub(body, "PmtInf")
    _sub(block, "PmtInfId", name[-35:])
    _sub(block, "PmtMtd", method)
    _sub(block, "BtchBookg", "true" if run.get("one_booking", True) else "false")
    _sub(block, "NbOfTxs", str(len(rows)))
    _sub(block, "CtrlSum", f"{_total(rows):.2f}")
    return block


def _sub(parent: Any, name: str, text: str | None = None, **attributes: str) -> Any:
    child = etree.SubElement(parent, f"{{{etree.QName(parent).namespace}}}{name}", attributes)
    child.text = text
    return child


def _account(parent: Any, name: str, iban: str) -> None:
    _sub(_sub(_sub(parent, name), "Id"), "IBAN", "".join(str(iban).split()).upper())


def _agent(parent: Any, name: str, bic: object, *, always: bool) -> None:
    if bic:
        _sub(_sub(_sub(parent, name), "FinInstnId"), "BICFI", str(bic))
    elif always:
        _sub(_sub(_sub(_sub(parent, name), "FinInstnId"), "Othr"), "Id", "NOTPROVIDED")


def _party(parent: Any, name: str, row: Mapping[str, Any]) -> None:
    party = _sub(parent, name)
    _sub(party, "Nm", row["name"])
    lines = [(tag, str(row.get(key) or "")) for key, tag in _ADDRESS]
    if any(text for _, text in lines):
        address = _sub(party, "PstlAdr")
        for tag, text in lines:
            if text:
                _sub(address, tag, text)


def _purpose(parent: Any, row: Mapping[str, Any]) -> None:
    if row.get("purpose"):
        _sub(_sub(parent, "RmtInf"), "Ustrd", row["purpose"])


def _total(rows: Sequence[Mapping[str, Any]]) -> Decimal:
    return sum((Decimal(_amount(row)) for row in rows), Decimal(0))


def _amount(row: Mapping[str, Any]) -> str:
    return f"{Decimal(str(row['amount'])):.2f}"


def _finished(document: Any, schema: str) -> bytes:
    faults = schema_faults(document, schema)
    if faults:
        raise Invalid("The file would not be valid: %(reason)s", reason=faults[0])
    content: bytes = etree.tostring(document, xml_declaration=True, encoding="UTF-8")
    return content


def schema_faults(document: Any, schema: str) -> list[str]:
    """What the ISO 20022 schema says against a document."""
    found = _schema(schema)
    if found.validate(document):
        return []
    log: Any = found.error_log
    return [str(one.message) for one in log]


@lru_cache(maxsize=2)
def _schema(name: str) -> etree.XMLSchema:
    content = files("sepaxml").joinpath("schemas", f"{name}.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(content))
