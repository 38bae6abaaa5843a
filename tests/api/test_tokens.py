"""Tokens of programs: one post, some scopes, an end; shown once, and dead at once when anything they stand on ends."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from httpx import AsyncClient, Response
from sqlalchemy import select, text, update

from api.openapi import document
from api.routes import endpoints
from foundation.audit import AuditRow
from foundation.clock import local_date
from foundation.ids import new_id
from organisation.invitations import disable_account, enable_account
from server.catalogue import catalogue
from tenants.accounts import Account, SignIn
from tenants.models import Office, Person, Post
from tenants.sessions import hashed
from tenants.tokens import MOST, Token
from tests.door import Door
from tests.people import registration
from tests.world import World


async def newcomer(world: World, role: str = "window_clerk", beside: str = "jiantang.clerk") -> str:
    """The login of a person of this test's own, in a post beside somebody known."""
    office = (await world.subject(beside)).office_id
    now = world.clock.now() - timedelta(days=1)
    login = f"p{uuid4().hex[:12]}"
    async with world.owner() as session:
        known = (await session.execute(text("select password_hash from accounts where login = 'jiantang.clerk'"))).one()
        person = Person(id=new_id(now), name="和丽江")
        session.add(person)
        await session.flush()
        session.add(Account(id=new_id(now), person_id=person.id, login=login, password_hash=known[0]))
        session.add(Post(id=new_id(now), person_id=person.id, office_id=office, role=role, since=now))
    return login


def wish(door: Door, **other: Any) -> dict[str, Any]:
    last = local_date(door.world.clock.now()) + timedelta(days=30)
    return {"name": "统计程序", "scopes": ["read"], "ends_on": last.isoformat(), **other}


async def made(door: Door, login: str, **other: Any) -> tuple[str, str]:
    """(id, token) of a new token of that person."""
    async with await door.program(login) as person:
        answer = await person.post("/api/v1/tokens", json=wish(door, **other))
    assert answer.status_code == 201, answer.text
    return answer.json()["made"]["id"], answer.json()["token"]


async def asked(door: Door, token: str, address: str = "/api/v1/cases") -> Response:
    async with door.bearing(token) as program:
        return await program.get(address)


async def test_a_token_is_shown_once_and_stored_hashed(door: Door) -> None:
    token_id, token = await made(door, "jiantang.clerk")
    assert token.startswith("tj_") and len(token) > 40
    async with await door.program("jiantang.clerk") as clerk:
        listed = await clerk.get("/api/v1/tokens")
    assert token not in listed.text
    (mine,) = [one for one in listed.json() if one["id"] == token_id]
    assert (mine["name"], mine["scopes"], mine["revoked_at"]) == ("统计程序", ["read"], None)
    assert mine["ends_on"] == wish(door)["ends_on"]
    async with door.world.owner() as session:
        stored = await session.scalar(text("select token_hash::text from tokens where id = :id"), {"id": token_id})
    assert len(stored) == 66 and token not in stored


async def test_a_program_acts_as_its_person_in_its_post(door: Door) -> None:
    _, token = await made(door, "xgll.director", scopes=["read", "act"])
    told = (await asked(door, token, "/api/v1/me")).json()
    subject = await door.world.subject("xgll.director")
    assert told["person_id"] == str(subject.person_id)
    assert told["post_id"] == str(subject.post_id)
    assert [post["role"] for post in told["posts"]] == ["wr_director"]
    assert told["scopes"] == ["act", "read"]


async def test_what_a_program_did_names_its_token_in_the_audit(door: Door) -> None:
    token_id, token = await made(door, "jiantang.clerk", scopes=["act"])
    async with door.bearing(token) as program:
        registered = await program.post("/api/v1/cases", json=await registration(door.world))
    assert registered.status_code == 201, registered.text
    case = registered.json()["case"]["id"] if "case" in registered.json() else registered.json()["id"]
    async with door.world.owner() as session:
        links = await session.scalars(select(AuditRow).where(AuditRow.object_id == case))
        assert {link.detail.get("token") for link in links} == {token_id}


