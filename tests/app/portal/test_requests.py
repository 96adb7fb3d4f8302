"""Following requests: list, one request, answers, acceptance, complaints, and who may not."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from app import jobs
from app.kernel import clock
from app.kernel.clock import now
from app.kernel.ids import new_id
from app.work import queries
from app.work.actions import handling, talking
from app.work.rules import WorkStatus
from config import Settings
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.portal_town import Town
from tests.factories.portal_visitor import PDF, Visitor, upload
from tests.factories.running_checks import end, run_so_far


def status(town: Town, item_id: UUID) -> WorkStatus:
    with in_scope(town.app, town.baker):
        return queries.item(item_id).status


def test_the_list_filters_by_shelf_words_and_number(town: Town, requester: Visitor):
    town.order("Aluminium trays")
    asked = town.order("Zebra crossing", to="asked")
    text = requester.page("/p/sommer/requests")
    assert "Aluminium trays" in text
    assert "Zebra crossing" in text
    yours = requester.page("/p/sommer/requests?shelf=yours")
    assert "Zebra crossing" in yours
    assert "Aluminium trays" not in yours
    assert "Zebra" not in requester.page("/p/sommer/requests?words=alumin")
    number = re.search(r"SOM-\d+", requester.page(f"/p/sommer/requests/{asked}"))[0]
    found = requester.page(f"/p/sommer/requests?words={number.lower()}")
    assert "Zebra crossing" in found
    assert "Nothing fits this filter" in requester.page("/p/sommer/requests?words=%25%25%25")
    assert requester.get("/p/sommer/requests?shelf=nonsense").status_code == 404


def test_pages_follow_each_other_without_gaps(town: Town, requester: Visitor):
    for number in range(27):
        town.order(f"Paging {number:02}")
    first = requester.page("/p/sommer/requests?words=Paging")
    second_url = re.search(r'rel="next" href="([^"]+)"', first)[1]
    second = requester.page(second_url)
    seen = re.findall(r"Paging \d\d", first + second)
    assert list(dict.fromkeys(seen)) == [f"Paging {number:02}" for number in reversed(range(27))]
    assert 'rel="next"' not in second
    assert 'rel="prev"' in second


def test_the_export_cannot_be_taken_for_formulas(town: Town, requester: Visitor):
    town.order('=HYPERLINK("http://evil")')
    answer = requester.get("/p/sommer/requests/export.csv?words=HYPERLINK")
    assert answer.mimetype == "text/csv"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="SOM-requests.csv"'
    lines = answer.data.decode("utf-8-sig").splitlines()
    assert lines[0].startswith("Number;Title;")
    assert "'=HYPERLINK" in lines[1]


def test_one_request_shows_promise_order_and_history(town: Town, requester: Visitor):
    text = requester.page(f"/p/sommer/requests/{town.order('Much to tell')}")
    for part in ("Much to tell", "Three offers, please.", "Promised by", "Ordered", "ordered this"):
        assert part in text
    assert "Nobody has begun yet" in text


def test_what_stays_in_the_house_is_not_told(town: Town, requester: Visitor):
    item_id = town.order(to="taken")
    town.act(talking.jot, actor=town.anna, item_id=item_id, body="A difficult customer")
    town.act(handling.release, actor=town.anna, item_id=item_id)
    text = requester.page(f"/p/sommer/requests/{item_id}")
    assert "difficult" not in text
    assert "note" not in re.sub(r'class="[^"]*"', "", text.split("What happened")[1])
    assert "works on it" in text


def test_the_live_part_is_free_while_nothing_changes(town: Town, requester: Visitor):
    item_id = town.order(to="delivered")
    path = f"/p/sommer/requests/{item_id}/live"
    first = requester.get(path)
    assert first.status_code == 200
    assert "<html" not in first.text
    tag = first.headers["ETag"]
    assert requester.get(path, headers={"If-None-Match": tag}).status_code == 304
    town.act(talking.say, actor=town.anna, item_id=item_id, body="By the way")
    changed = requester.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "By the way" in changed.text


def test_an_answer_with_a_file_ends_the_waiting(town: Town, requester: Visitor):
    item_id = town.order(to="asked")
    page = f"/p/sommer/requests/{item_id}"
    assert "We have a question." in requester.page(page)
    answer = requester.post(
        f"{page}/messages",
        data={"body": "Electric.", "files": [upload("plan.pdf", PDF)]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 303
    text = requester.page(page)
    assert "Electric." in text
    assert "plan.pdf" in text
    assert status(town, item_id) is WorkStatus.IN_PROGRESS


def test_a_refused_message_keeps_its_words(town: Town, requester: Visitor):
    item_id = town.order(to="asked")
    path = f"/p/sommer/requests/{item_id}/messages"
    answer = requester.post(
        path,
        data={"body": "See the file", "files": [upload("virus.exe", b"MZ")]},
        content_type="multipart/form-data",
    )
    assert answer.status_code == 422
    assert "See the file" in answer.text
    assert "virus.exe cannot be used here" in answer.text
    assert requester.post(path, data={"body": " "}).status_code == 422
    assert status(town, item_id) is WorkStatus.WAITING


def test_a_delivered_result_is_seen_and_accepted(town: Town, requester: Visitor, approver: Visitor):
    item_id = town.order(to="delivered")
    page = f"/p/sommer/requests/{item_id}"
    text = requester.page(page)
    assert "Your result is ready." in text
    assert "Model B, 4.200 euros." in text
    assert "Somebody who may approve has to accept it." in text
    assert requester.post(f"{page}/accept").status_code == 403
    assert requester.get(f"{page}/complaint").status_code == 403
    assert status(town, item_id) is WorkStatus.DELIVERED
    assert approver.post(f"{page}/accept").status_code == 303
    assert status(town, item_id) is WorkStatus.ACCEPTED
    assert "The result is accepted." in approver.page(page)


def test_a_complaint_needs_a_reason_and_reopens(town: Town, approver: Visitor):
    item_id = town.order(to="delivered")
    page = f"/p/sommer/requests/{item_id}"
    assert "What is wrong?" in approver.page(f"{page}/complaint")
    refused = approver.post(f"{page}/complaint", data={"reason": " "})
    assert refused.status_code == 422
    assert "Please say why." in refused.text
    assert approver.post(f"{page}/complaint", data={"reason": "Wrong size"}).status_code == 303
    assert status(town, item_id) is WorkStatus.IN_PROGRESS
    text = approver.page(page)
    assert "Wrong size" in text
    assert "Model B" not in text, "the result is with the provider again"


def test_a_complaint_after_acceptance_is_a_request_of_its_own(town: Town, approver: Visitor):
    item_id = town.order(to="accepted")
    page = f"/p/sommer/requests/{item_id}"
    answer = approver.post(f"{page}/complaint", data={"reason": "Too small"})
    assert str(item_id) not in answer.location
    assert "You are not charged for it." in approver.page(answer.location)
    assert "Worked on again as" in approver.page(page)


def test_only_what_nobody_has_begun_can_be_taken_back(town: Town, requester: Visitor):
    new, begun = town.order(), town.order(to="taken")
    assert requester.post(f"/p/sommer/requests/{new}/cancel").status_code == 303
    assert status(town, new) is WorkStatus.CANCELLED
    assert "This request was cancelled." in requester.page(f"/p/sommer/requests/{new}")
    assert requester.post(f"/p/sommer/requests/{begun}/cancel").status_code == 409


def test_a_broken_promise_is_admitted(town: Town, requester: Visitor):
    item_id = town.order("Late bread")
    with in_scope(town.app, town.baker):
        due_at = queries.item(item_id).due_at
    assert due_at is not None
    assert due_at > now()
    with clock.freeze(due_at + timedelta(hours=3)):
        town.act(handling.take, actor=town.anna, item_id=item_id)
        town.act(town.deliver, item_id=item_id)
    text = requester.page(f"/p/sommer/requests/{item_id}")
    assert "were late by" in text
    assert "was late" in text


@pytest.mark.parametrize(
    ("method", "end"),
    [
        ("get", ""),
        ("get", "/live"),
        ("get", "/complaint"),
        ("post", "/messages"),
        ("post", "/accept"),
        ("post", "/complaint"),
        ("post", "/cancel"),
    ],
)
def test_other_peoples_requests_are_not_there(
    town: Town, stranger: Visitor, admin: Visitor, method: str, end: str
):
    item_id = town.order("Secret recipe", to="delivered")
    data = {"body": "x", "reason": "x"}
    ask = getattr(stranger, method)
    more = {"data": data} if method == "post" else {}
    for path in (f"/p/kern/requests/{item_id}{end}", f"/p/sommer/requests/{item_id}{end}"):
        answer = ask(path, **more)
        assert answer.status_code == 404
        assert "Secret recipe" not in answer.text
    unknown = getattr(admin, method)(f"/p/sommer/requests/{new_id()}{end}", **more)
    assert unknown.status_code == 404
    assert status(town, item_id) is WorkStatus.DELIVERED


def test_nobody_is_led_to_the_sign_in(anonymous):
    answer = anonymous.get("/p/sommer/requests?shelf=open")
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in?next=/p/sommer/requests")


def test_an_answer_begun_is_kept_until_it_is_sent(town: Town) -> None:
    item_id = town.order(to="asked")
    path = f"/p/sommer/requests/{item_id}"
    requester = town.visitor("requester@sommer")
    requester.post(f"{path}/draft", data={"body": "Gas, bec"})
    assert "Gas, bec" in town.visitor("requester@sommer").page(path)
    assert "Gas, bec" not in town.visitor("approver@sommer").page(path)
    requester.post(f"{path}/messages", data={"body": "Gas."})
    assert "Gas, bec" not in requester.page(path)


def test_the_client_sees_how_far_the_reading_is(
    town: Town, requester: Visitor, settings: Settings
) -> None:
    item_id = town.order("A long list")
    with in_scope(town.app, town.baker), transaction():
        jobs.enqueue(queries.CHECK, args={"item_id": item_id}, dedupe_key=str(item_id))
    live = f"/p/sommer/requests/{item_id}/live"
    before = requester.get(live)
    run_so_far(settings, item_id, done=3, of=12)
    try:
        reading = requester.get(live, headers={"If-None-Match": before.headers["ETag"]})
        assert "3 / 12" in reading.text
    finally:
        end(settings, item_id)
    assert "3 / 12" not in requester.page(live)
