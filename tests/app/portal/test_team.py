"""The client's team and tokens, and who may not touch them."""

import re
from threading import Barrier, Thread

import pytest
from flask import Flask

from app.identity import queries, tokens
from app.identity.permissions import ClientRole
from app.kernel.actor import Side
from tenants.context import TenantRef
from tests.factories.people import TestPerson, a_person, an_address, signed_in


@pytest.fixture
def firm(app: Flask) -> TenantRef:
    """A client of this test's own: who is the last admin must not depend on other tests."""
    import secrets

    from app.kernel.clock import now
    from tenants import opening

    word = "".join(secrets.choice("abcdefgh") for _ in range(8))
    settings = app.config["SETTINGS"]
    return opening.open_client(
        settings.database_direct_url, slug=word, name=f"Firm {word}", code=word.upper(), at=now()
    )


@pytest.fixture
def admin(app: Flask, firm: TenantRef) -> TestPerson:
    return a_person(app, name="Frau Admin", member_of={firm: ClientRole.CLIENT_ADMIN})


def member_id(app: Flask, client: TenantRef, person: TestPerson) -> str:
    with app.app_context():
        found = [m.id for m in queries.members(client.id) if m.email == person.email]
        return str(found[0])


def test_only_members_see_the_team(
    app: Flask, firm: TenantRef, acme: TenantRef, admin: TestPerson
) -> None:
    stranger = signed_in(app, a_person(app, member_of={acme: ClientRole.CLIENT_ADMIN}))
    assert stranger.get(f"/p/{firm.slug}/team").status_code == 404
    assert stranger.get("/p/nobody/team").status_code == 404
    requester = signed_in(app, a_person(app, member_of={firm: ClientRole.REQUESTER}))
    assert requester.get(f"/p/{firm.slug}/team").status_code == 403
    assert "Frau Admin" in signed_in(app, admin).get(f"/p/{firm.slug}/team").text


def test_inviting(app: Flask, firm: TenantRef, admin: TestPerson) -> None:
    browser = signed_in(app, admin)
    team = f"/p/{firm.slug}/team"
    bad = browser.post(f"{team}/invite", {"email": "nobody", "role": "requester"})
    assert bad.status_code == 422
    assert "This is not a mail address." in bad.text
    known = a_person(app, name="Known Elsewhere")
    assert (
        browser.post(f"{team}/invite", {"email": known.email, "role": "approver"}).status_code
        == 303
    )
    page = browser.get(team).text
    assert known.email in page
    assert "Known Elsewhere" not in page  # not before the person accepts
    assert (
        browser.post(f"{team}/invite", {"email": an_address(), "role": "boss"}).status_code == 422
    )
    again = browser.post(f"{team}/invite", {"email": admin.email, "role": "approver"})
    assert again.status_code == 409


def test_roles_and_removing(app: Flask, firm: TenantRef, admin: TestPerson) -> None:
    browser = signed_in(app, admin)
    team = f"/p/{firm.slug}/team"
    other = a_person(app, member_of={firm: ClientRole.REQUESTER})
    theirs = signed_in(app, other)
    mine, others = (member_id(app, firm, person) for person in (admin, other))
    assert browser.post(f"{team}/{mine}/role", {"role": "requester"}).status_code == 409
    assert browser.post(f"{team}/{mine}/remove").status_code == 409
    assert browser.post(f"{team}/{others}/role", {"role": "client_admin"}).status_code == 303
    assert theirs.get(team).status_code == 200
    assert browser.post(f"{team}/{mine}/role", {"role": "requester"}).status_code == 303
    assert browser.post(f"{team}/{others}/remove").status_code == 403
    assert theirs.post(f"{team}/{mine}/remove").status_code == 303
    assert browser.get(team).status_code == 404


def test_another_client_s_people_are_not_there(
    app: Flask, firm: TenantRef, acme: TenantRef, admin: TestPerson
) -> None:
    browser = signed_in(app, admin)
    victim = a_person(app, member_of={acme: ClientRole.REQUESTER})
    theirs = member_id(app, acme, victim)
    assert browser.post(f"/p/{firm.slug}/team/{theirs}/remove").status_code == 404
    assert (
        browser.post(f"/p/{firm.slug}/team/{theirs}/role", {"role": "approver"}).status_code == 404
    )
    assert browser.post(f"/p/acme/team/{theirs}/remove").status_code == 404
    assert member_id(app, acme, victim) == theirs


def test_two_admins_at_once_do_not_both_leave(
    app: Flask, firm: TenantRef, admin: TestPerson
) -> None:
    second = a_person(app, member_of={firm: ClientRole.CLIENT_ADMIN})
    people = [admin, second]
    browsers = [signed_in(app, person) for person in people]
    words = [browser.csrf() for browser in browsers]
    paths = [
        f"/p/{firm.slug}/team/{member_id(app, firm, other)}/remove" for other in reversed(people)
    ]
    start, statuses = Barrier(2), []

    def press(at: int) -> None:
        start.wait()
        answer = browsers[at].http.post(
            paths[at], data={"csrf_token": words[at]}, base_url=browsers[at].base_url
        )
        statuses.append(answer.status_code)

    threads = [Thread(target=press, args=(at,)) for at in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses.count(303) == 1, statuses
    with app.app_context():
        assert len(queries.members(firm.id)) == 1


def test_tokens(app: Flask, firm: TenantRef, acme: TenantRef, admin: TestPerson) -> None:
    browser = signed_in(app, admin)
    path = f"/p/{firm.slug}/team/tokens"
    assert browser.post(path, {"name": "ERP", "scopes": "everything"}).status_code == 422
    made = browser.post(path, {"name": "ERP", "scopes": ["work:read", "work:write"]})
    found = re.search(r"kontor_[0-9a-f]{32}_[0-9A-Za-z]{46}", made.text)
    assert found is not None
    word = found[0]
    assert word not in browser.get(path).text
    with app.app_context():
        who = tokens.actor_for(word)
        assert who is not None
        actor, client = who
        assert (client.id, actor.side, actor.name) == (firm.id, Side.MACHINE, "ERP")
        assert actor.may("work:order")
        assert not actor.may("people:manage")
        assert tokens.actor_for(word[:-1] + ("0" if word[-1] != "0" else "1")) is None
        forged = tokens._word(actor.id, "x" * 40)  # type: ignore[arg-type]  # noqa: SLF001
        assert tokens.actor_for(forged) is None
        assert tokens.actor_for("") is None
    stranger = signed_in(app, a_person(app, member_of={acme: ClientRole.CLIENT_ADMIN}))
    assert stranger.post(f"/p/acme/team/tokens/{actor.id}/revoke").status_code == 404
    assert browser.post(f"{path}/{actor.id}/revoke").status_code == 303
    with app.app_context():
        assert tokens.actor_for(word) is None
