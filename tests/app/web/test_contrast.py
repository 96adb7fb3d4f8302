"""Every colour that words have can be read on everything that lies behind words (WCAG 2.2, 1.4.3).

A row's colours depend on the time of day and on which row is current: a browser meets few of them.
"""

import re

import pytest

from tests.conftest import ROOT

LEAST = 4.5
WORDS = ("muted", "accent", "late", "critical", "warn", "good")
BEHIND = ("page", "surface", "selected")
CSS = (ROOT / "app/web/static/kontor.css").read_text(encoding="utf-8")


def tokens(selector: str) -> dict[str, str]:
    block = next(text for text in CSS.split(f"{selector} {{")[1:] if "--k-page" in text[:200])
    return dict(re.findall(r"--k-([a-z]+): (#[0-9a-f]{3,6});", block.split("}")[0]))


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (
        one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("selector", [":root", '[data-bs-theme="dark"]'])
@pytest.mark.parametrize("behind", BEHIND)
@pytest.mark.parametrize("word", WORDS)
def test_words_can_be_read(selector: str, behind: str, word: str) -> None:
    known = tokens(selector)
    dark, bright = sorted(luminance(known[one]) for one in (word, behind))
    assert (bright + 0.05) / (dark + 0.05) >= LEAST
