"""A provider with six people, four clients and some seventy pieces of work of the last months.

Everything is done through the program's own actions, with the clock set to when it would have
happened, so that numbers, promises, audit and ledger are what the program itself makes of it.
"""

from flask import Flask

from app.kernel.clock import now
from devtools.demo import (
    background,
    billing,
    clients,
    collecting,
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
from tenants import registry


def load(app: Flask) -> str:
    """Fill an empty house; the accounts to sign in with, as text. Nothing if it is filled."""
    with app.app_context():
        if registry.all_refs():
            return ""
        staff = people.hire()
        played = {}
        for place in clients.PLACES:
            client = played[place.slug] = clients.open_client(app, place, staff)
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
        billing.bill(played, staff)
        refs = {ref.slug: ref for ref in registry.all_refs()}
        collecting.collect(refs)
        tax_adviser.hand_over(staff["paul"])
        letters.come_in(until=now(), lead=staff["lena"])
        standards.keep(refs[mails.OWNER], staff, until=now())
        rooms.staff_up(staff, refs, until=now())
        background.arrange(refs, admin=staff["sabine"])
    return people.describe((place.name, place.members) for place in clients.PLACES)
