"""What a customer wants, in which language, and how urgent it is, each with its why."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal[
    "complaint", "delivery", "return", "invoice", "fault", "cancellation", "change", "privacy",
    "question",
]  # fmt: skip
Urgency = Literal["low", "normal", "high", "urgent"]
Language = Literal["de", "en", "other"]

WORDS: Final[Mapping[Kind, tuple[str, ...]]] = {
    "privacy": (
        "dsgvo", "datenschutz", "auskunft nach art", "löschung meiner daten", "daten löschen",
        "gdpr", "my personal data", "delete my data", "data protection",
    ),
    "cancellation": (
        "kündig", "vertrag beenden", "abonnement beenden", "cancel my", "cancellation",
        "terminate", "unsubscribe",
    ),
    "return": (
        "widerruf", "rücksend", "zurückschick", "zurücksenden", "umtausch", "retour", "return",
        "send back", "refund", "geld zurück", "exchange",
    ),
    "delivery": (
        "lieferung", "geliefert", "paket", "sendung", "wo bleibt", "angekommen", "zustell",
        "tracking", "delivery", "delivered", "shipped", "shipment", "parcel", "where is my",
        "not arrived",
    ),
    "invoice": (
        "rechnung", "mahnung", "abgebucht", "zahlung", "überweis", "lastschrift", "gutschrift",
        "invoice", "charged", "payment", "billing", "reminder",
    ),
    "fault": (
        "störung", "defekt", "kaputt", "funktioniert nicht", "geht nicht", "fehler", "ausfall",
        "kein internet", "broken", "does not work", "doesn't work", "not working", "outage",
        "error", "bug",
    ),
    "change": (
        "neue adresse", "adresse ändern", "umzug", "umgezogen", "neue iban", "bankverbindung",
        "name geändert", "change my address", "new address", "moved to", "update my",
    ),
    "complaint": (
        "beschwer", "reklamation", "unzufrieden", "enttäusch", "unverschämt", "frechheit",
        "inakzeptabel", "complain", "disappointed", "unacceptable", "unhappy", "terrible",
    ),
}  # fmt: skip
"""Of two kinds with as many words the earlier one counts: its consequences are graver."""
PRESSING: Final = (
    "dringend", "sofort", "umgehend", "eilig", "heute noch", "asap", "urgent", "immediately",
    "right away", "today",
)  # fmt: skip
THREATS: Final = (
    "anwalt", "rechtliche schritte", "verbraucherzentrale", "bundesnetzagentur", "klage",
    "schlichtung", "anzeige erstatten", "lawyer", "legal action", "attorney", "court",
)  # fmt: skip
_STOPS: Final[Mapping[Language, frozenset[str]]] = {
    "de": frozenset(
        (
            *("der", "die", "das", "und", "ich", "sie", "nicht", "ist", "mit", "ein", "eine", "zu"),
            *("den", "auf", "für", "bitte", "habe", "wir", "es", "mir", "dem", "im", "von", "noch"),
            *("ihre", "ihr", "mein", "meine", "wurde", "wie", "hallo", "grüße", "danke", "auch"),
            *("nach", "bei"),
        )
    ),
    "en": frozenset(
        (
            *("the", "and", "i", "you", "not", "is", "with", "a", "an", "to", "of", "on", "for"),
            *("please", "have", "we", "it", "my", "in", "from", "your", "was", "how", "hello"),
            *("regards", "thanks", "this", "that", "are", "be", "but", "at", "has", "will", "can"),
            "would",
        )
    ),
}
_WORD: Final = re.compile(r"[a-zäöüß']+")
_BASE: Final[Mapping[Kind, int]] = {
    "privacy": 2, "cancellation": 2, "complaint": 2, "fault": 2, "delivery": 1, "return": 1,
    "invoice": 1, "change": 1, "question": 1,
}  # fmt: skip
LEVELS: Final[tuple[Urgency, ...]] = ("low", "normal", "high", "urgent")
FEW_WORDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What was made out, and the words it was made out by."""

    kind: Kind
    words: tuple[str, ...]
    language: Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Pressure:
    """What makes a ticket urgent."""

    pressing: tuple[str, ...] = ()
    threats: tuple[str, ...] = ()
    unanswered: int = 1
    """Letters of the customer since the last answer."""
    late: bool = False


def judged(subject: str, text: str) -> Judged:
    """By the words of subject and text; the subject's count twice."""
    plain = f"{subject} {subject} {text}".casefold()
    found = {kind: _hits(plain, words) for kind, words in WORDS.items()}
    kind = max(found, key=lambda one: sum(plain.count(word) for word in found[one]))
    if not found[kind]:
        return Judged(kind="question", words=(), language=language_of(f"{subject} {text}"))
    return Judged(kind=kind, words=found[kind], language=language_of(f"{subject} {text}"))


def language_of(text: str) -> Language:
    """By the small words every sentence has; `other` where there are too few of either."""
    words = _WORD.findall(text.casefold())
    counts = {name: sum(word in stops for word in words) for name, stops in _STOPS.items()}
    best = max(counts, key=lambda name: counts[name])
    enough = counts[best] >= FEW_WORDS and counts[best] * 12 >= len(words)
    return best if enough else "other"


def pressure(text: str, *, unanswered: int, late: bool) -> Pressure:
    """What presses in a text and in how it was answered so far."""
    plain = text.casefold()
    return Pressure(
        pressing=_hits(plain, PRESSING),
        threats=_hits(plain, THREATS),
        unanswered=unanswered,
        late=late,
    )


def urgency(kind: Kind, found: Pressure) -> Urgency:
    """The kind's own, one step up for pressing words, asking again, or lateness; threats are
    always urgent.
    """
    if found.threats:
        return "urgent"
    level = _BASE[kind] + bool(found.pressing) + (found.unanswered > 1) + found.late
    return LEVELS[min(level, len(LEVELS) - 1)]


def _hits(plain: str, words: Sequence[str]) -> tuple[str, ...]:
    return tuple(word for word in words if word in plain)
