"""Whatever stands in an address: a page may refuse it, it never breaks."""

import pytest

from tests.isolation.test_sweep import addresses, rules
from tests.isolation.world import World

HUGE = "9" * 40
ODD = (
    f"month=9999-12&before={HUGE}&kind=x&view=x&shelf=x",
    "month=0001-01&before=0001-01-01&after=0001-01-01T00:00:00_00000000-0000-0000-0000-000000000000",
    f"month=2026-13&hours={HUGE}&person={HUGE}&since=9999-12-31&until=9999-12-31",
    "q=%00&words=%00&service=%00&month=%00&client=%00&since=0001-01-01&until=0001-01-02",
)


@pytest.mark.parametrize(
    ("name", "face"),
    [("admin", "/desk"), ("client_admin@lark", "/p/"), ("token@lark", "/api"), ("nobody", "/")],
)
@pytest.mark.parametrize("query", ODD)
def test_no_page_breaks(world: World, name: str, face: str, query: str) -> None:
    who, broken = world.knocker(name), []
    for rule, method in rules(world.app, "GET"):
        if not str(rule).startswith(face):
            continue
        (address, *_) = addresses(world, rule, clients=("lark",), foreign=False)
        answer = world.ask(who, method, f"{address.partition('?')[0]}?{query}")
        broken += [f"{address} {answer.status_code}"] if answer.status_code >= 500 else []
    assert broken == []
