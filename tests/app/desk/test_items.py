"""One item at the desk: take, correct, conflict, hand over, four eyes, talk; who may what."""

import re
from dataclasses import replace
from http import HTTPStatus
from uuid import UUID, uuid4

import pytest

from app.catalogue.service import work_type
from app.catalogue.steps import ProposedValue, Severity, StepFinding, StepInput, StepResult
from app.kernel.sandbox import progress
from app.work import queries
from app.work.actions import automation, handling
from app.work.rules import WorkStatus
from config import Settings
from tenants.db import transaction
from tests.conftest import in_scope
from tests.factories.desk_house import House
from tests.factories.running_checks import end, run_so_far

HTMX = {"HX-Request": "true"}


def address(house: House, item_id: UUID, deed: str = "") -> str:
    return f"/desk/c/{house.north.slug}/items/{item_id}" + (f"/{deed}" if deed else "")


def values(house: House, item_id: UUID, **changes: str) -> dict[str, str]:
    """The form as the page shows it, with changes."""
    item = house.item(item_id)
    form = {key: str(value) for key, value in item.values.items() if value and key != "bookings"}
    for number, row in enumerate(item.values.get("bookings", [])):
        form |= {f"bookings-{number}-{key}": str(value) for key, value in row.items() if value}
    return {**form, "version": str(item.version), **changes}


def test_the_page_shows_values_places_source_rules_and_promise(house: House) -> None:
    item_id = house.invoice()
    page = house.visitor("anna").page(address(house, item_id))
    assert "Mühle" in page or "Bakery" in page or "GmbH" in page
    assert "BT-1 ID" in page
    assert "/Invoice/cbc:ID" in page
    assert "<cbc:ID>" in page  # the source, as text
    assert "Nordkai GmbH: ask before you call." in page
    assert "Explain this due date" in page
    assert "Addressed to this client" in page


def test_the_panel_is_a_part_and_says_what_matters(house: House) -> None:
    item_id = house.invoice()
    panel = house.visitor("anna").get(address(house, item_id), headers=HTMX).text
    assert "<html" not in panel
    assert "Amount due" in panel
    assert 'hx-target="#panel"' in panel


