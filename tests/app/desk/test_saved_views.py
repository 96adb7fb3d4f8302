"""Lists under a name: one's own and the team's, with counts on the left."""

import re

from app.work.actions import handling
from tests.factories.desk_house import House
from tests.factories.portal_visitor import Visitor


def saved(visitor: Visitor, name: str, **arguments: str) -> str:
    answer = visitor.post("/desk/views", data={"name": name, **arguments})
    assert answer.status_code == 303
    return str(answer.location)


def side(page: str) -> str:
    return page.split('id="side-lists"')[1].split("</nav>", maxsplit=1)[0]


def test_a_saved_view_stands_on_the_left_with_its_count(house: House) -> None:
    anna = house.visitor("anna")
    house.request("Quince jam zzs1")
    address = saved(anna, "Quinces", view="open", q="zzs1")
    page = anna.page(address)
    assert "<h1>Quinces</h1>" in page
    found = re.search(r"Quinces</span>\s*<span class=\"count\">(\d+)<", side(page))
    assert found is not None
    assert found[1] == "1"
    assert "Quinces" not in house.visitor("ben").page("/desk/?view=open")


def test_counts_are_polled_and_nothing_new_is_a_304(house: House) -> None:
    anna = house.visitor("anna")
    saved(anna, "Polled", view="open", q="zzs2")
    first = anna.get("/desk/views/side")
    assert "Polled" in first.text
    tag = {"If-None-Match": first.headers["ETag"]}
    assert anna.get("/desk/views/side", headers=tag).status_code == 304
    house.request("One more zzs2")
    assert anna.get("/desk/views/side", headers=tag).status_code == 200


def test_sharing_renaming_removing(house: House) -> None:
    anna, ben, lena = (house.visitor(who) for who in ("anna", "ben", "lena"))
    address = saved(anna, "For us all", view="open", q="zzs3", shared="1")
    view_id = re.search(r"saved=([0-9a-f-]+)", address)
    assert view_id is not None
    one = f"/desk/views/{view_id[1]}"
    assert "For us all" in ben.page("/desk/?view=open")
    assert ben.post(one, data={"name": "Mine now"}).status_code == 403
    anna.post(one, data={"name": "Only mine"})
    assert ben.post(one, data={"name": "Mine now"}).status_code == 404
    assert "Only mine" not in ben.page("/desk/?view=open")
    assert "Only mine" in anna.page("/desk/views")
    anna.post(one, data={"name": "Shared again", "shared": "1"})
    lena.post(f"{one}/remove")
    assert "Shared again" not in anna.page("/desk/views")


def test_a_name_is_needed_and_taken_once(house: House) -> None:
    anna = house.visitor("anna")
    saved(anna, "Twice", view="open", q="zzs4")
    again = anna.post("/desk/views", data={"name": "Twice", "q": "zzs4"}, follow_redirects=True)
    assert "You have a view of this name already." in again.text
    nameless = anna.post("/desk/views", data={"name": " "}, follow_redirects=True)
    assert "Please give it a name." in nameless.text


def test_a_shared_view_shows_only_what_one_may_see(house: House) -> None:
    lena, carl = house.visitor("lena"), house.visitor("carl")
    item_id = house.request("Southern zzs5", client=house.south)
    house.act(handling.take, client=house.south, actor=house.actor("ben"), item_id=item_id)
    saved(lena, "All zzs5", view="open", q="zzs5", shared="1")
    found = re.search(
        r"All zzs5</span>\s*<span class=\"count\">(\d+)<", side(carl.page("/desk/?view=open"))
    )
    assert found is not None
    assert found[1] == "0"
