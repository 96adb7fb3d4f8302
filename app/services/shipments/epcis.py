"""Reads EPCIS 2.0 events (GS1), as JSON-LD or XML; what was declared wrong does not count."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from lxml import etree

from app.services.shipments.rules import Event, Step
from app.services.shipments.units import ZONE, unit_of

STEPS: Final = {
    **dict.fromkeys(
        ("commissioning", "encoding", "picking", "packing", "staging_outbound"), Step.BOOKED
    ),
    **dict.fromkeys(("loading", "collecting"), Step.PICKED_UP),
    **dict.fromkeys(("shipping", "departing"), Step.DEPARTED),
    "transporting": Step.EN_ROUTE,
    **dict.fromkeys(("arriving", "unloading"), Step.ARRIVED),
    **dict.fromkeys(("receiving", "storing"), Step.RECEIVED),
    "accepting": Step.DELIVERED,
}
"""Business steps of the core business vocabulary (CBV 2.0)."""
STATES: Final = {
    "damaged": Step.DAMAGED,
    "destroyed": Step.LOST,
    "stolen": Step.LOST,
    "returned": Step.RETURNED,
}
"""Dispositions that say more than the step."""
KINDS: Final = frozenset(
    {"ObjectEvent", "AggregationEvent", "TransactionEvent", "TransformationEvent"}
    | {"AssociationEvent"}
)
_LISTS: Final = ("epcList", "childEPCs", "inputEPCList", "outputEPCList")
_FORBIDDEN: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


class NotEpcis(ValueError):
    """The file cannot be read; `args[0]` says why: doctype, broken, other."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file says: events by unit, how many reports, and how many do not count or say."""

    events: tuple[Event, ...]
    reports: int
    void: int
    untold: int
    """Reports without a time or without anything they are about."""


def read(content: bytes, source: str) -> Reading:
    """Raises NotEpcis."""
    bare = content.lstrip(b"\xef\xbb\xbf \t\r\n")
    reports = _of_xml(content) if bare.startswith(b"<") else _of_json(content)
    events, void, untold = list[Event](), 0, 0
    for report in reports:
        if report.get("errorDeclaration"):
            void += 1
            continue
        found = list(_events(report, source))
        untold += not found
        events += found
    return Reading(tuple(events), len(reports), void, untold)


def _events(report: Mapping[str, Any], source: str) -> Iterator[Event]:
    at = _time(report.get("eventTime"))
    if at is None:
        return
    units = [report["parentID"]] if report.get("parentID") else []
    for name in _LISTS:
        found = report.get(name) or ()
        units += [one for one in found if isinstance(one, str)] if isinstance(found, list) else []
    named = [unit_of(str(one)) for one in units]
    packages = [one for one in named if one.isdigit()] or named
    step = STEPS.get(_word(report.get("bizStep")), Step.OTHER)
    step = STATES.get(_word(report.get("disposition")), step)
    place = _id(report.get("readPoint")) or _id(report.get("bizLocation"))
    for unit in dict.fromkeys(packages):
        yield Event(
            unit=unit[:200],
            at=at,
            step=step,
            place=place.rpartition(":")[2].rpartition("/")[2][:60],
            code=_word(report.get("bizStep")),
            source=source,
        )


def _word(value: object) -> str:
    """`urn:epcglobal:cbv:bizstep:shipping`, a web address or the bare word."""
    return re.split(r"[:/\-]", str(value or "").strip())[-1]


def _id(value: object) -> str:
    return str(value.get("id") or "") if isinstance(value, Mapping) else ""


def _time(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(re.sub(r"(\.\d{1,6})\d*", _six, str(value).strip()))
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(ZONE)
    except (ValueError, OverflowError):
        return None


def _six(match: re.Match[str]) -> str:
    return match[1].ljust(7, "0")


def _of_json(content: bytes) -> list[Mapping[str, Any]]:
    try:
        root = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotEpcis("broken") from None
    if not isinstance(root, Mapping):
        raise NotEpcis("other")
    if root.get("type") in KINDS or root.get("isA") in KINDS:
        return [root]
    body = root.get("epcisBody")
    body = body if isinstance(body, Mapping) else {}
    asked = body.get("queryResults")
    asked = asked if isinstance(asked, Mapping) else {}
    results = asked.get("resultsBody")
    inner = results if isinstance(results, Mapping) else body
    reports = inner.get("eventList") or body.get("event") or root.get("eventList")
    if isinstance(reports, Mapping):
        reports = [reports]
    if not isinstance(reports, list):
        raise NotEpcis("other")
    return [one for one in reports if isinstance(one, Mapping)]


def _of_xml(content: bytes) -> list[Mapping[str, Any]]:
    if _FORBIDDEN.search(content):
        raise NotEpcis("doctype")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise NotEpcis("broken") from None
    found = [one for one in root.iter() if _local(one) in KINDS]
    if not found and "EPCIS" not in _local(root):
        raise NotEpcis("other")
    return [_report(one) for one in found]


def _local(node: Any) -> str:
    return str(etree.QName(node).localname) if isinstance(node.tag, str) else ""


def _report(node: Any) -> dict[str, Any]:
    """An event's element as its JSON would be."""
    report: dict[str, Any] = {}
    for one in node.iter():
        name = _local(one)
        if name in _LISTS:
            report[name] = [epc.text.strip() for epc in one if _local(epc) == "epc" and epc.text]
        elif name in ("readPoint", "bizLocation"):
            ids = [part.text for part in one if _local(part) == "id"]
            report[name] = {"id": ids[0] if ids else ""}
        elif name == "errorDeclaration":
            report[name] = True
        elif name in ("eventTime", "bizStep", "disposition", "parentID") and name not in report:
            report[name] = (one.text or "").strip()
    return report