def test_while_the_files_are_read_the_page_asks_again(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.invoice(read=False)
    assert 'data-poll="soon"' in anna.page(address(house, item_id))
    assert anna.get(address(house, item_id, "fresh")).status_code == HTTPStatus.NO_CONTENT
    with in_scope(house.app, house.north):
        automation.check(item_id=item_id)
    fresh = anna.page(address(house, item_id, "fresh"))
    assert "Findings" in fresh
    assert "data-poll" not in fresh


def test_whoever_waits_sees_how_far_the_reading_is(house: House, settings: Settings) -> None:
    anna, item_id = house.visitor("anna"), house.invoice(read=False)
    assert "37 / 80" not in anna.page(address(house, item_id))
    run_so_far(settings, item_id, done=37, of=80)
    try:
        assert "37 / 80" in anna.page(address(house, item_id))
    finally:
        end(settings, item_id)
    assert "37 / 80" not in anna.page(address(house, item_id))


def test_what_an_automation_says_of_itself_reaches_its_job(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id, told = house.invoice(read=False), list[tuple[int, int]]()

    def slow(_: StepInput) -> StepResult:
        progress(5, 10)
        return StepResult()

    slow_work = replace(work_type("accounts_payable", "supplier_invoice"), automation=slow)
    monkeypatch.setattr(automation, "work_type", lambda *_: slow_work)
    monkeypatch.setattr(automation, "is_long", lambda: True)
    monkeypatch.setattr(automation, "checkpoint", lambda *, done, of: told.append((done, of)))
    with in_scope(house.app, house.north):
        automation.check(item_id=item_id)
    assert told == [(5, 10)]


def test_a_nul_in_a_file_keeps_nothing_from_being_saved(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    item_id = house.invoice(read=False)
    odd = StepResult(
        values={"supplier": ProposedValue(value="Mü\x00hle", place="/a\x00")},
        findings=(
            StepFinding(code="AP-DUPLICATE", severity=Severity.INFO, params={"x": ["\x00"]}),
        ),
        title="Mü\x00hle",
    )
    told = replace(work_type("accounts_payable", "supplier_invoice"), automation=lambda _: odd)
    monkeypatch.setattr(automation, "work_type", lambda *_: told)
    with in_scope(house.app, house.north):
        automation.check(item_id=item_id)
    assert house.item(item_id).values["supplier"] == "Mühle"


def test_take_tick_correct_hand_over(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.invoice()
    assert anna.post(address(house, item_id, "take")).status_code == HTTPStatus.SEE_OTHER
    form = values(house, item_id, cost_centre="4711")
    assert anna.post(address(house, item_id, "values"), data=form).status_code == 303
    assert house.item(item_id).values["cost_centre"] == "4711"
    with in_scope(house.app, house.north):
        keys = [entry.key for entry in queries.checklist(item_id)]
    refused = anna.post(address(house, item_id, "done"))
    assert refused.status_code == HTTPStatus.CONFLICT
    for key in keys:
        part = anna.post(
            address(house, item_id, "tick"), data={"key": key, "done": "1"}, headers=HTMX
        )
        assert 'id="steps"' in part.text
    handed = anna.post(address(house, item_id, "done"), headers=HTMX)
    assert f'data-handed="item-{item_id}"' in handed.text
    assert "/withdraw" in handed.text  # the undo
    assert house.item(item_id).status is WorkStatus.REVIEW
    assert anna.post(address(house, item_id, "withdraw")).status_code == HTTPStatus.SEE_OTHER
    assert house.item(item_id).status is WorkStatus.IN_PROGRESS


def test_what_was_read_stays_visible_beside_what_was_corrected(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.invoice()
    read = house.item(item_id).values["invoice_number"]
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    anna.post(address(house, item_id, "values"), data=values(house, item_id, invoice_number="X-9"))
    assert f"read: {read}" in anna.page(address(house, item_id))


def test_saving_what_was_read_is_no_correction(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    with in_scope(house.app, house.north), transaction():
        item = queries.item(item_id)
        item.values = {**item.values, "net": f"{item.values['net']}0", "cost_centre": None}
    form = values(house, item_id)
    assert anna.post(address(house, item_id, "values"), data=form).status_code == 303
    assert not re.search(r"corrected \d", anna.page(address(house, item_id)))
    form = values(house, item_id, cost_centre="4711")
    assert anna.post(address(house, item_id, "values"), data=form).status_code == 303
    assert "corrected 1 value" in anna.page(address(house, item_id))


def test_faulty_values_come_back_with_their_reasons(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    answer = anna.post(
        address(house, item_id, "values"), data=values(house, item_id, gross="1.00", bic="MINE")
    )
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Net and VAT do not add up" in answer.text
    assert "MINE" in answer.text


def test_a_colleague_was_quicker_both_values_and_mine_kept(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    form = values(house, item_id, cost_centre="MINE")
    theirs = {**house.item(item_id).values, "cost_centre": "THEIRS"}
    house.act(handling.correct, actor=house.actor("ben"), item_id=item_id, values=theirs)
    answer = anna.post(address(house, item_id, "values"), data=form)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Ben Otte corrected" in answer.text
    assert "<ins>MINE</ins>" in answer.text
    assert "THEIRS" in answer.text
    assert 'value="MINE"' in answer.text
    assert house.item(item_id).values["cost_centre"] == "THEIRS"
    again = values(house, item_id, cost_centre="MINE")
    assert anna.post(address(house, item_id, "values"), data=again).status_code == 303
    assert house.item(item_id).values["cost_centre"] == "MINE"


def test_a_stale_approval_shows_the_new_state(house: House) -> None:
    item_id = house.in_review()
    stale = {"version": str(house.item(item_id).version - 1), "reason": "my long reason"}
    answer = house.visitor("ben").post(address(house, item_id, "reject"), data=stale)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "my long reason" in answer.text
    assert house.item(item_id).status is WorkStatus.REVIEW


@pytest.mark.parametrize("who", ["anna", "lena", "sabine"])
def test_who_worked_on_it_cannot_approve_whatever_the_role(house: House, who: str) -> None:
    item_id, visitor = house.in_review(by=who), house.visitor(who)
    assert "Approve" not in visitor.page(address(house, item_id))
    for deed in ("approve", "reject", "take"):
        answer = visitor.post(address(house, item_id, deed), data={"reason": "no"})
        assert answer.status_code == HTTPStatus.FORBIDDEN, deed
    assert house.item(item_id).status is WorkStatus.REVIEW


def test_another_person_approves_or_sends_back_with_a_reason(house: House) -> None:
    ben, item_id = house.visitor("ben"), house.in_review()
    refused = ben.post(address(house, item_id, "reject"), data={"reason": " "}, headers=HTMX)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    ben.post(address(house, item_id, "reject"), data={"reason": "Wrong account."})
    item = house.item(item_id)
    assert (item.status, item.assignee_name) == (WorkStatus.IN_PROGRESS, "Anna Krüger")
    assert "Wrong account." in ben.page(address(house, item_id))
    house.act(handling.hand_over, actor=house.actor("anna"), item_id=item_id)
    ben.post(address(house, item_id, "approve"))
    assert house.item(item_id).status is WorkStatus.DELIVERED


def test_notes_are_marked_as_internal_and_questions_stop_the_clock(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.request()
    anna.post(address(house, item_id, "message"), data={"kind": "note", "body": "Careful."})
    assert "the client does not see this" in anna.page(address(house, item_id))
    anna.post(address(house, item_id, "message"), data={"kind": "ask", "body": "Gas?"})
    assert house.item(item_id).status is WorkStatus.WAITING
    anna.post(address(house, item_id, "resume"))
    anna.post(address(house, item_id, "wait"), data={"reason": "The bank."}, headers=HTMX)
    assert house.item(item_id).status is WorkStatus.WAITING
    odd = anna.post(address(house, item_id, "message"), data={"kind": "shout", "body": "x"})
    assert odd.status_code == HTTPStatus.UNPROCESSABLE_ENTITY


def test_a_lead_assigns_and_cancels_an_operator_does_not(house: House) -> None:
    item_id = house.request()
    data = {"account_id": str(house.ids["ben"])}
    anna, lena = house.visitor("anna"), house.visitor("lena")
    assert anna.post(address(house, item_id, "assign"), data=data).status_code == 403
    assert lena.post(address(house, item_id, "assign"), data=data).status_code == 303
    assert house.item(item_id).assignee_name == "Ben Otte"
    unknown = {"account_id": str(uuid4())}
    assert lena.post(address(house, item_id, "assign"), data=unknown).status_code == 404
    assert anna.post(address(house, item_id, "cancel"), data={"reason": "x"}).status_code == 403
    assert lena.post(address(house, item_id, "cancel"), data={"reason": "x"}).status_code == 303
    assert house.item(item_id).status is WorkStatus.CANCELLED


def test_release_puts_it_back(house: House) -> None:
    anna, item_id = house.visitor("anna"), house.request()
    anna.post(address(house, item_id, "take"))
    anna.post(address(house, item_id, "release"), headers=HTMX)
    assert house.item(item_id).status is WorkStatus.NEW


def test_finance_reads_and_changes_nothing(house: House) -> None:
    paul, item_id = house.visitor("paul"), house.invoice()
    page = paul.page(address(house, item_id))
    assert "Take" not in page.split("<main")[1].split("</main>")[0]
    for deed in ("take", "done", "approve", "message", "values", "tick", "wait", "withdraw"):
        assert paul.post(address(house, item_id, deed)).status_code == 403, deed


def test_the_file_is_answered_and_only_of_this_item(house: House) -> None:
    anna, item_id, other = house.visitor("anna"), house.invoice(), house.request()
    with in_scope(house.app, house.north):
        (document,) = queries.documents(item_id)
        document_id = document.id
    answer = anna.get(address(house, item_id, f"files/{document_id}") + "?inline=1")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert anna.get(address(house, other, f"files/{document_id}")).status_code == 404


def test_a_restricted_operator_is_told_nothing_of_other_clients(house: House) -> None:
    carl, item_id = house.visitor("carl"), house.request(client=house.south)
    base = f"/desk/c/{house.south.slug}"
    for path in ("/", "/order/", f"/items/{item_id}"):
        assert carl.get(base + path).status_code == HTTPStatus.NOT_FOUND, path
    assert carl.post(f"{base}/items/{item_id}/take").status_code == HTTPStatus.NOT_FOUND
    for path in ("/desk/?view=open", "/desk/clients", "/desk/palette?q=s"):
        assert "Südkai" not in carl.page(path), path
    assert "Südkai" in house.visitor("anna").page("/desk/clients")


def test_the_files_are_read_again_when_what_was_missing_is_there(house: House) -> None:
    item_id = house.invoice()
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    anna, ben = house.visitor("anna"), house.visitor("ben")
    assert "Read again" in anna.page(address(house, item_id))
    with in_scope(house.app, house.north), transaction():
        before = [one.code for one in queries.findings(item_id)]
    answer = anna.post(address(house, item_id, "check-again"))
    assert answer.status_code == HTTPStatus.SEE_OTHER
    assert "Read again" not in anna.page(address(house, item_id))
    assert anna.post(address(house, item_id, "check-again")).status_code == HTTPStatus.CONFLICT
    with in_scope(house.app, house.north):
        automation.check(item_id=item_id)
        with transaction():
            assert queries.item(item_id).checked_at is not None
            assert [one.code for one in queries.findings(item_id)] == before
    assert "had the files read again" in ben.page(address(house, item_id))


def test_what_cannot_be_done_yet_is_said_on_the_items_own_page(house: House) -> None:
    item_id, anna = house.invoice(), house.visitor("anna")
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    answer = anna.post(address(house, item_id, "done"))
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Points of the checklist that are still open: " in answer.text
    assert f'data-address="{address(house, item_id)}"' in answer.text
    assert 'id="values-form"' in answer.text
    in_the_panel = anna.post(address(house, item_id, "done"), headers=HTMX)
    assert in_the_panel.status_code == HTTPStatus.CONFLICT
    assert "values-form" not in in_the_panel.text, "only the sentence: the panel stays"


def test_handing_on_to_nobody_is_refused_on_the_items_own_page(house: House) -> None:
    item_id, anna = house.invoice(), house.visitor("anna")
    house.act(handling.take, actor=house.actor("anna"), item_id=item_id)
    answer = anna.post(address(house, item_id, "hand-on"), data={"account_id": ""})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Please choose a person." in answer.text
    assert 'id="values-form"' in answer.text
