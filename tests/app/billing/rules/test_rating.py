"""A month is rated: every kind of line, versions within it, currencies, and what must never be."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.billing.rules.charges import ChargeKind, totals
from app.billing.rules.kinds import LineKind, PriceModel, VatTreatment
from app.billing.rules.pricing import check_tiers, steps
from app.billing.rules.rating import Rated, rate
from app.billing.rules.terms import Carried, Month, Terms, Usage
from app.kernel.errors import Conflict, Invalid
from tests.factories.terms_book import OCTOBER, TIERS, a_line, flat, some_terms, tiered, used

ROLL = a_line(LineKind.ALLOWANCE, included=Decimal(100), amount_minor=9_000, roll_over=True)


def october(terms: Terms | Sequence[Terms], *usage: Usage, **more: object) -> Rated:
    versions = [terms] if isinstance(terms, Terms) else terms
    return rate(OCTOBER, terms=versions, usage=usage, **more)  # type: ignore[arg-type]


def told(rated: Rated) -> list[tuple[str, str, int]]:
    return [
        (one.kind.value, f"{one.quantity.normalize():f}", one.net_minor) for one in rated.charges
    ]


def test_flat_units_of_several_entries_are_one_position_rounded_once() -> None:
    rated = october(some_terms(flat("0.0045")), used("111"), used("222"))
    assert told(rated) == [("usage", "333", 150)], "333 times 0.0045 is 1.4985"
    assert len(rated.charges[0].entries) == 2


def test_case_29_a_price_below_a_cent_at_the_edge_of_an_allowance() -> None:
    terms = some_terms(a_line(LineKind.ALLOWANCE, included=Decimal(333)), flat("0.0045"))
    assert told(october(terms, used("333"))) == [("included", "333", 0)]
    assert told(october(terms, used("333"), used("1"))) == [
        ("included", "333", 0),
        ("usage", "1", 0),
    ]
    assert told(october(terms, used("333"), used("333"))) == [
        ("included", "333", 0),
        ("usage", "333", 150),
    ]
    fine = some_terms(a_line(LineKind.ALLOWANCE, included=Decimal("1.4985")), flat("10"))
    assert told(october(fine, *[used("0.0045") for _ in range(333)])) == [("included", "1.4985", 0)]
    assert told(october(fine, *[used("0.0045") for _ in range(334)]))[1] == ("usage", "0.0045", 5)


@pytest.mark.parametrize(
    ("currency", "price", "net", "vat"),
    [
        ("JPY", "120.5", 362, 69),
        ("UGX", "3700", 11_100, 2_109),
        ("KWD", "1.2345", 3_704, 704),
        ("HUF", "99.99", 29_997, 5_699),
        ("EUR", "0.35", 105, 20),
    ],
)
def test_case_29_currencies_have_their_own_digits(
    currency: str, price: str, net: int, vat: int
) -> None:
    rated = october(some_terms(flat(price), currency=currency), used("3"))
    sums = totals(rated.charges)
    assert (sums.net_minor, sums.vat_minor, sums.gross_minor) == (net, vat, net + vat)


def test_case_29_the_tax_is_rounded_once_a_group_not_once_a_position() -> None:
    lines = [
        a_line(LineKind.RETAINER, key=f"r{number}", amount_minor=3, vat_percent=Decimal(percent))
        for number, percent in enumerate([19, 19, 19, 7])
    ]
    sums = totals(october(some_terms(*lines)).charges)
    assert [(g.percent, g.net_minor, g.vat_minor) for g in sums.groups] == [
        (19, 9, 2),  # 1.71; position by position it would be 3
        (7, 3, 0),
    ]


def test_graduated_tiers_are_positions_and_volume_jumps() -> None:
    graduated = october(some_terms(tiered(PriceModel.GRADUATED)), used("200"), used("100", day=6))
    assert told(graduated) == [
        ("tier", "100", 12_000),
        ("tier", "150", 13_500),
        ("tier", "50", 3_500),
    ]
    assert [len(one.entries) for one in graduated.charges] == [1, 2, 1]
    assert graduated.charges[1].params == {"above": "100", "up_to": "250"}
    volume = some_terms(tiered(PriceModel.VOLUME))
    assert told(october(volume, used("100"))) == [("tier", "100", 12_000)]
    assert told(october(volume, used("101"))) == [("tier", "101", 9_090)]


def test_hours_have_the_rate_of_their_role() -> None:
    terms = some_terms(
        a_line(LineKind.TIME_AND_MATERIAL, role="senior", unit_price=Decimal(95)), flat("1")
    )
    hours = [
        used("1.25", service_key="", role="senior"),
        used("0.5", service_key="", role="junior"),
    ]
    assert told(october(terms, *hours)) == [("hours", "0.5", 125), ("hours", "1.25", 11_875)]


def test_units_that_are_not_used_can_be_used_in_the_next_month_only() -> None:
    terms = some_terms(ROLL, flat("2"))
    first = october(terms, used("30"))
    assert told(first) == [("allowance", "1", 9_000), ("included", "30", 0)]
    assert first.allowances["allowance"].left == 70
    second = october(terms, used("150"), rolled={"allowance": Decimal(70)})
    assert told(second)[1:] == [("included", "150", 0)]
    assert second.allowances["allowance"].left == 20, "what was rolled over went first"
    third = october(terms, used("10"), rolled={"allowance": Decimal(70)})
    assert third.allowances["allowance"].left == 100, "older units lapse"
    assert told(october(terms, used("171"), rolled={"allowance": Decimal(70)}))[2] == (
        "usage",
        "1",
        200,
    )
    lapsing = some_terms(replace(ROLL, roll_over=False), flat("2"))
    assert (
        october(lapsing, used("30"), rolled={"allowance": Decimal(70)}).allowances["allowance"].left
        == 0
    )


def test_a_minimum_adds_what_is_missing_and_nothing_beyond() -> None:
    minimum = a_line(LineKind.MINIMUM, amount_minor=50_000)
    retainer = a_line(LineKind.RETAINER, amount_minor=10_000)
    terms = some_terms(retainer, minimum, flat("2"))
    assert told(october(terms, used("100"))) == [
        ("retainer", "1", 10_000),
        ("usage", "100", 20_000),
        ("minimum", "1", 30_000),
    ]
    assert told(october(terms, used("300")))[-1] == ("usage", "300", 60_000)
    assert told(october(terms))[-1] == ("minimum", "1", 50_000)
    other = a_line(LineKind.MINIMUM, amount_minor=100, service_key="payroll")
    assert told(october(some_terms(other, flat("2")), used("100")))[-1] == ("minimum", "1", 100)


def test_case_33_each_entry_has_the_price_of_the_version_in_force() -> None:
    lines = (ROLL, a_line(LineKind.RETAINER, amount_minor=31_000))
    old = some_terms(*lines, flat("2"), until="2026-10-10")
    new = some_terms(*lines, flat("3"), since="2026-10-11")
    rated = october([new, old], used("50", day=10), used("50", day=11))
    assert told(rated) == [
        ("retainer", "1", 10_000),
        ("allowance", "1", 2_903),
        ("included", "32.258065", 0),
        ("usage", "17.741935", 3_548),
        ("retainer", "1", 21_000),
        ("allowance", "1", 6_097),
        ("included", "50", 0),
    ]
    assert rated.charges[0].params == {"since": "2026-10-01", "until": "2026-10-10"}
    assert rated.allowances["allowance"].included == 100


def test_work_of_an_earlier_version_that_is_accepted_late_has_its_price() -> None:
    old = some_terms(flat("2"), a_line(LineKind.RETAINER, amount_minor=500), until="2026-09-30")
    new = some_terms(flat("3"), since="2026-10-01")
    late = used("1", performed_on=date(2026, 9, 28))
    assert told(october([old, new], late, used("1"))) == [("usage", "1", 200), ("usage", "1", 300)]


def test_what_no_line_names_has_the_price_agreed_at_acceptance() -> None:
    rated = october(
        some_terms(), used("2"), used("1", unit_price=Decimal(4)), used("1", unit_price=Decimal(4))
    )
    assert told(rated) == [("usage", "2", 500), ("usage", "2", 800)]
    assert [len(one.entries) for one in rated.charges] == [1, 2]


def test_what_was_taken_back_costs_nothing_and_is_on_record() -> None:
    for terms in (some_terms(flat("2")), some_terms(ROLL, flat("2"))):
        rated = october(terms, used("5"), used("-5"))
        usage = [one for one in rated.charges if one.kind is ChargeKind.USAGE]
        assert [(one.net_minor, len(one.entries)) for one in usage] == [(0, 2)]
    negative = october(some_terms(tiered(PriceModel.GRADUATED)), used("-5"))
    assert told(negative) == [("tier", "-5", -600)]


def test_what_was_carried_and_credited_is_deducted_with_its_tax() -> None:
    carried = [
        Carried(net_minor=-5_000, vat_category="S", vat_percent=Decimal(19), period=OCTOBER.first),
        Carried(
            net_minor=-100,
            vat_category="S",
            vat_percent=Decimal(19),
            period=OCTOBER.first,
            is_credit=True,
        ),
    ]
    rated = october(some_terms(flat("2")), used("10"), carried=carried)
    assert told(rated)[1:] == [("carried", "-1", -5_000), ("credit", "-1", -100)]
    assert totals(rated.charges).gross_minor == -3_689


def test_other_taxes() -> None:
    for treatment, category in ((VatTreatment.REVERSE_CHARGE, "AE"), (VatTreatment.EXEMPT, "E")):
        rated = october(some_terms(flat("2"), vat_treatment=treatment), used("10"))
        (group,) = totals(rated.charges).groups
        assert (group.category, group.percent, group.vat_minor) == (category, 0, 0)


def test_two_currencies_and_days_without_terms_are_refused() -> None:
    with pytest.raises(Conflict):
        october([some_terms(until="2026-10-10"), some_terms(since="2026-10-11", currency="JPY")])
    with pytest.raises(Conflict):
        october(some_terms(since="2026-10-20"), used("1", day=3))


def test_tiers_that_cannot_be_are_refused() -> None:
    check_tiers(TIERS)
    for tiers in (
        (),
        TIERS[:2],
        (TIERS[1], TIERS[0], TIERS[2]),
        (replace(TIERS[0], price=Decimal(-1)), TIERS[2]),
    ):
        with pytest.raises(Invalid):
            check_tiers(tiers)


def test_months_follow_each_other() -> None:
    month = Month(first=date(2026, 12, 1))
    assert (month.last, month.following) == (date(2026, 12, 31), date(2027, 1, 1))
    assert month.before.first == date(2026, 11, 1)


quantities = st.decimals("-20", "120", places=3)
lines = st.sampled_from(
    [flat("0.0045"), flat("1.115"), tiered(PriceModel.GRADUATED), tiered(PriceModel.VOLUME)]
)
allowances = st.sampled_from([(), (ROLL,), (a_line(LineKind.MINIMUM, amount_minor=7_777),)])
entries = st.lists(st.builds(used, quantities.map(str), st.integers(1, 31)), max_size=12)


@settings(max_examples=150, deadline=None)
@given(line=lines, more=allowances, usage=entries, order=st.randoms())
def test_the_order_of_entries_never_changes_anything(line, more, usage, order) -> None:  # type: ignore[no-untyped-def]
    terms = [
        some_terms(*more, line, until="2026-10-12"),
        some_terms(*more, line, since="2026-10-13"),
    ]
    shuffled = list(usage)
    order.shuffle(shuffled)
    assert told(october(terms, *usage)) == told(october(terms, *shuffled))


@settings(max_examples=150, deadline=None)
@given(line=lines, more=allowances, usage=entries)
def test_totals_are_those_of_the_positions_and_every_entry_is_behind_one(line, more, usage) -> None:  # type: ignore[no-untyped-def]
    rated = october(some_terms(*more, line), *usage)
    sums = totals(rated.charges)
    assert sums.net_minor == sum(one.net_minor for one in rated.charges)
    assert sums.net_minor == sum(group.net_minor for group in sums.groups)
    assert {one for charge in rated.charges for one in charge.entries} == {u.id for u in usage}
    units = sum((one.quantity for one in rated.charges if one.entries), Decimal(0))
    assert units == sum((one.quantity for one in usage), Decimal(0)), "no unit lost, none doubled"


@given(before=st.decimals("0.001", "400", places=3), later=st.decimals("0.001", "400", places=3))
def test_a_later_entry_never_changes_what_earlier_units_cost(
    before: Decimal, later: Decimal
) -> None:
    line = tiered(PriceModel.GRADUATED)

    def cost(units: Decimal) -> Decimal:
        return sum((one.quantity * one.price for one in steps(line, units)), Decimal(0))

    first = {one.above: one.quantity for one in steps(line, before)}
    then = {one.above: one.quantity for one in steps(line, before + later)}
    for above, units in first.items():
        assert then[above] >= units, "each tier keeps its units"
    assert cost(before + later) - cost(before) <= later * Decimal("1.20")
    assert cost(before + later) - cost(before) >= later * Decimal("0.70")
