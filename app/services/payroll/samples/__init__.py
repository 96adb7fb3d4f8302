"""A small staff that does not exist, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date

from app.catalogue.samples import SampleOrder

STAFF = (
    "Mitarbeiter;Brutto;Steuerklasse;Bundesland;Zusatzbeitrag;Kirchensteuer;Kinderlos;Kinder;IBAN",
    "Marie Keller;3.250,00;1;SH;2,90;nein;ja;0;DE89370400440532013000",
    "Jonas Brandt;4.480,00;3;SH;2,45;ja;nein;2;DE02120300000000202051",
    "Ayla Yilmaz;6.100,00;4;HH;2,90;nein;nein;1;DE02500105170137075030",
    "",
)


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """A month whose flow chart the provider does not keep yet: the finding says so."""
    return (
        SampleOrder(
            type_key="control_run",
            payload={
                "month": f"{today:%Y-%m}",
                "iban": "DE89370400440532013000",
            },
            files=(("personal.csv", "\r\n".join(STAFF).encode("cp1252")),),
            hours_ago=5,
            end="taken",
        ),
    )
