"""How a client's work is checked and its time rounded: kept by admins, every version told."""

from app.quality import queries as plans
from app.quality.rules import Plan
from app.work import blind, time_queries
from tests.factories.desk_house import House


def test_every_version_is_kept_and_told(house: House) -> None:
    sabine, lena, anna = (house.visitor(who) for who in ("sabine", "lena", "anna"))
    place, tenant_id = f"/desk/c/{house.south.slug}/checking", house.south.id
    with house.app.app_context():
        before = plans.plan(tenant_id), time_queries.rounding(tenant_id)
    samples = {"amount": "2,500.50", "new_operator_items": "3", "random_percent": "25"}
    assert lena.post(f"{place}/samples", data=samples).status_code == 403
    assert sabine.post(f"{place}/samples", data=samples).status_code == 303
    rounding = {"step_minutes": "6", "direction": "nearest"}
    assert sabine.post(f"{place}/rounding", data=rounding).status_code == 303
    assert sabine.post(f"{place}/rounding", data={"step_minutes": "0"}).status_code == 422
    for key in ("general_request", "nothing"):
        refused = sabine.post(f"{place}/blind", data={"services": ["accounts_payable", key]})
        assert refused.status_code == 422
    for odd in ("NaN", "1e9999999", "-Infinity", "9" * 40):
        answer = sabine.post(f"{place}/samples", data=samples | {"amount": odd})
        assert answer.status_code == 422, odd
    services = {"services": ["accounts_payable"]}
    assert sabine.post(f"{place}/blind", data=services).status_code == 303
    with house.app.app_context():
        plan = plans.plan(tenant_id)
        assert (str(plan.amount), plan.new_operator_items, plan.random_percent) == (
            "2500.50",
            3,
            25,
        )
        assert time_queries.rounding(tenant_id).step_minutes == 6
        assert blind.services(tenant_id) == {"accounts_payable"}
    page = anna.page(place)
    for words in ("from 2,500.5 EUR", "to the nearest 6 minutes", "Entered twice: Accounts"):
        assert words in page
    assert page.count("Sabine Ehlers") == 3
    sabine.post(f"{place}/blind", data={})
    plan, rule = before
    assert plan == Plan()
    sabine.post(f"{place}/samples", data={"amount": "10000", "new_operator_items": "10",
                                          "random_percent": "10"})  # fmt: skip
    direction = "up" if rule.up else "nearest"
    sabine.post(f"{place}/rounding", data={"step_minutes": str(rule.step_minutes),
                                           "direction": direction})  # fmt: skip
