"""Each of the 34 cases that billing has to stand has a test that names its number."""

import re

from tests.conftest import ROOT

FOLDERS = ("billing", "collecting")
CASES = 34
_NAMED = re.compile(r"^def test_case_(\d\d)_", re.MULTILINE)


def test_every_case_has_a_test() -> None:
    files = [path for name in FOLDERS for path in (ROOT / "tests" / "app" / name).rglob("*.py")]
    named = {int(number) for path in files for number in _NAMED.findall(path.read_text())}
    assert named == set(range(1, CASES + 1))
