"""Every finding has a sentence, and no sentence asks for a value that its finding does not give."""

import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import app.services.accounts_payable as service
from app.services.accounts_payable.texts import PLACEHOLDER, TEXTS, UNKNOWN, finding_text
from app.services.accounts_payable.texts_formal import VAT_PATTERNS

CODE = re.compile(r'"((?:AP|BR|PEPPOL)-[A-Z0-9][A-Za-z0-9-]*)"')
SOURCES = [path for path in Path(service.__file__).parent.rglob("*.py") if "texts" not in path.name]


def test_every_code_in_the_source_has_a_text_of_its_own() -> None:
    found = {code for path in SOURCES for code in CODE.findall(path.read_text(encoding="utf-8"))}
    prefixes = {"BR-S", "BR-Z", "BR-E", "BR-AE", "BR-IC", "BR-G", "BR-O", "BR-AF", "BR-AG"}
    groups = {"BR-DE-23", "BR-DE-24", "BR-DE-25"}  # with -a and -b
    assert len(found) > 100
    for code in found - prefixes - groups:
        assert finding_text(code, {}).msgid != UNKNOWN.msgid, code


def test_every_category_and_number_has_a_text() -> None:
    for category in ("S", "Z", "E", "AE", "IC", "G", "O", "AF", "AG"):
        for number in VAT_PATTERNS:
            code = f"BR-{category}-{number}"
            assert finding_text(code, {}).msgid != UNKNOWN.msgid
    assert finding_text("BR-DE-23-a", {}).msgid.startswith("A transfer")


def test_an_unknown_code_still_says_something() -> None:
    assert str(finding_text("XX-1", {})) == "The check XX-1 has found something."


def test_missing_values_do_not_break_a_sentence() -> None:
    for code, text in TEXTS.items():
        assert "%(" not in str(finding_text(code, {}))
        assert PLACEHOLDER.sub("", text.msgid).replace("%%", "").count("%") == 0, code


def test_amounts_and_dates_come_back_as_such() -> None:
    text = finding_text("BR-CO-15", {"expected": "386.75", "found": "-386.76"})
    assert text.params["expected"] == Decimal("386.75")
    assert str(text) == "Net and VAT add up to 386.75, the invoice says -386.76 as the gross total."
    assert finding_text("AP-OVERDUE", {"due": "2026-11-16"}).params["due"] == date(2026, 11, 16)
    assert finding_text("AP-OVERDUE", {"due": "2026-99-16"}).params["due"] == "2026-99-16"