async def test_making_and_revoking_stand_in_the_audit(door: Door) -> None:
    token_id, _ = await made(door, "jiantang.clerk")
    async with await door.program("jiantang.clerk") as clerk:
        for _ in range(2):
            assert (await clerk.delete(f"/api/v1/tokens/{token_id}")).status_code == 204
    async with door.world.owner() as session:
        links = await session.scalars(select(AuditRow).where(AuditRow.object_id == token_id).order_by(AuditRow.seq))
        assert [link.action for link in links] == ["account:make_token", "account:revoke_token"]


SCOPES = [
    ("read", "POST", "/api/v1/cases"),
    ("read", "POST", "/api/v1/cases/{}/acts/write-note"),
    ("act", "GET", "/api/v1/cases"),
    ("act", "POST", "/api/v1/cases/{}/acts/propose-settlement"),
    ("read", "GET", "/api/v1/cases/{}/files/{}"),
    ("act", "POST", "/api/v1/cases/{}/files"),
    ("money", "POST", "/api/v1/cases/{}/acts/write-note"),
]


@pytest.mark.parametrize(("scope", "method", "address"), SCOPES)
async def test_outside_of_its_scopes_a_token_is_refused_by_name(
    door: Door, scope: str, method: str, address: str
) -> None:
    _, token = await made(door, "jiantang.clerk", scopes=[scope])
    async with door.bearing(token) as program:
        refused = await program.request(method, address.format(uuid4(), uuid4()))
    assert (refused.status_code, refused.json()["code"]) == (403, "scope_missing")


async def test_every_act_needs_a_scope_and_money_its_own(door: Door) -> None:
    _, token = await made(door, "jiantang.clerk", scopes=["money"])
    async with door.bearing(token) as program:
        for act in ("propose-settlement", "record-fee", "approve-travel"):
            answer = await program.post(f"/api/v1/cases/{uuid4()}/acts/{act}", json={})
            assert answer.json()["code"] != "scope_missing", act


@pytest.mark.parametrize("token", ["tj_", "tj_" + "x" * 43, "tj_汉", "tj_' or 1=1 --"])
async def test_a_forged_token_is_nobody(door: Door, token: str) -> None:
    async with door.client(headers={"Authorization": b"Bearer " + token.encode()}) as program:
        assert (await program.get("/api/v1/cases")).status_code == 401
        assert (await program.get("/api/v1/me")).status_code == 401


async def test_a_token_counts_in_the_header_alone(door: Door) -> None:
    _, token = await made(door, "jiantang.clerk")
    async with door.client() as program:
        for name in ("access_token", "token"):
            assert (await program.get("/api/v1/cases", params={name: token})).status_code in (401, 422)
    async with door.client(cookies={"tiaojie_session": token}) as browser:
        assert (await browser.get("/api/v1/cases")).status_code == 401
    async with door.client(headers={"Authorization": token}) as bare:
        assert (await bare.get("/api/v1/cases")).status_code == 401
    async with door.client(headers={"Authorization": f"Bearer {token}"}) as page:
        assert (await page.get("/desk")).headers["location"].startswith("/sign-in")


async def disable(world: World, login: str) -> None:
    async with world.owner() as session:
        await session.execute(update(Account).where(Account.login == login).values(disabled_at=world.clock.now()))


async def end_post(world: World, login: str) -> None:
    person = select(Account.person_id).where(Account.login == login).scalar_subquery()
    async with world.owner() as session:
        await session.execute(update(Post).where(Post.person_id == person).values(until=world.clock.now()))


async def pass_a_month(world: World, login: str) -> None:
    world.clock.advance(days=31)


@pytest.mark.parametrize("end", [disable, end_post, pass_a_month])
async def test_a_token_ends_with_its_account_its_post_and_its_term(
    door: Door, end: Callable[[World, str], Awaitable[None]]
) -> None:
    login = await newcomer(door.world)
    _, token = await made(door, login)
    assert (await asked(door, token)).status_code == 200
    await end(door.world, login)
    assert (await asked(door, token)).status_code == 401


async def test_opening_a_disabled_account_again_brings_no_token_back(door: Door) -> None:
    login = await newcomer(door.world)
    _, token = await made(door, login)
    for verb in (disable_account, enable_account):
        async with door.world.as_("xgll.admin") as (session, admin):
            await verb(session, admin, login)
    assert (await asked(door, token)).status_code == 401


