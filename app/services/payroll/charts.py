"""The official flow charts of the wage tax (Programmablaufplan) by year, told by their hashes."""

from datetime import date
from typing import Final

from app.catalogue.official import OfficialFile

SOURCE: Final = "Bundesministerium der Finanzen, Programmablaufplan (XML), CC BY-ND 4.0"
_HASHES: Final = {
    2024: "c336a8af2bd1a4266c1e9e72bf39aa4a2a36ba174f7d9259b72799635a35a83b",
    2025: "878ea4a0a1e0bb7122e44b02fe7f2e1d70b605768a2b42ec84f895365f4fb7e1",
    2026: "63d8981646d139eba2f4dd990c13b43c4fb3883b402a5a40cddf253aa7aa96b4",
}
CHARTS: Final = tuple(
    OfficialFile(
        title="Flow chart of the wage tax",
        edition=str(year),
        sha256=digest,
        valid_from=date(year, 1, 1),
        valid_until=date(year, 12, 31),
        source=SOURCE,
    )
    for year, digest in _HASHES.items()
)


def chart_of(year: int) -> OfficialFile | None:
    """The edition of a year; None where there is none."""
    return next((one for one in CHARTS if one.is_of(date(year, 1, 1))), None)
