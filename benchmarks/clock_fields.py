"""Many running clocks: one is opened by the program, the others are copies of its rows."""

from collections.abc import Sequence
from datetime import datetime

from flask import Flask

from app.kernel import clock as time
from app.kernel.actor import SYSTEM
from app.kernel.ids import new_id
from app.sla import actions, agreeing, holidays
from app.sla.rules.agreement import agreement
from tenants import opening
from tenants.context import TenantRef
from tenants.db import transaction
from tenants.driver import connect
from tenants.scope import tenant_scope

STATES = ("BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST")
AGREED = agreement(
    {
        "metrics": {"resolution": {"target": {"hours": 16}}},
        "thresholds": [75, 90, 100, {"percent": 150, "tell": ["admin"]}],
        "quiet_hours": {"from": "20:00", "to": "07:00"},
    }
)
# Copies 1 to n of a client's only subject: its event, its clock, its timer.
_EVENTS = """
insert into {schema}.sla_event ({columns})
select {values} from {schema}.sla_event e, generate_series(1, {copies}) n
where e.subject_id = '{subject}'
"""
_CLOCKS = """
insert into {schema}.sla_clock ({columns})
select {values} from {schema}.sla_clock c, generate_series(1, {copies}) n
where c.subject_id = '{subject}'
"""
_TIMERS = """
insert into provider.sla_timer (tenant_id, clock_id, next_alert_at, due_version, failures)
select {tenant_id}, id, '{at}', due_version, 0 from {schema}.sla_clock
on conflict (tenant_id, clock_id) do update set next_alert_at = excluded.next_alert_at
"""
_FILL = """
insert into provider.sla_timer (tenant_id, clock_id, next_alert_at, due_version, failures)
select {first} + n % {clients}, gen_random_uuid(),
       now() + interval '1 hour' + n::bigint * 7919 % 2000000 * interval '1 second', 1, 0
from generate_series(1, {rows}) n
"""


def open_clients(owner_url: str, *, count: int, at: datetime) -> None:
    """Real clients, `clock-0` and on."""
    with connect(owner_url, autocommit=True) as connection:
        for number in range(count):
            with connection.transaction():
                opening.open_client_on(
                    connection, slug=f"clock-{number}", code=_code(number), name="x", at=at
                )


def _code(number: int) -> str:
    letters = ""
    for _ in range(4):
        number, digit = divmod(number, 26)
        letters += chr(ord("A") + digit)
    return f"ZCLK{letters}"


def agree(app: Flask, client: TenantRef, *, number: int, at: datetime) -> None:
    """A calendar of one of the German states and a policy."""
    years = range(at.year - 1, at.year + 3)
    hours = holidays.office_hours(country="DE", state=STATES[number % len(STATES)], years=years)
    with app.app_context(), time.freeze(at), transaction():
        agreeing.set_calendar(actor=SYSTEM, tenant_id=client.id, definition=hours)
        agreeing.set_policy(actor=SYSTEM, tenant_id=client.id, agreement=AGREED)


def open_clocks(app: Flask, owner_url: str, client: TenantRef, *, count: int, at: datetime) -> None:
    """So many running clocks of one client, opened at that time."""
    subject = new_id()
    with app.app_context(), time.freeze(at), tenant_scope(client), transaction():
        actions.open_clocks(
            subject_id=subject,
            service_key="general_request",
            type_key="request",
            priority=1,
            opened_at=at,
        )
    copied = f"md5('{subject}' || n)::uuid"
    with connect(owner_url) as connection:
        for statement, table, own in (
            (_EVENTS, "sla_event", {"id": "gen_random_uuid()", "subject_id": copied}),
            (_CLOCKS, "sla_clock", {"id": "gen_random_uuid()", "subject_id": copied}),
        ):
            rows = connection.execute(
                "select column_name from information_schema.columns"
                " where table_schema = %s and table_name = %s",
                (client.schema, table),
            )
            columns = [row[0] for row in rows]
            values = [own.get(name, f'"{name}"') for name in columns]
            filled = statement.format(
                schema=client.schema,
                columns=", ".join(columns),
                values=", ".join(values),
                copies=count - 1,
                subject=subject,
            )
            connection.execute(filled.encode())


def arm(owner_url: str, clients: Sequence[TenantRef], *, at: datetime) -> None:
    """Every clock of these clients wants to be looked at then."""
    with connect(owner_url) as connection:
        for client in clients:
            statement = _TIMERS.format(tenant_id=client.id, schema=client.schema, at=at.isoformat())
            connection.execute(statement.encode())


def fill_timers(owner_url: str, clients: Sequence[TenantRef], *, rows: int) -> None:
    """Timers of clocks that have time: from an hour to some weeks ahead."""
    with connect(owner_url, autocommit=True) as connection:
        statement = _FILL.format(first=clients[0].id, clients=len(clients), rows=rows)
        connection.execute(statement.encode())
        connection.execute("vacuum analyze provider.sla_timer")