async def test_a_token_ends_with_its_office(door: Door) -> None:
    _, token = await made(door, "jiantang.clerk")
    office = await door.world.office("jiantang.clerk")
    async with door.world.owner() as session:
        (await session.get_one(Office, office)).valid_to = local_date(door.world.clock.now())
    try:
        refused = await asked(door, token)
    finally:
        async with door.world.owner() as session:
            (await session.get_one(Office, office)).valid_to = None
    assert refused.status_code == 401


async def test_a_revoked_token_is_refused_at_once(door: Door) -> None:
    token_id, token = await made(door, "jiantang.clerk")
    assert (await asked(door, token)).status_code == 200
    async with await door.program("jiantang.clerk") as clerk:
        await clerk.delete(f"/api/v1/tokens/{token_id}")
    assert (await asked(door, token)).status_code == 401


async def test_a_token_never_acts_in_another_post_of_its_person(door: Door) -> None:
    _, token = await made(door, await two_posts(door))
    async with door.bearing(token) as program:
        posts = (await program.get("/api/v1/me")).json()["posts"]
        assert [post["role"] for post in posts] == ["window_clerk"]
        refused = await program.put("/api/v1/sessions/current/post", json={"post_id": posts[0]["id"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "session_required")


async def two_posts(door: Door) -> str:
    """A person whose session acts in the first of two posts."""
    login = await newcomer(door.world)
    await door.token(login)
    async with door.world.owner() as session:
        first = (await session.scalars(select(Post).join(Account, Account.person_id == Post.person_id)
                                       .where(Account.login == login))).one()  # fmt: skip
        session.add(Post(id=new_id(door.world.clock.now()), person_id=first.person_id, office_id=first.office_id,
                         role="sfs_head", since=first.since))  # fmt: skip
    return login


async def test_a_post_that_asks_for_a_second_factor_gives_no_token_without_one(door: Door) -> None:
    """A session that has not shown one acts in no such post, however it came by it."""
    login = await newcomer(door.world, role="supervisor_f", beside="diqing.supervisor")
    now = door.world.clock.now()
    token = f"weak-{login}"
    async with door.world.owner() as session:
        account = (await session.scalars(select(Account).where(Account.login == login))).one()
        post = await session.scalar(select(Post.id).where(Post.person_id == account.person_id))
        begun = SignIn(token_hash=hashed(token), account_id=account.id, post_id=post, began_at=now, seen_at=now,
                       ends_at=now + timedelta(hours=1))  # fmt: skip
        session.add(begun)
    async with door.bearing(token) as weak:
        refused = await weak.post("/api/v1/tokens", json=wish(door))
    assert (refused.status_code, refused.json()["code"]) == (403, "post_not_chosen")


def test_every_operation_but_those_of_the_account_tells_its_scope() -> None:
    operations = [one for path in document(endpoints(catalogue()), "zh")["paths"].values() for one in path.values()]
    told = {one["operationId"]: one["x-token-scope"] for one in operations if "x-token-scope" in one}
    assert told["listCases"] == "read" and told["registerCase"] == "act"
    assert told["uploadFile"] == told["downloadFile"] == "files"
    assert {act for act, scope in told.items() if scope == "money"} == {
        "recordFee", "approveFee", "payFee", "recordRefund", "findResponsibility", "recordUndertaking",
        "proposeSettlement", "reviewSettlement", "appealSettlement", "answerAppeal", "approveSettlement",
        "paySettlement", "linkSameMatter", "unlinkSameMatter", "requestTravel", "approveTravel",
        "remindPayer", "recordBillDispute", "answerBillDispute", "takeBackReceipt",
    }  # fmt: skip
    assert {one["operationId"] for one in operations} - told.keys() >= {"makeToken", "beginSession", "endAllSessions"}


async def calls_of_account_matters(program: AsyncClient, body: dict[str, Any]) -> list[Response]:
    return [
        await program.post("/api/v1/tokens", json=body),
        await program.get("/api/v1/tokens"),
        await program.get("/api/v1/tokens/below"),
        await program.delete(f"/api/v1/tokens/{uuid4()}"),
        await program.delete(f"/api/v1/tokens/below/{uuid4()}"),
        await program.delete("/api/v1/sessions/current"),
        await program.delete("/api/v1/sessions"),
    ]


async def test_a_token_manages_neither_tokens_nor_sessions(door: Door) -> None:
    _, token = await made(door, "jiantang.clerk", scopes=["read", "act", "files", "money"])
    async with door.bearing(token) as program:
        answers = await calls_of_account_matters(program, wish(door))
    assert {(one.status_code, one.json()["code"]) for one in answers} == {(403, "session_required")}


@pytest.mark.parametrize(
    ("broken", "field", "rule"),
    [
        ({"ends_on": "2020-01-01"}, "ends_on", "in_past"),
        ({"ends_on": "2036-01-01"}, "ends_on", "too_late"),
        ({"ends_on": None}, "ends_on", "required"),
        ({"scopes": []}, "scopes", "too_short"),
        ({"scopes": ["everything"]}, "scopes", "not_a_choice"),
        ({"name": ""}, "name", "required"),
        ({"name": "长" * 41}, "name", "too_long"),
    ],
)
async def test_a_token_without_end_scope_or_name_is_refused_at_the_field(
    door: Door, broken: dict[str, Any], field: str, rule: str
) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        refused = await clerk.post("/api/v1/tokens", json=wish(door, **broken))
    assert refused.status_code == 422
    assert [(one["field"], one["rule"]) for one in refused.json()["errors"]] == [(field, rule)]


async def test_nobody_keeps_more_than_twenty_made_at_once_or_not(door: Door) -> None:
    login = await newcomer(door.world)
    async with await door.program(login) as person:
        answers = await asyncio.gather(*(person.post("/api/v1/tokens", json=wish(door)) for _ in range(MOST + 2)))
    assert sorted(answer.status_code for answer in answers) == [201] * MOST + [409, 409]
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"too_many_tokens"}


async def test_the_last_use_is_noted_to_the_minute(door: Door) -> None:
    token_id, token = await made(door, "jiantang.clerk")
    first = door.world.clock.now()
    await asked(door, token)
    door.world.clock.advance(seconds=30)
    await asked(door, token)
    assert await last_used(door.world, token_id) == first
    door.world.clock.advance(seconds=31)
    await asked(door, token)
    assert await last_used(door.world, token_id) == door.world.clock.now()


async def last_used(world: World, token_id: str) -> Any:
    async with world.owner() as session:
        return await session.scalar(select(Token.last_used_at).where(Token.id == token_id))


async def test_the_administrator_above_sees_a_token_without_its_secret_and_ends_it(door: Door) -> None:
    token_id, token = await made(door, "jiantang.clerk")
    async with await door.program("xgll.admin") as admin:
        listed = await admin.get("/api/v1/tokens/below")
        assert token_id in {one["id"] for one in listed.json()} and token not in listed.text
        assert (await admin.delete(f"/api/v1/tokens/below/{token_id}")).status_code == 204
    assert (await asked(door, token)).status_code == 401


async def test_nobody_else_sees_or_ends_it(door: Door) -> None:
    token_id, token = await made(door, "jiantang.clerk")
    async with await door.program("jiantang.head") as head:
        assert token_id not in (await head.get("/api/v1/tokens")).text
        assert (await head.delete(f"/api/v1/tokens/{token_id}")).status_code == 404
        assert (await head.get("/api/v1/tokens/below")).status_code == 403
        assert (await head.delete(f"/api/v1/tokens/below/{token_id}")).status_code == 403
    assert (await asked(door, token)).status_code == 200


async def test_an_administrator_elsewhere_finds_nothing(door: Door) -> None:
    """A county's administrator has no hand on a token of the prefecture above it."""
    token_id, token = await made(door, await newcomer(door.world, "intake", beside="diqing.director"))
    async with await door.program("xgll.admin") as admin:
        assert token_id not in (await admin.get("/api/v1/tokens/below")).text
        assert (await admin.delete(f"/api/v1/tokens/below/{token_id}")).status_code == 404
    assert (await asked(door, token)).status_code == 200


async def test_the_application_can_not_read_a_tokens_hash(door: Door) -> None:
    async with door.world.as_("jiantang.clerk") as (session, _):
        readable = await session.scalar(text("select has_column_privilege('tokens', 'token_hash', 'select')"))
        assert readable is False
