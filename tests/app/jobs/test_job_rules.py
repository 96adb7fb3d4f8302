"""Whose turn it is: places dealt out among the lines of waiting jobs."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.jobs.rules import Line, Waiting, choose, deal


def line(
    client: int, *, in_flight: int = 0, cap: int = 20, weight: int = 1, priority: int = 0
) -> Line:
    return Line(client=client, in_flight=in_flight, cap=cap, weight=weight, head=(priority, client))


def test_each_line_gets_one_before_any_gets_two() -> None:
    assert deal([line(n) for n in range(1, 6)], places=7) == {1: 2, 2: 2, 3: 1, 4: 1, 5: 1}


def test_who_has_many_on_their_way_waits_for_the_others() -> None:
    assert deal([line(1, in_flight=4), line(2)], places=4) == {2: 4}


def test_the_more_urgent_head_goes_first_among_equals() -> None:
    assert deal([line(1), line(2, priority=-1)], places=1) == {2: 1}


def test_a_weight_is_so_many_turns() -> None:
    assert deal([line(1), line(2, weight=3)], places=8) == {1: 2, 2: 6}


def test_a_cap_is_kept_also_by_who_has_reached_it_already() -> None:
    assert deal([line(1, cap=2), line(2, in_flight=25)], places=9) == {1: 2}


LINES = st.builds(
    line,
    st.integers(1, 30),
    in_flight=st.integers(0, 30),
    cap=st.integers(0, 30),
    weight=st.integers(1, 4),
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(lines=st.lists(LINES, unique_by=lambda each: each.client), places=st.integers(0, 100))
def test_no_place_is_left_empty_that_somebody_may_take_and_nobody_is_overtaken(
    lines: list[Line], places: int
) -> None:
    shares = deal(lines, places=places)
    room = sum(max(each.cap - each.in_flight, 0) for each in lines)
    assert shares.total() == min(places, room)
    for taker in lines:
        for other in lines:
            has_room = other.in_flight + shares[other.client] < other.cap
            if shares[taker.client] and has_room:
                last = taker.turn(shares[taker.client] - 1)
                assert last <= other.turn(shares[other.client])


def job(number: int, *, client: int = 1, kind: str = "a", is_tiny: bool = False) -> Waiting:
    return Waiting(client=client, priority=0, id=number, kind=kind, is_tiny=is_tiny)


def chosen(*turns: tuple[float, Waiting], **rooms: int) -> list[int]:
    places = {name.replace("_of_", ":").removeprefix("client_"): n for name, n in rooms.items()}
    return [each.id for each in choose(turns, rooms=places, drains=2)]


def test_the_smallest_turn_goes_first_and_the_older_among_equals() -> None:
    assert chosen((2, job(1)), (1, job(3)), (1, job(2))) == [2, 3, 1]


def test_a_kinds_room_is_shared_in_turn_and_others_pass() -> None:
    mine, other = job(1), job(2)
    theirs = job(3, client=2)
    assert chosen((1, mine), (2, other), (1, theirs), (3, job(4, kind="b")), a=2) == [1, 3, 4]


def test_a_kinds_room_of_one_client_holds_nobody_else() -> None:
    jobs = [(1.0, job(1)), (2.0, job(2)), (1.0, job(3, client=2)), (2.0, job(4, client=2))]
    assert chosen(*jobs, client_1_of_a=1) == [1, 3, 4]


def test_of_tiny_jobs_a_few_tickets_go_for_each_client_and_kind() -> None:
    jobs = [(float(n), job(n, is_tiny=True)) for n in range(1, 6)]
    jobs += [(9.0, job(9, client=2, is_tiny=True)), (9.0, job(10, is_tiny=True, kind="b"))]
    assert chosen(*jobs) == [1, 2, 9, 10]
