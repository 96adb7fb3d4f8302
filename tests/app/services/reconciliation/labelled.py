"""A set of bank lines made by us, each with the open items that it truly pays."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from app.services.reconciliation.matching import Movement, Owed

DAY = date(2026, 11, 2)
NAMES = ("Anker", "Birke", "Claus", "Deich", "Eiche", "Falk", "Geest", "Hafen", "Insel", "Jung")
FORMS = ("GmbH", "KG", "e.K.", "AG", "OHG")
TRADES = ("Café", "Praxis", "Hotel", "Spedition", "Bäckerei", "Autohaus", "Gärtnerei", "Verlag")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line and the ids of what it pays; none where nobody could know."""

    line: Movement
    truth: frozenset[str]
    kind: str


def party(number: int) -> tuple[str, str]:
    """Name and account of a customer."""
    name = f"{TRADES[number % 8]} {NAMES[number % 10]}{number // 10} {FORMS[number % 5]}"
    return name, f"DE{number % 90 + 10}{number:018d}"


def open_items(count: int, *, seed: int = 7) -> list[Owed]:
    """Invoices of some hundred customers; some share amounts, some their number."""
    dice = random.Random(seed)  # noqa: S311  the same set each time
    found = []
    for number in range(count):
        name, iban = party(dice.randrange(max(count // 5, 1)))
        cents = (
            dice.choice((4990, 11900, 23800))
            if dice.random() < 0.2
            else dice.randrange(500, 900_000)
        )
        shared = dice.random() < 0.01 and number
        found.append(
            Owed(
                id=f"i{number}",
                expected=cents,
                currency="EUR",
                party=name,
                iban=iban,
                number=found[-1].number if shared else f"RE-2026-{number:06d}",
                discount=cents * 2 // 100,
                discount_until=DAY + timedelta(days=dice.randrange(-20, 20)),
            )
        )
    return found


def lines(owed: list[Owed], count: int, *, seed: int = 11) -> list[Labelled]:
    """Lines of every kind that banks show, in a fixed order."""
    dice = random.Random(seed)  # noqa: S311
    free = dice.sample(owed, k=len(owed))
    made = []
    for position in range(count):
        kind = KINDS[position % len(KINDS)]
        if kind == "several" and len(free) > 2:
            made.append(several(free, dice))
        elif free and kind != "foreign":
            made.append(single(free.pop(), kind, dice))
        else:
            made.append(foreign(dice, position))
    return made


KINDS = (
    "number",
    "number",
    "number",
    "spaced",
    "discount",
    "account",
    "name",
    "part",
    "typo",
    "other_number",
    "several",
    "foreign",
    "foreign",
    "family",
)


def movement(
    one: Owed, *, amount: int, text: str, iban: str | None = None, name: str = ""
) -> Movement:
    return Movement(
        booked_on=DAY,
        amount=amount,
        currency="EUR",
        party=name or one.party.upper(),
        iban=one.iban if iban is None else iban,
        text=text,
        end_to_end_id="",
    )


def single(one: Owed, kind: str, dice: random.Random) -> Labelled:
    """A line of one kind. `other_number` pays an invoice that nobody gave us, of the same account
    and amount by chance; `family` comes from an account that is not the customer's.
    """
    texts = {
        "spaced": f"Zahlung {one.number.replace('-', ' ')} vom {DAY:%d.%m.%Y}",
        "account": "Danke",
        "name": "",
        "typo": f"Rechnung {one.number[:-1]}X",
        "other_number": "Rechnung RE-2025-999999",
    }
    amounts = {"discount": one.expected - one.discount, "part": max(one.expected // 2, 1)}
    accounts = {"name": "", "family": f"DE00{dice.randrange(10**17):018d}"}
    line = movement(
        one,
        amount=amounts.get(kind, one.expected),
        text=texts.get(kind, f"Rechnung {one.number}"),
        iban=accounts.get(kind, one.iban),
    )
    return Labelled(line, frozenset() if kind == "other_number" else frozenset({one.id}), kind)


def several(free: list[Owed], dice: random.Random) -> Labelled:
    """One amount for some invoices of one payer."""
    chosen = [free.pop() for _ in range(dice.choice((2, 3)))]
    text = ", ".join(one.number for one in chosen)
    line = movement(chosen[0], amount=sum(one.expected for one in chosen), text=text)
    return Labelled(line, frozenset(one.id for one in chosen), "several")


def foreign(dice: random.Random, position: int) -> Labelled:
    """A line of somebody else, with a number of its own and an amount that others have too."""
    line = Movement(
        booked_on=DAY,
        amount=dice.choice((4990, 11900, 23800)),
        currency="EUR",
        party=f"Fremd {position} Ltd",
        iban="",
        text=f"Order 2026-{position:06d}",
        end_to_end_id="",
    )
    return Labelled(line, frozenset(), "foreign")
