"""From the invitation to the first look: what a person with a post that waits meets at the doors."""

from typing import Any
from uuid import uuid4

from httpx import AsyncClient, Response

from organisation.grants import GrantDecided, ProvinceConfirms
from tests.admin.seat import TABLES, signed_in, submit
from tests.door import Door
from tests.organisation.granting import REASON, confirm, give, refuse
from tests.organisation.test_grants import PREFECTURE, PROVINCE
from tests.world import PASSWORD

BUREAU = "香格里拉市司法局"


async def invited(door: Door, login: str, role: str, *, by: str = "xgll.admin", office: str = BUREAU) -> str:
    """Named by the system administrator; the invitation is accepted. Returns what the administrator read."""
    async with signed_in(door, by) as admin:
        answer = await submit(admin, "invite-person", name="和秀英", office=office, role=role, login=login)
    assert answer.status_code == 200, answer.text
    said: str = answer.json()["custom_form_success"]
    link = said[said.index("/invitations/") :].split()[0]
    async with door.client() as somebody:
        page = (await somebody.get(link)).text
        token = page.split('name="_csrf_token" value="')[1].split('"')[0]
        given = {"_csrf_token": token, "password": PASSWORD, "again": PASSWORD}
        accepted = await somebody.post(link, data=given)
        assert accepted.status_code == 303, accepted.text
    return said


async def entered(door: Door, login: str) -> Response:
    async with door.client() as somebody:
        return await somebody.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})


async def waiting(door: Door, by: str, person: str = "和秀英") -> list[dict[str, Any]]:
    async with await door.program(by) as admin:
        answer = await admin.get("/api/v1/grants")
    assert answer.status_code == 200, answer.text
    return [one for one in answer.json() if one["person"] == person]


async def statuses(client: AsyncClient) -> list[int]:
    return [(await client.get(f"/api/v1{path}")).status_code for path in ("/cases", "/grants", "/audit", "/tokens")]


async def test_an_invitation_used_before_the_confirmation_opens_nothing(door: Door) -> None:
    said = await invited(door, "he.cashier", "出纳")
    assert said.endswith("岗位待安全管理员确认，确认前没有任何权限")
    begun = await entered(door, "he.cashier")
    assert begun.status_code == 201 and begun.json()["posts"] == []
    async with door.bearing(begun.json()["token"]) as person:
        assert (await person.get("/api/v1/me")).json()["post_id"] is None
        assert await statuses(person) == [403, 403, 403, 403]
        (grant,) = [one for one in await waiting(door, PREFECTURE) if one["role"] == "cashier"]
        choice = {"post_id": grant["post_id"]}
        assert (await person.put("/api/v1/sessions/current/post", json=choice)).status_code == 403
        async with await door.program(PREFECTURE) as admin:
            assert (await admin.post(f"/api/v1/grants/{grant['post_id']}/confirm")).status_code == 204
        assert (await person.put("/api/v1/sessions/current/post", json=choice)).status_code == 200
        assert (await statuses(person))[0] == 200
    assert [post["role"] for post in (await entered(door, "he.cashier")).json()["posts"]] == ["cashier"]


async def test_a_supervisor_enrols_a_second_factor_once_the_post_is_confirmed(door: Door) -> None:
    office = str(await door.world.office("diqing.supervisor"))
    await invited(door, "he.supervisor", "州市督导员", by="diqing.admin", office=office)
    begun = await entered(door, "he.supervisor")
    assert begun.status_code == 201 and begun.json()["posts"] == []
    (grant,) = [one for one in await waiting(door, PREFECTURE) if one["role"] == "supervisor_f"]
    async with await door.program(PREFECTURE) as admin:
        assert (await admin.post(f"/api/v1/grants/{grant['post_id']}/confirm")).status_code == 204
    async with door.bearing(begun.json()["token"]) as person:
        chosen = await person.put("/api/v1/sessions/current/post", json={"post_id": grant["post_id"]})
        assert (chosen.status_code, chosen.json()["code"]) == (403, "second_factor_required")
        assert await statuses(person) == [403, 403, 403, 403]
    again = await entered(door, "he.supervisor")
    assert again.status_code == 202 and again.json()["second_factor"] == "enrol"


