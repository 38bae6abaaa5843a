"""The operators' office: its own door, its own scope, every change on record."""

import re

import pytest

from admin.engine import ENGINE
from admin.tables import DisputeType
from foundation import cookies
from foundation.store import ScopeMissing
from tests.admin.seat import TABLES, signed_in
from tests.door import Door

DAYS = f"{TABLES}subtree_calendar_days/"


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
        "基础数据": ["纠纷类型字典", "节假日与调休", "费用标准"],
        "组织与人员": ["账号名册", "机构名册", "人员名册", "岗位名册", "单位名册"],
    }


@pytest.mark.parametrize("login", ["yunnan.director", "yunnan.audit", "jiantang.clerk"])
async def test_nobody_else_is_let_in(door: Door, login: str) -> None:
    async with await door.browser(login) as browser:
        for path in ("/admin/", DAYS, "/admin/assets/x.js"):
            assert (await browser.get(path)).status_code == 403, path


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
