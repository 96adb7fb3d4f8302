"""Whatever comes in: reading, checking, proposing never raise."""

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.services.accounts_payable.proposal import Order, propose
from app.services.accounts_payable.reading import read_file
from app.services.accounts_payable.rules import Context, check
from app.services.accounts_payable.rules.duplicates import fingerprints
from app.services.accounts_payable.samples import names, sample
from app.services.accounts_payable.texts import finding_text

SAMPLES = [sample(one) for one in names()]
XML = [one for one in SAMPLES if one.startswith(b"<")]
CONTEXT = Context(today=date(2026, 11, 23), client_names=("Nordlicht GmbH",))
PATIENT = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def work_through(content: bytes) -> None:
    """Everything the service does with a file's bytes."""
    reading = read_file(content, "x")
    findings = list(reading.findings)
    if reading.invoice is not None:
        findings += check(reading.invoice, context=CONTEXT)
        propose(reading.invoice, order=Order())
        fingerprints(reading.invoice)
    else:
        assert findings
    for one in findings:
        assert str(finding_text(one.code, one.params))


@PATIENT
@given(st.binary(max_size=2000))
def test_any_bytes(content: bytes) -> None:
    work_through(content)


@PATIENT
@given(
    base=st.sampled_from(SAMPLES),
    cuts=st.lists(
        st.tuples(st.floats(0, 1), st.integers(0, 40), st.binary(max_size=12)), max_size=5
    ),
)
def test_mutated_files(base: bytes, cuts: list[tuple[float, int, bytes]]) -> None:
    for share, length, new in cuts:
        at = int(share * len(base))
        base = base[:at] + new + base[at + length :]
    work_through(base)


NUMBERS = st.one_of(
    st.decimals(allow_nan=True, allow_infinity=True).map(str),
    st.decimals(places=2, min_value=-(10**21), max_value=10**21).map(str),
    st.sampled_from(["0", "-0", "0.0000000000000000000001", "99999999999999999999999", "1E5", ""]),
)
TEXTS = st.one_of(
    NUMBERS,
    st.text(max_size=12).map(
        lambda one: "".join(sign for sign in one if sign.isprintable()).replace("<", "")
    ),
    st.sampled_from(["9999-12-31", "0001-01-01", "99991231", "DE", "S", "O", "381", "EUR"]),
)


@PATIENT
@given(base=st.sampled_from(XML), values=st.lists(st.tuples(st.floats(0, 1), TEXTS), max_size=6))
def test_well_formed_files_with_any_values(base: bytes, values: list[tuple[float, str]]) -> None:
    text = base.decode()
    for share, value in values:
        at = text.find(">", int(share * len(text)))
        end = text.find("<", at)
        if 0 < at < end:
            escaped = value.replace("&", "&amp;").replace(">", "&gt;")
            text = text[: at + 1] + escaped + text[end:]
    work_through(text.encode(errors="ignore"))
