"""What one client of the demo has agreed on in detail: a calendar with closures, policies."""

from datetime import date, datetime, timedelta
from typing import Any

from app.kernel.actor import Actor
from app.kernel.clock import freeze, now
from app.sla import agreeing
from app.sla.holidays import public_holidays
from app.sla.rules.agreement import agreement
from tenants.db import transaction

ALERTS = {
    "thresholds": [
        {"percent": 75, "tell": ["assignee"]},
        {"percent": 90, "tell": ["assignee", "team_lead"]},
        {"percent": 100, "tell": ["assignee", "team_lead"]},
        {"percent": 150, "tell": ["admin"]},
    ],
    "quiet_hours": {"from": "20:00", "to": "07:00"},
    "fallback": "team_lead",
}
INVOICES = {
    "first_response": {"target": {"hours": 4}},
    "next_response": {"target": {"hours": 4}},
    "resolution": {
        "target": {"hours": 6},
        "max_pause": {"business_days": 10, "then": "escalate"},
    },
}
URGENT = {**INVOICES, "resolution": {"target": {"hours": 3}, "change": "forward"}}
REQUESTS = {
    "next_response": {"target": {"hours": 8}},
    "resolution": {
        "target": {"business_days": 2, "cutoff": "15:00"},
        "reopen": "new_cycle",
    },
}
BEFORE = {"resolution": {"target": {"business_days": 3, "cutoff": "12:00"}, "reopen": "new_cycle"}}
"""What requests were promised until the contract was negotiated again."""


def agree(lead: Actor, *, tenant_id: int, opened: datetime) -> None:
    """Calendar and policies of the first day; one policy has a second version."""
    opened = opened.replace(hour=6, minute=0, second=0, microsecond=0)
    negotiated = (now() - timedelta(days=60)).replace(hour=6, minute=0, second=0, microsecond=0)
    with freeze(opened), transaction():
        agreeing.set_calendar(
            actor=lead, tenant_id=tenant_id, definition=calendar(opened), name="Hamburg"
        )
        for work, metrics in (
            ({"service_key": "accounts_payable"}, INVOICES),
            ({"service_key": "accounts_payable", "priority": 3}, URGENT),
            ({"service_key": "general_request"}, BEFORE),
        ):
            agreeing.set_policy(
                actor=lead,
                tenant_id=tenant_id,
                agreement=agreement({"metrics": metrics, **ALERTS}),
                work=work,
                note="Vertrag V-ALPHA-1",
            )
    with freeze(negotiated), transaction():
        agreeing.set_policy(
            actor=lead,
            tenant_id=tenant_id,
            agreement=agreement({"metrics": REQUESTS, **ALERTS}),
            work={"service_key": "general_request"},
            note="Nachtrag: zwei Werktage",
        )


def calendar(opened: datetime) -> dict[str, Any]:
    """Hamburg's holidays, longer Thursdays, half a day before Christmas, closed until New Year."""
    years = range(opened.year, opened.year + 3)
    holidays = public_holidays("DE", state="HH", years=years)
    names = {day.isoformat(): name for day, name in holidays.items()}
    overrides: dict[str, list[list[str]]] = {}
    for year in years:
        overrides[f"{year}-12-24"] = [["08:00", "12:00"]]
        names[f"{year}-12-24"] = "Heiligabend"
        for day in range(27, 32):
            key = date(year, 12, day).isoformat()
            overrides[key], names[key] = [], "Betriebsruhe"
    stocktaking = (now() - timedelta(days=38)).date()
    stocktaking -= timedelta(days=stocktaking.weekday())
    overrides[stocktaking.isoformat()] = []
    names[stocktaking.isoformat()] = "Inventur"
    week = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "fri")}
    return {
        "zone": "Europe/Berlin",
        "week": {**week, "thu": [["08:00", "12:00"], ["13:00", "18:30"]]},
        "holidays": [day.isoformat() for day in holidays],
        "overrides": overrides,
        "names": names,
    }
