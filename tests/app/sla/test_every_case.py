"""Every one of the 90 cases that the engine was designed by has a test that names its number."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[2]
CASES = range(1, 91)
_NAMED = re.compile(r"def test_cases?_((?:\d+_(?:and_)?)+)")


def test_every_case_is_named_by_a_test() -> None:
    named: set[int] = set()
    for file in TESTS.rglob("test_*.py"):
        for numbers in _NAMED.findall(file.read_text(encoding="utf-8")):
            named.update(int(number) for number in re.findall(r"\d+", numbers))
    assert sorted(set(CASES) - named) == []
    assert sorted(named - set(CASES)) == []
