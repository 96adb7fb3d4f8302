"""The rule tests of the standard's authors: each says which rule must speak or be silent."""

from collections import Counter
from collections.abc import Iterator

from lxml import etree

from app.services.accounts_payable.reading import read_xml
from app.services.accounts_payable.rules import Context, check
from tests.app.services.accounts_payable.reference import TODAY, files, needs_reference

pytestmark = needs_reference

VEFA = "{http://difi.no/xsd/vefa/validator/1.0}"
# what these rules ask about (attachments, item attributes, code lists of no use here, syntax
# restrictions) is nothing that a booking needs: the values are not read
NOT_BUILT = frozenset(
    """
    BR-51 BR-54 BR-55 BR-64 BR-65 BR-CL-07 BR-CL-10 BR-CL-14 BR-CL-19 BR-CL-21 BR-CL-24 BR-CO-03
    BR-CO-21 BR-CO-22 BR-CO-23 BR-CO-24 UBL-DT-01 UBL-DT-07 UBL-SR-42 UBL-SR-43 UBL-SR-44 UBL-SR-47
    """.split()  # noqa: SIM905 (a list of words reads better)
)


def fragments() -> Iterator[tuple[str, str, bool, bytes]]:
    """File, rule, whether it must speak, and the fragment of an invoice."""
    for path in files("en16931-rule-tests", suffix=".xml"):
        root = etree.parse(path).getroot()
        if root.tag != f"{VEFA}testSet":
            continue
        for number, test in enumerate(root.iter(f"{VEFA}test"), 1):
            invoice = test[-1]
            for kind in ("success", "error"):
                for one in test.iter(f"{VEFA}{kind}"):
                    rule = (one.text or "").strip()
                    yield (
                        f"{path.parent.name}/{path.stem}#{number}",
                        rule,
                        kind == "error",
                        (etree.tostring(invoice)),
                    )


def spoken(content: bytes) -> set[str]:
    reading = read_xml(content)
    assert reading.invoice is not None
    found = [*reading.findings, *check(reading.invoice, context=Context(today=TODAY))]
    return {one.code for one in found}


CASES = list(fragments())
# the same mistake under one name: rate times basis is wrong
SAME = {"BR-S-09": "BR-CO-17", "BR-AF-09": "BR-CO-17", "BR-AG-09": "BR-CO-17"}
KNOWN_DIFFERENCES = {
    ("CreditNote-unit-UBL/BR-CL-18#2", "BR-CL-18"),  # an InvoiceLine in a CreditNote: not a line
    ("Invoice-unit-UBL/BR-03#1", "BR-03"),  # the date "123": to us it is not there
    ("cii/BR-CO-17#2", "BR-CO-17"),  # wrong by exactly 1: allowed in CII, not in UBL; never here
    ("cii/BR-CO-17#3", "BR-CO-17"),
}


def test_the_rules_agree_with_the_official_rule_tests() -> None:
    agreed: Counter[bool] = Counter()
    differing = set()
    for place, rule, must_speak, content in CASES:
        if rule in NOT_BUILT:
            continue
        right = (SAME.get(rule, rule) in spoken(content)) == must_speak
        agreed[right] += 1
        if not right:
            differing.add((place, rule))
    assert differing == KNOWN_DIFFERENCES
    assert agreed[True] > 500


def test_there_are_cases() -> None:
    assert len(CASES) > 400
