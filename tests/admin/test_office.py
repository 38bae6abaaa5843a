"""The operators' office: its own door, its own scope, every change on record."""

import re

import pytest
from msgspec.structs import replace
from sqlalchemy import text

from admin.engine import ENGINE
from admin.tables import DisputeType
from foundation import cookies
from foundation.store import ScopeMissing
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.roles import ROLE_NAMES
from tenants.sessions import hashed
from tenants.tiers import Tier
from tests.admin.seat import TABLES, signed_in
from tests.door import Door

DAYS = f"{TABLES}subtree_calendar_days/"
UNSEATED = text(
    "insert into sign_ins (token_hash, account_id, began_at, seen_at, ends_at)"
    " values (:hash, :account, :now, :now, cast(:now as timestamptz) + interval '1 hour')"
)


async def test_an_administrator_is_let_in_without_another_sign_in(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        page = await admin.get("/admin/")
        user = (await admin.get("/admin/api/user/")).json()
        tables = (await admin.get("/admin/api/tables/grouped/")).json()
        assets = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text)
        answers = [await admin.get(f"/admin/{asset}") for asset in assets]
    assert page.status_code == 200
    assert [answer.headers["content-type"].partition(";")[0] for answer in answers] == ["text/javascript", "text/css"]
    assert user["username"] == (await door.world.subject("yunnan.admin")).name
    assert tables["grouped"] == {
        "基础数据": [
            "专项行动",
            "纠纷类型字典",
            "法规库",
            "节假日与调休",
            "调委会设立单位",
            "移交设置",
            "本单位规定的环节",
            "期限设置",
            "费用标准",
        ],  # fmt: skip
        "组织与人员": ["账号名册", "机构名册", "人员名册", "岗位名册", "单位名册"],
    }


@pytest.mark.parametrize("login", ["yunnan.director", "yunnan.security", "yunnan.audit", "jiantang.clerk"])
async def test_nobody_else_is_let_in(door: Door, login: str) -> None:
    async with await door.browser(login) as browser:
        for path in ("/admin/", DAYS, "/admin/assets/x.js"):
            assert (await browser.get(path)).status_code == 403, path


async def test_of_all_roles_the_system_administrator_alone_has_the_right(door: Door) -> None:
    """The office asks the gate this one question (its rules are open while the application runs)."""
    admin = await door.world.subject("yunnan.admin")
    admitted = {
        (role, tier)
        for role in ROLE_NAMES
        for tier in Tier
        if gate.may(replace(admin, role=role, tier=tier.value), Action.DICTIONARY_MANAGE, *Relation)
    }
    assert admitted == {("sysadmin", tier) for tier in Tier}


async def test_a_session_in_no_post_is_refused(door: Door) -> None:
    async with door.world.owner() as session:
        account = (await door.world.subject("xgll.admin")).account_id
        await session.execute(UNSEATED, {"hash": hashed("unseated"), "account": account, "now": door.world.clock.now()})
    async with door.client(cookies={cookies.SESSION: "unseated"}) as browser:
        assert (await browser.get(DAYS)).status_code == 403


async def test_a_stranger_is_sent_to_the_platforms_own_sign_in(door: Door) -> None:
    async with door.client() as stranger:
        sent = await stranger.get("/admin/")
        assert (sent.status_code, sent.headers["location"].partition("?")[0]) == (303, "/sign-in")
        stranger.cookies["id"] = "admitted"
        assert (await stranger.get(DAYS)).status_code == 401, "Piccolo's cookie opens nothing"


CLOSED = (
    "public/login/",
    "public/login",
    "public/logout",
    "public/docs/",
    "public/openapi.json",
    "api/docs/",
    "api/openapi.json",
    "api/change-password/",
    "api/mfa-setup/",
    "api/media/",
    "api/media-files/x/y/z",
    "openapi.json",
    "docs",
    "redoc",
    "assets/../../../etc/passwd",
)


async def test_piccolos_own_ways_are_closed(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        answers = {path: (await admin.get(f"/admin/{path}"), await admin.post(f"/admin/{path}")) for path in CLOSED}
    found = {path: [answer.status_code for answer in pair] for path, pair in answers.items()}
    assert found == {path: [404, 404] for path in CLOSED}


async def test_signing_out_in_the_office_ends_the_platforms_session(door: Door) -> None:
    token = await door.sign_in("diqing.admin")
    async with door.client(cookies={cookies.SESSION: token}) as admin:
        assert (await admin.get("/admin/")).status_code == 200
        assert (await admin.post("/admin/public/logout/")).status_code == 200
        assert (await admin.get("/admin/")).status_code == 303


async def test_without_a_request_piccolo_reaches_no_database() -> None:
    with pytest.raises(ScopeMissing):
        await DisputeType.select().run()
    assert ENGINE.pool is None


async def test_the_office_has_a_policy_of_its_own(door: Door) -> None:
    async with signed_in(door, "yunnan.admin") as admin:
        for path in ("/admin/", DAYS):
            policies = (await admin.get(path)).headers.get_list("content-security-policy")
            assert len(policies) == 1
            assert "script-src 'self';" in policies[0] and "frame-ancestors 'none'" in policies[0]


ODD: tuple[dict[str, str], ...] = (
    {"__page": "-1"},
    {"__page": "x"},
    {"__page": "99999999999999999999"},
    {"__page_size": "-5"},
    {"__page_size": "0"},
    {"__page_size": "100000"},
    {"__order": ""},
    {"__order": "id; drop table posts"},
    {"__visible_fields": "nothing"},
    {"__visible_fields": ""},
    {"__readable": "perhaps"},
    {"id": "no number"},
    {"id": "99999999999999999999"},
    {"id__operator": "between"},
    {"name": "\x00"},
    {"name": "%", "name__match": "odd"},
    {"nothing": "1"},
    {"limit": "-1"},
    {"limit": "x"},
    {"offset": "-1"},
    {"search": "\x00"},
    {"search": "{}%s'"},
    {"search": "a", "limit": "99999999999999999999"},
)


async def test_nothing_odd_that_is_asked_breaks_the_office(door: Door) -> None:
    asked = [(f"subtree_offices/{part}", params) for part in ("", "ids/") for params in ODD]
    keys = ("x", "-1", "0", "99999999999999999999", "%00")
    asked += [(f"{table}/{key}/", {}) for table in ("subtree_offices", "subtree_persons") for key in keys]
    async with signed_in(door, "diqing.admin") as admin:
        for path, params in asked:
            answer = await admin.get(f"{TABLES}{path}", params=params)
            assert answer.status_code < 500, (path, params, answer.text)
            assert answer.status_code < 400 or not answer.text.isascii(), (path, params, answer.text)
