"""People and absences made by us, for the demo and the tests."""

from collections.abc import Sequence
from datetime import date, timedelta

from app.catalogue.samples import SampleOrder


def staff(year: int) -> bytes:
    """Eight people: full and part time, a new one, a leaver, one below the law."""
    return f"""Name;Eintritt;Austritt;Arbeitstage;Bundesland;Urlaubstage;Resturlaub;Schwerbehindert
Keller, Marion;01.03.2012;;Mo-Fr;HH;30;3;
Öztürk, Deniz;01.08.{year - 1};;Mo-Fr;HH;28;2,5;
Brandt, Jonas;15.04.{year};;Mo-Fr;HH;28;0;
Petersen, Inga;01.10.2019;;Mo Mi Fr;HH;18;0;
Schulz, Rainer;01.01.2005;30.09.{year};Mo-Fr;SH;30;4;ja
Nowak, Ewa;01.06.2021;;Mo-Do;HH;12;0;
Lehmann, Tom;01.02.2020;;Mo-Sa;HH;30;0;
Winter, Silke;01.07.2018;;Mo-Fr;NI;29;1;
""".encode("cp1252")


def absences(year: int) -> bytes:
    """Leave and sickness: sick in leave, an overlap, days after the end, too many days."""
    return f"""Name;Von;Bis;Art;Halber Tag
Keller, Marion;02.01.{year};05.01.{year};Urlaub;
Keller, Marion;13.07.{year};31.07.{year};Urlaub;
Keller, Marion;20.07.{year};22.07.{year};krank;
Öztürk, Deniz;30.03.{year};10.04.{year};Urlaub;
Öztürk, Deniz;24.12.{year};24.12.{year};Urlaub;ja
Brandt, Jonas;03.08.{year};14.08.{year};Urlaub;
Brandt, Jonas;10.08.{year};12.08.{year};Urlaub;
Petersen, Inga;01.06.{year};26.06.{year};Urlaub;
Schulz, Rainer;21.09.{year};02.10.{year};Urlaub;
Nowak, Ewa;05.10.{year};30.10.{year};Urlaub;
Nowak, Ewa;02.03.{year};13.03.{year};Urlaub;
Lehmann, Tom;03.10.{year};03.10.{year};Urlaub;
Winter, Silke;09.02.{year};13.02.{year};krank;
Unbekannt, Uwe;01.06.{year};02.06.{year};Urlaub;
""".encode("cp1252")


def sample_orders(today: date) -> Sequence[SampleOrder]:
    """Balances under way and delivered, and a new colleague."""
    year = today.year
    files = (("personal.csv", staff(year)), ("abwesenheiten.csv", absences(year)))
    start = (today.replace(day=1) + timedelta(days=40)).replace(day=1)
    return [
        SampleOrder(
            type_key="balances",
            payload={"year": year, "state": "HH"},
            files=files,
            hours_ago=3,
            end="taken",
        ),
        SampleOrder(
            type_key="onboarding",
            payload={
                "person": "Hansen, Levke",
                "start": start.isoformat(),
                "state": "HH",
                "probation_months": 6,
                "immediate_notice": False,
                "benefits": "60.00",
            },
            hours_ago=20,
            end="delivered",
        ),
    ]