async def test_the_giver_reads_the_state_in_the_register_of_posts(door: Door) -> None:
    world = door.world
    posts = [await give(world, "xgll.admin", "auditor", "xgll.auditor") for _ in range(3)]
    await confirm(world, PREFECTURE, posts[1])
    await refuse(world, PREFECTURE, posts[2])
    async with signed_in(door, "xgll.admin") as admin:
        rows = [(await admin.get(f"{TABLES}subtree_posts/{post.id}/")).json() for post in posts]
    assert [row["state"] for row in rows] == ["waiting", "in_force", "unconfirmed"]
    assert [row["since"] is None for row in rows] == [True, False, True]
    assert [row["reason"] for row in rows] == [None, None, REASON]


async def test_a_stranger_finds_no_grant_and_who_may_not_confirm_is_refused(door: Door) -> None:
    beside = await give(door.world, "yunnan.admin", "lgo_director", "gongshan.director")
    async with await door.program(PREFECTURE) as stranger:
        listed = await stranger.get("/api/v1/grants")
        assert str(beside.id) not in listed.text
        for path, form in (("confirm", None), ("refuse", {"reason": REASON})):
            for post in (beside.id, uuid4()):
                assert (await stranger.post(f"/api/v1/grants/{post}/{path}", json=form)).status_code == 404
    for login in ("yunnan.admin", "yunnan.audit", "gongshan.director", "yunnan.supervisor"):
        async with await door.program(login, "lgo_director" if login == "gongshan.director" else None) as member:
            refused = await member.get("/api/v1/grants")
            assert refused.status_code == 403 and str(beside.id) not in refused.text
            answer = await member.post(f"/api/v1/grants/{beside.id}/confirm")
            assert answer.status_code == 403
            answer = await member.post(f"/api/v1/grants/{beside.id}/refuse", json={"reason": REASON})
            assert answer.status_code == 403
    async with door.client() as nobody:
        assert (await nobody.get("/api/v1/grants")).status_code == 401
        assert (await nobody.post(f"/api/v1/grants/{beside.id}/confirm")).status_code in (401, 403)


async def test_each_refusal_has_its_name_and_its_field(door: Door) -> None:
    post = await give(door.world, "diqing.admin", "secadmin", "diqing.security")
    async with await door.program(PREFECTURE) as admin:
        answer = await admin.post(f"/api/v1/grants/{post.id}/confirm")
        assert (answer.status_code, answer.json()["code"]) == (403, ProvinceConfirms.code)
    async with await door.program(PROVINCE, language="en") as admin:
        for reason in ("", "  \n  ", "no", "x" * 201):
            answer = await admin.post(f"/api/v1/grants/{post.id}/refuse", json={"reason": reason})
            assert answer.status_code == 422, answer.text
            assert [error["field"] for error in answer.json()["errors"]] == ["reason"]
        assert (await admin.post(f"/api/v1/grants/{post.id}/refuse", json={"reason": REASON})).status_code == 204
        answer = await admin.post(f"/api/v1/grants/{post.id}/confirm")
        assert (answer.status_code, answer.json()["code"]) == (409, GrantDecided.code)
        assert answer.json()["detail"].startswith("This post does not wait")


async def test_a_programs_token_neither_lists_nor_confirms(door: Door) -> None:
    post = await give(door.world, "xgll.admin", "payer_decider", "xgll.payer")
    end = (door.world.clock.now()).date().replace(day=28).isoformat()
    async with await door.program(PREFECTURE) as admin:
        wanted = {"name": "对账", "scopes": ["read", "act"], "ends_on": end}
        made = await admin.post("/api/v1/tokens", json=wanted)
        assert made.status_code == 201, made.text
    async with door.bearing(made.json()["token"]) as program:
        assert (await program.get("/api/v1/grants")).status_code == 403
        assert (await program.post(f"/api/v1/grants/{post.id}/confirm")).status_code == 403
