"""Units of positions: UN/ECE recommendation 20, what people write for them, what is printed."""

from typing import Final

from app.kernel.text import Text

UNITS: Final[dict[str, tuple[Text, tuple[str, ...]]]] = {
    "C62": (Text("pcs."), ("pieces", "stück", "stk", "stk.", "st", "st.", "piece", "pcs", "c62")),
    "HUR": (Text("h"), ("hours", "stunden", "stunde", "std", "std.", "h", "hour", "hur")),
    "DAY": (Text("days"), ("days", "tage", "tag", "pt", "day")),
    "MON": (Text("months"), ("months", "monate", "monat", "month", "mon")),
    "LS": (Text("lump sum"), ("lump sum", "pauschal", "pauschale", "psch", "ls")),
    "KGM": (Text("kg"), ("kg", "kilogramm", "kilo", "kgm")),
    "TNE": (Text("t"), ("t", "tonne", "tonnen", "tne")),
    "MTR": (Text("m"), ("m", "lfm", "meter", "mtr")),
    "MTK": (Text("m²"), ("m²", "m2", "qm", "mtk")),
    "KMT": (Text("km"), ("km", "kilometer", "kmt")),
    "LTR": (Text("l"), ("l", "liter", "litre", "ltr")),
}
MEANT: Final = {word: code for code, (_, words) in UNITS.items() for word in words}
