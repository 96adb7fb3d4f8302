"""Which passwords are taken: long ones that nobody guesses first (NIST SP 800-63B-4, 3.1.1.2).

No rules about kinds of characters. Refused are passwords made of at most two words, keyboard
runs, repetitions and numbers that everybody tries first, however they are decorated.
"""

import re
import unicodedata
from functools import cache
from pathlib import Path

from app.kernel.errors import Invalid
from app.kernel.text import Text

SHORTEST = 12
LONGEST = 128
_LEET = str.maketrans("@4310$5!7", "aaeiossit")
_ROWS = (
    "abcdefghijklmnopqrstuvwxyz",
    "12345678901234567890",
    "1234567890ß",
    "qwertyuiop[]",
    "qwertzuiopü",
    "asdfghjkl;'",
    "asdfghjklöä",
    "zxcvbnm,./",
    "yxcvbnm,.-",
    "qweasdzxcv",
    "qweasdyxcv",
    "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/",
    "1qay2wsx3edc4rfv5tgb6zhn7ujm8ik,9ol.0pö-",
    "qazwsxedcrfvtgbyhnujmikolp",
    "qaywsxedcrfvtgbzhnujmikolp",
    "1q2w3e4r5t6y7u8i9o0p",
    "q1w2e3r4t5y6u7i8o9p0",
    "1q2w3e4r5t6z7u8i9o0p",
    "q1w2e3r4t5z6u7i8o9p0",
    "1qazxsw23edcvfr45tgbnhy67ujm",
    "1qayxsw23edcvfr45tgbnhz67ujm",
)
_WORD, _FILLER = 1000, 1
"""Costs of pieces: at most two words and four other pieces are too few."""
_TOO_CHEAP = 2 * _WORD + 4 * _FILLER


def password_problem(password: str, *, about: tuple[str, ...]) -> Text | None:
    """Why this password is not taken, or None. `about`: the person's address, name, client."""
    if len(password) < SHORTEST:
        return Text("Please use at least %(least)s characters.", least=SHORTEST)
    if len(password) > LONGEST:
        return Text("Please use at most %(most)s characters.", most=LONGEST)
    folded = unicodedata.normalize("NFKC", password).casefold()
    if any(part in folded for part in _parts(about)):
        return Text("Your name or mail address must not be part of the password.")
    if len(set(folded)) < 5 or is_common(folded):
        return Text("This password is among the first that are tried. Please choose another.")
    return None


def check_password(password: str, *, about: tuple[str, ...]) -> None:
    """Raises Invalid (field password) if the password is not taken."""
    if problem := password_problem(password, about=about):
        raise Invalid(fields={"password": [problem]})


def _parts(about: tuple[str, ...]) -> set[str]:
    words = (word for text in about for word in re.split(r"[\W_]+", text.casefold()))
    return {word for word in words if len(word) >= 4}


def is_common(folded: str) -> bool:
    """Whether a casefolded password falls apart into too few well-known pieces."""
    return any(_cost(text) <= _TOO_CHEAP for text in {folded, _unrepeated(folded)})


def _unrepeated(text: str) -> str:
    """`hallohallohallo` is no better than `hallo`."""
    match = re.fullmatch(r"(.+?)\1+", text)
    return match.group(1) if match else text


def _cost(text: str) -> int:
    """The cheapest way to write the text as words, runs, numbers and signs; letters are dear."""
    cheapest = [0] + [1_000_000] * len(text)
    for start in range(len(text)):
        for end, price in _pieces(text, start):
            cheapest[end] = min(cheapest[end], cheapest[start] + price)
    return cheapest[-1]


def _pieces(text: str, start: int) -> list[tuple[int, int]]:
    found = [(start + 1, _FILLER if not text[start].isalnum() else 2 * _WORD)]
    for end in range(start + 2, min(len(text), start + 24) + 1):
        piece = text[start:end]
        if piece.isdecimal() or _is_run(piece):
            found.append((end, _FILLER))
        elif piece in common_words() or piece.translate(_LEET) in common_words():
            found.append((end, _WORD))
    if text[start].isdecimal():
        found.append((start + 1, _FILLER))
    return found


def _is_run(piece: str) -> bool:
    if len(piece) < 3:
        return False
    backwards = piece[::-1]
    return len(set(piece)) == 1 or any(piece in row or backwards in row for row in _ROWS)


@cache
def common_words() -> frozenset[str]:
    """Words that passwords are most often made of, German and English."""
    lines = Path(__file__).with_name("common_words.txt").read_text("utf-8").splitlines()
    words = (word for line in lines if not line.startswith("#") for word in line.split())
    return frozenset(words)
