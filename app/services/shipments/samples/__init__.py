"""Despatch advices and status reports made by us, for the demo and the tests."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from app.catalogue.samples import SampleOrder
from app.services.shipments.units import check_digit

PREFIX: Final = "4012345"
"""A company prefix of GS1 for examples."""


def sscc(number: int) -> str:
    """Our unit of this number."""
    body = f"3{PREFIX}{number:09d}"
    return body + check_digit(body)


def urn(number: int) -> str:
    """The same as EPC."""
    return f"urn:epc:id:sscc:{PREFIX}.3{number:09d}"


def interchange(*messages: tuple[str, Sequence[str]]) -> bytes:
    """Messages (kind, segments) with their service segments, as EANCOM 2002 has them."""
    lines = ["UNA:+.? '", "UNB+UNOC:3+4012345000009:14+4098765000010:14+261125:0600+77'"]
    for number, (kind, segments) in enumerate(messages, start=1):
        lines.append(f"UNH+{number}+{kind}:D:01B:UN:EAN007'")
        lines += [f"{one}'" for one in segments]
        lines.append(f"UNT+{len(segments) + 2}+{number}'")
    lines.append(f"UNZ+{len(messages)}+77'")
    return "\r\n".join(lines).encode("latin-1")


def despatch(today: date, *, ordered: int = 60, shipped: int = 54) -> tuple[str, list[str]]:
    """Eight pallets for a shop, of one article less than was ordered."""
    sent, due = today - timedelta(days=5), today - timedelta(days=1)
    return "DESADV", [
        "BGM+351+LS-20815+9",
        f"DTM+137:{sent:%Y%m%d}:102",
        f"DTM+11:{sent:%Y%m%d}0730:203",
        f"DTM+17:{due:%Y%m%d}:102",
        "RFF+ON:B-4711",
        "NAD+SU+4012345000009::9",
        "NAD+DP+4098765000010::9++Kaufhaus Lübeck?+Ost+Hafenstr. 3+Lübeck++23552+DE",
        "CPS+1",
        "PAC+8++201",
        "PCI+33E",
        *(f"GIN+BJ+{sscc(number)}" for number in range(1, 9)),
        "LIN+1++4012345111118:SRV",
        f"QTY+12:{shipped}",
        f"QTY+21:{ordered}",
    ]


def status(today: date) -> tuple[str, list[str]]:
    """What the carrier reports: five came, one stands still, one is lost, one twice."""

    def report(number: int, code: str, days: int, clock: str, place: str) -> list[str]:
        day = today - timedelta(days=days)
        return [
            f"STS+1+{code}::9",
            f"DTM+334:{day:%Y%m%d}{clock}:203",
            f"LOC+5+:::{place}",
            "GID+1",
            "PCI+33E",
            f"GIN+BJ+{sscc(number)}",
        ]

    segments = ["BGM+77+ST-9+9", f"DTM+137:{today:%Y%m%d}:102", "CNI+1+SP-553"]
    for number in range(1, 8):
        segments += report(number, "13", 5, f"09{number:02d}", "Hamburg")
        segments += report(number, "24", 4, "0310", "Hamburg")
    for number in (1, 2, 3, 4):
        segments += report(number, "1", 2, "1400", "Lübeck")
        segments += report(number, "21", 2 if number < 4 else 0, f"161{number}", "Kaufhaus Lübeck")
    segments += report(2, "21", 1, "0950", "Möbelhaus Wismar")
    segments += report(6, "49", 3, "1105", "Umschlag Reinfeld")
    return "IFTSTA", segments


def epcis(today: date, *, unknown: int = 99) -> bytes:
    """What the shop's gate saw: two pallets taken in, one of them nobody has announced."""

    def seen(number: int, days: int, hour: int, step: str, **more: Any) -> dict[str, Any]:
        at = datetime.combine(today - timedelta(days=days), time(hour, 12))
        return {
            "type": "ObjectEvent",
            "action": "OBSERVE",
            "bizStep": step,
            "epcList": [urn(number)],
            "eventTime": f"{at.isoformat()}+01:00",
            "eventTimeZoneOffset": "+01:00",
            "readPoint": {"id": "urn:epc:id:sgln:4098765.00001.0"},
            **more,
        }

    document = {
        "@context": ["https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"],
        "type": "EPCISDocument",
        "schemaVersion": "2.0",
        "creationDate": f"{today.isoformat()}T06:00:00Z",
        "epcisBody": {
            "eventList": [
                seen(5, 2, 11, "receiving"),
                seen(unknown, 2, 11, "receiving"),
                seen(5, 1, 8, "inspecting", disposition="damaged"),
            ]
        },
    }
    return json.dumps(document, indent=1).encode()


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A day with every kind of exception, and a quiet one."""
    quiet = interchange(despatch(today, ordered=54))
    files = (
        ("desadv.edi", interchange(despatch(today))),
        ("iftsta.edi", interchange(status(today))),
        ("tor-luebeck.jsonld", epcis(today)),
    )
    came = [
        "BGM+77+ST-8+9",
        "CNI+1+LS-20815",
        "STS+1+21::9",
        f"DTM+334:{today - timedelta(days=2):%Y%m%d}1015:203",
        "LOC+5+:::Kaufhaus Lübeck",
    ]
    return [
        SampleOrder(
            type_key="tracking",
            payload={"quiet_days": 2, "note": ""},
            files=files,
            hours_ago=2,
            end="taken",
        ),
        SampleOrder(
            type_key="tracking",
            payload={"quiet_days": 3, "note": ""},
            files=(("desadv.edi", quiet), ("iftsta.edi", interchange(("IFTSTA", came)))),
            hours_ago=22,
            end="delivered",
        ),
    ]
