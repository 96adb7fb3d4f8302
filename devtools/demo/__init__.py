"""A provider with six people, five clients and some seventy pieces of work of the last months.

Everything is done through the program's own actions, with the clock set to when it would have
happened, so that numbers, promises, audit and ledger are what the program itself makes of it.
"""

from flask import Flask

from app.kernel.actor import Actor
from app.kernel.clock import now
from devtools.demo import (
    background,
    billing,
    clients,
    collecting,
    hours,
    late_payer,
    letters,
    mails,
    papers,
    people,
    recurrences,
    rooms,
    scenes,
    standards,
    tax_adviser,
    webhooks,
)
from devtools.demo.clients import Client, Place
from tenants import registry


def load(app: Flask) -> str:
    """Fill an empty house; the accounts to sign in with, as text. Nothing if it is filled."""
    with app.app_context():
        if registry.all_refs():
            return ""
        staff = people.hire()
        _live(app, staff)
    places = (*clients.PLACES, late_payer.PLACE)
    return people.describe((place.name, place.members) for place in places)


def _live(app: Flask, staff: dict[str, Actor]) -> None:
    played = {place.slug: _play(app, place, staff) for place in clients.PLACES}
    hours.note([client.ref for client in played.values()], staff)
    hours.price(staff, since=now().date().replace(month=1, day=1))
    billing.bill(played, staff)
    late_payer.play(app, staff)
    refs = {ref.slug: ref for ref in registry.all_refs()}
    collecting.collect(refs)
    tax_adviser.hand_over(staff["paul"])
    letters.come_in(until=now(), lead=staff["lena"])
    standards.keep(refs[mails.OWNER], staff, until=now())
    rooms.staff_up(staff, refs, until=now())
    background.arrange(refs, admin=staff["sabine"])


def _play(app: Flask, place: Place, staff: dict[str, Actor]) -> Client:
    client = clients.open_client(app, place, staff)
    scenes.play(client, place, staff, until=now(), shown=clients.shown_at(place))
    if place.slug == webhooks.OWNER:
        webhooks.set_up(client, until=now())
    if place.slug in recurrences.WORK:
        recurrences.agree(client, staff, until=now())
    if place.slug in rooms.OWNERS:
        rooms.arrange(client, staff, until=now())
    papers.ask(client, staff, until=now())
    if place.slug == mails.OWNER:
        mails.come_back(client, until=now())
    return client
