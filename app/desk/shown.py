"""Everything the desk shows of one item, gathered in the client's scope."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.audit import queries as audit
from app.catalogue.service import Service, WorkType, service
from app.catalogue.steps import Severity, StepFinding
from app.desk.histories import HistoryLine, history_lines
from app.desk.mails import shown_mails
from app.desk.previews import Preview, previews_of
from app.desk.second_looks import SecondLook, second_look
from app.desk.steps import minutes, shown_steps
from app.documents.rules import PICTURE
from app.identity.permissions import Permission
from app.kernel.actor import Actor
from app.kernel.text import Text
from app.messages import conversation
from app.sla import explaining
from app.sla.rules.policy import Metric
from app.web.errors import say
from app.web.schema_forms import FieldView, form_fields, short_place
from app.work import document_queries, index, queries, time_queries
from app.work.actions import automation
from app.work.rules import RELEASABLE, WorkStatus, may_review
from app.work.time_queries import ItemTime


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One item as the desk shows it."""

    item: Any
    number: str
    service: Service
    work_type: WorkType
    checklist: Sequence[Any]
    budget: tuple[int, int]
    """Minutes of the steps done, and of all."""
    findings: Sequence[Any]
    documents: Sequence[Any]
    results: Sequence[Any]
    previews: list[Preview]
    """Of the documents that can be read in the page."""
    messages: Sequence[Any]
    mails: Sequence[Any]
    asked: Sequence[Any]
    """What documents the client was asked for (document_queries.RequestView)."""
    time: ItemTime
    history: Sequence[HistoryLine]
    clocks: Sequence[Any]
    payload: Sequence[FieldView]
    values: Sequence[FieldView]
    mine: bool
    may_review: bool
    how_far: tuple[int, int] | None
    """Of the computer's reading, or of what is written into the books: done, of how much."""
    workable: bool
    """Open, and with this person: values and checklist can be changed."""
    second: SecondLook | None
    """Of an item in review whose values are entered twice."""
    may_release: bool
    """Somebody holds it, and this person may put it back for others."""

    @property
    def status(self) -> WorkStatus:
        status: WorkStatus = self.item.status
        return status

    def sentence(self, finding: StepFinding) -> str:
        """A finding in the reader's language."""
        make = self.service.finding_text
        text = make(finding.code, finding.params) if make else Text(finding.code)
        return say(text)

    def place(self, finding: StepFinding) -> str:
        """Where it is: in a file, or the value by its label."""
        return labelled(finding.place, (*self.values, *self.payload))

    @property
    def being_read(self) -> bool:
        """The computer has not spoken yet."""
        return self.work_type.automation is not None and self.item.checked_at is None

    @property
    def pictures(self) -> list[Any]:
        """Drawings made by the automation or the delivery; what both made is shown once."""
        seen = {one.sha256: one for one in self.results if one.media_type == PICTURE}
        return list(seen.values())

    @property
    def may_check_again(self) -> bool:
        """This person may have the computer read the files once more."""
        return self.workable and automation.may_check_again(self.item)

    @property
    def grouped_findings(self) -> list[tuple[Severity, list[Any]]]:
        """The worst first; only the weights there are."""
        return [
            (weight, found)
            for weight in (Severity.ERROR, Severity.WARNING, Severity.INFO)
            if (found := [one for one in self.findings if one.severity is weight])
        ]

    @property
    def open_steps(self) -> int:
        """Steps that must be ticked before it can be handed on."""
        return sum(1 for entry in self.checklist if entry.mandatory and entry.done_at is None)

    @property
    def facts(self) -> list[tuple[str, str]]:
        """The four values that matter most, for the panel: the last amount, and who and when."""
        filled = [view for view in self.values if view.value and view.widget != "rows"]
        amounts = [view for view in filled if view.widget == "amount"]
        telling = [view for view in filled if view.required and view.widget != "amount"]
        chosen = amounts[-1:] + telling[: 4 - len(amounts[-1:])]
        asked = [view for view in self.payload if view.value and view.widget != "textarea"]
        return [(view.label, view.shown) for view in chosen or asked[:4]]


def labelled(place: str, views: Sequence[FieldView]) -> str:
    """A place that is a value of the form, or a cell of its rows, by its label; others in short."""
    name, _, cell = place.partition(" ")
    for view in views:
        if view.name == place:
            return view.label
        if view.name == name and view.rows and (label := _cell_label(view, cell)):
            return f"{view.label} {label}"
    return short_place(place)


def _cell_label(view: FieldView, cell: str) -> str:
    """`2: Unit price` for `2 unit_price`, a cell of a row counted from 1; else empty."""
    number, _, key = cell.partition(" ")
    name = f"{view.name}-{int(number) - 1}-{key}" if number.isdecimal() else ""
    labels = (one.label for row in view.rows for one in row if one.name == name)
    return next((f"{number}: {label}" for label in labels), "")


def shown(
    item_id: UUID,
    *,
    actor: Actor,
    errors: dict[str, Any] | None = None,
    sent: dict[str, Any] | None = None,
) -> Shown:
    """Gather it. `sent` and `errors`: what somebody typed that could not be taken."""
    item = queries.item(item_id)
    offered = service(item.service_key)
    work_type = offered.work_type(item.type_key)
    documents = queries.documents(item.id, results=False)
    entries = audit.history(subject_type="work_item", subject_id=item.id, limit=100)
    second = second_look(item, actor=actor)
    hidden = second is not None and second.is_wanted and second.may_enter
    open_to_change = item.status in (WorkStatus.IN_PROGRESS, WorkStatus.WAITING)
    return Shown(
        item=item,
        number=index.number_of(item),
        service=offered,
        work_type=work_type,
        checklist=shown_steps(item, actor=actor),
        budget=minutes(item),
        findings=queries.findings(item.id),
        documents=documents,
        results=queries.results(item),
        previews=previews_of(documents),
        messages=conversation.of_subject(item.id, with_internal=True),
        mails=shown_mails(item.id),
        asked=document_queries.of_item(item.id),
        time=time_queries.of_item(item.id, account_id=actor.id),
        history=history_lines(entries),
        clocks=explaining.clocks(item.id, metrics=tuple(Metric)),
        payload=form_fields(work_type.form, values=item.payload),
        values=form_fields(
            work_type.values,
            values=item.values if sent is None else sent,
            errors=errors,
            proposed=item.proposed,
        )
        if work_type.values and not hidden
        else [],
        second=second,
        mine=item.assignee_id == actor.id,
        may_review=item.status is WorkStatus.REVIEW
        and actor.may(Permission.WORK_REVIEW)
        and may_review(actor.id, workers=index.workers_of(item.id)),
        how_far=queries.how_far_checked(item) or queries.how_far_booked(item),
        may_release=item.assignee_id is not None
        and item.status in RELEASABLE
        and (item.assignee_id == actor.id or actor.may(Permission.WORK_ASSIGN))
        and actor.may(Permission.WORK_PERFORM),
        workable=open_to_change and item.assignee_id == actor.id,
    )
