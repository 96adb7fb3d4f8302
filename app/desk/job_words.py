"""Jobs in words that a lead understands."""

from flask_babel import gettext as _
from flask_babel import ngettext

from app.jobs.alerts import Alert, Matter
from app.jobs.queries import JobRow, View
from app.jobs.rules import CatchUp, JobState


def titles() -> dict[View, str]:
    """The views by the names people use."""
    return {
        View.DEAD: _("Failed for good"),
        View.RUNNING: _("Running jobs"),
        View.WAITING: _("Waiting jobs"),
        View.DELAYED: _("Later jobs"),
        View.HELD: _("Paused jobs"),
        View.GIVEN_UP: _("Given up"),
    }


def state_word(row: JobRow) -> str:
    """A job's state as a reader says it."""
    if row.delayed:
        return _("tried again later") if row.attempts else _("delayed")
    if row.cancel_requested_at and row.state is JobState.RUNNING:
        return _("stops")
    return {
        JobState.PENDING: _("waits its turn"),
        JobState.ENQUEUED: _("about to start"),
        JobState.RUNNING: _("running"),
        JobState.DONE: _("done"),
        JobState.DEAD: _("failed for good"),
        JobState.CANCELLED: _("given up"),
        JobState.HELD: _("held"),
        JobState.WAITING: _("waits for its parts (%(count)s)", count=row.waits_for),
    }[row.state]


def in_words(row: JobRow) -> str:
    """Why it failed, for somebody who does not read programs."""
    error = row.last_error or ""
    known = {
        "OutOfTime": _("It took longer than it may."),
        "MailUndelivered": _("The mail server does not take mail at the moment."),
        "AddressRefused": _("The mail server refuses this address."),
        "Unreachable": _("The other side could not be reached."),
        "TookTooLong": _("The other side did not answer in time."),
        "OperationalError": _("The database could not be reached."),
        "FileNotFoundError": _("A file is missing in the storage."),
        "UnknownKind": _("This release does not know such a job."),
        "Undecodable": _("What the job was told cannot be read: see its arguments."),
        "NotFound": _("What it should work on is not there any more."),
        "NoResultFound": _("What it should work on is not there any more."),
        "UnknownTenant": _("The client is closed."),
        "The worker died": _("Its process ended in the middle of the work, several times."),
    }
    for beginning, sentence in known.items():
        if error.startswith(beginning):
            return sentence
    return _("Something unexpected went wrong.") if error else ""


def kind_word(kind: str) -> str:
    """What a kind of job does; its technical name where nobody has said it better."""
    known = {
        "messages.send_mail": _("Send a mail"),
        "work.check": _("Check the files of a piece of work"),
        "work.accept_overdue": _("Accept work that nobody answered"),
        "sla.recalculate": _("Recalculate promises"),
        "sla.what_if": _("Try a change of promises on the past"),
        "work.forget_keys": _("Forget the keys of old requests"),
        "jobs.demonstration": _("Show a long job (only in the demo)"),
        "jobs.sweep": _("Remove jobs done long ago"),
        "sla.sweep_notices": _("Put read notices away"),
        "work.tell_of_the_question": _("Tell a client that we have a question"),
        "work.tell_of_the_delivery": _("Tell a client that a result is there"),
        "work.follow_due_times": _("Carry changed due times over to the lists"),
        "work.end_the_pause": _("Go on with work that has waited too long"),
        "webhooks.deliver": _("Deliver a webhook"),
        "webhooks.note_opened": _("Prepare a webhook: work ordered"),
        "webhooks.note_question": _("Prepare a webhook: question asked"),
        "webhooks.note_delivered": _("Prepare a webhook: result delivered"),
        "webhooks.note_accepted": _("Prepare a webhook: work accepted"),
        "webhooks.note_breached": _("Prepare a webhook: promise broken"),
        "billing.record_usage": _("Record what is billed"),
        "billing.issue_month": _("Issue the approved invoices of a month"),
        "billing.look_for_credits": _("Look for broken promises of a billed month"),
        "billing.propose_credits": _("Propose credits for broken promises"),
        "billing.rate_month": _("Draft the invoices of a month"),
        "billing.send_to_the_client": _("Send an invoice to the client"),
        "collecting.apply_event": _("Apply what Stripe has told"),
        "collecting.catch_up": _("Ask Stripe for what it did not tell"),
        "collecting.collect": _("Prepare an invoice for Stripe"),
        "collecting.credit": _("Take an invoice back at Stripe"),
        "collecting.dun": _("Remind of overdue invoices"),
        "collecting.push": _("Bring an invoice to Stripe"),
        "collecting.reconcile": _("Compare our books with Stripe"),
        "collecting.take_back": _("Stop collecting an invoice that was cancelled"),
        "collecting.unlock": _("Open a portal again after payment"),
        "documents.draw": _("Draw the pages of a document"),
        "messages.send_digests": _("Send summaries by mail"),
        "quality.draw_a_sample": _("Decide whether work is checked again"),
        "work.note_export": _("Note for a client that a list was exported"),
        "work.open_periods": _("Open recurring work"),
        "work.write_books": _("Write what was accepted into the client's books"),
        "collecting.paid_outside": _("Tell Stripe that an invoice is paid"),
        "work.read_file": _("Read a file so that it can be found"),
        "work.remind_of_documents": _("Remind a client of missing documents"),
        "work.tell_of_the_document_sent_back": _("Tell a client that a document is wanted again"),
        "work.tell_of_wanted_documents": _("Tell a client that documents are wanted"),
    }
    return known.get(kind, kind)


def catch_up_words() -> dict[CatchUp, str]:
    """What happens to the times of a schedule that were missed."""
    return {
        CatchUp.SKIP: _("left out"),
        CatchUp.ONCE: _("made up for once"),
        CatchUp.ALL: _("all made up for"),
    }


def alert_text(alert: Alert) -> str:
    """What is wrong with the jobs, for the people who look after them."""
    minutes = alert.figure // 60
    return {
        Matter.RELAY: _(
            "Nothing has handed out jobs for %(minutes)s minutes. Nothing is lost; start a relay.",
            minutes=minutes,
        ),
        Matter.REDIS: _("Redis does not answer; jobs wait and run later."),
        Matter.OLDEST: _("A job has been waiting for %(minutes)s minutes.", minutes=minutes),
        Matter.DEAD: ngettext(
            "%(num)s job has failed for good.", "%(num)s jobs have failed for good.", alert.figure
        ),
        Matter.REFUSED: ngettext(
            "%(num)s job in Redis was not written by us and was refused.",
            "%(num)s jobs in Redis were not written by us and were refused.",
            alert.figure,
        ),
    }[alert.matter]
