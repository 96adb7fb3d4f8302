"""Public holidays by country and state, from the library `holidays`; reviewed on import."""

from collections.abc import Iterable
from datetime import date
from typing import Any

import holidays as library

from app.sla.rules.refusal import Refused

OFFICE_WEEK = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
DEFAULT_ZONE = "Europe/Berlin"


def public_holidays(
    country: str, *, years: Iterable[int], state: str | None = None
) -> dict[date, str]:
    """The dates with their local names. Raises `Refused` for an unknown country or state."""
    try:
        # The country's own names: else they follow the language of the server's environment.
        language = library.country_holidays(country).default_language
        found = library.country_holidays(
            country, subdiv=state, years=list(years), language=language
        )
    except NotImplementedError as unknown:
        raise Refused(
            "holidays", f"nothing is known of {country} {state or ''}".strip()
        ) from unknown
    return dict(sorted(found.items()))


def office_hours(
    *, country: str, years: Iterable[int], state: str | None = None, zone: str = DEFAULT_ZONE
) -> dict[str, Any]:
    """A calendar to begin with: Monday to Friday, 09:00 to 17:00, without public holidays."""
    days = public_holidays(country, state=state, years=years)
    return {
        "zone": zone,
        "week": OFFICE_WEEK,
        "holidays": [day.isoformat() for day in days],
        "overrides": {},
    }
