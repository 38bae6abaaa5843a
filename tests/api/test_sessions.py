"""Signing in as a program, and as a browser that must show its token with every change."""

import secrets
from base64 import urlsafe_b64decode
from typing import Any

import pytest

from tenants import one_time
from tenants.token_kind import PREFIX
from tests.door import Door
from tests.second_step import code_of
from tests.world import PASSWORD


async def test_a_program_signs_in_and_says_who_it_is(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        me = (await clerk.get("/api/v1/me")).json()
    (post,) = me["posts"]
    assert (post["role"], post["tier"], post["chosen"]) == ("window_clerk", "T", True)
    assert me["post_id"] == post["id"]


async def test_no_draw_gives_a_session_that_is_taken_for_a_program(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once in 262,144 sessions these bytes came first, and whoever had just signed in was told to sign in."""
    drawn = urlsafe_b64decode(PREFIX + 40 * "A" + "=")
    monkeypatch.setattr(secrets, "token_bytes", lambda _: drawn)
    token = await door.sign_in("xgll.aux")
    async with door.bearing(token) as clerk:
        assert (await clerk.get("/api/v1/me")).status_code == 200
        assert (await clerk.delete("/api/v1/sessions/current")).status_code == 204


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(door: Door) -> None:
    async with door.client() as client:
        wrong = await client.post("/api/v1/sessions", json={"login": "xgll.aux", "password": "wrong"})
        unknown = await client.post("/api/v1/sessions", json={"login": "nobody", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    told = [{name: said for name, said in one.json().items() if name != "instance"} for one in (wrong, unknown)]
    assert told[0] == told[1]
    assert wrong.headers["content-type"].startswith("application/problem+json")


async def test_several_posts_must_be_chosen_from_before_anything_is_asked(door: Door) -> None:
    async with door.client() as client:
        begun = (await client.post("/api/v1/sessions", json={"login": "xgll.deputy", "password": PASSWORD})).json()
        client.headers["Authorization"] = f"Bearer {begun['token']}"
        refused = await client.get("/api/v1/cases")
        assert (refused.status_code, refused.json()["code"]) == (403, "post_not_chosen")
        post = next(post for post in begun["posts"] if post["role"] == "wr_deputy")
        chosen = await client.put("/api/v1/sessions/current/post", json={"post_id": post["id"]})
        assert chosen.json()["post_id"] == post["id"]
        assert (await client.get("/api/v1/cases")).status_code == 200


async def test_nobody_acts_in_the_post_of_another(door: Door) -> None:
    theirs = (await door.world.subject("xgll.director")).post_id
    async with await door.program("jiantang.clerk") as clerk:
        refused = await clerk.put("/api/v1/sessions/current/post", json={"post_id": str(theirs)})
    assert (refused.status_code, refused.json()["code"]) == (403, "post_not_yours")


async def test_a_session_that_was_ended_is_refused(door: Door) -> None:
    async with door.bearing(await door.sign_in("jiantang.clerk")) as clerk:
        assert (await clerk.delete("/api/v1/sessions/current")).status_code == 204
        refused = await clerk.get("/api/v1/me")
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")


async def test_signing_out_everywhere_ends_every_session(door: Door) -> None:
    tokens = [await door.sign_in("xgll.aux") for _ in range(2)]
    async with door.bearing(tokens[0]) as first, door.bearing(tokens[1]) as second:
        assert (await first.delete("/api/v1/sessions")).json()["ended"] >= 2
        assert (await second.get("/api/v1/me")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-CSRF-Token": "0" * 64},
        {"Authorization": "Basic x"},
        {"X-CSRF-Token": b"\xe6\xb1\x89"},
        {"Authorization": "Basic eDp5"},
    ],
)
async def test_a_change_under_a_cookie_needs_the_token_of_the_session(door: Door, headers: dict[str, Any]) -> None:
    async with await door.browser("jiantang.clerk") as browser:
        refused = await browser.post("/api/v1/cases", json={}, headers=headers)
        assert (refused.status_code, refused.json()["code"]) == (403, "csrf_refused")


async def test_with_its_token_a_browser_may_change_things(door: Door) -> None:
    async with await door.browser("jiantang.clerk") as browser:
        token = (await browser.get("/api/v1/me")).json()["csrf_token"]
        accepted = await browser.post("/api/v1/cases", json={}, headers={"X-CSRF-Token": token})
    assert (accepted.status_code, accepted.json()["code"]) == (422, "invalid_input")


async def test_the_token_of_another_session_is_worth_nothing(door: Door) -> None:
    async with await door.browser("jiantang.clerk") as first, await door.browser("jiantang.head") as second:
        token = (await first.get("/api/v1/me")).json()["csrf_token"]
        refused = await second.post("/api/v1/cases", json={}, headers={"X-CSRF-Token": token})
    assert refused.json()["code"] == "csrf_refused"


async def test_the_documentation_knows_both_good_answers(door: Door) -> None:
    async with door.client() as anyone:
        paths = (await anyone.get("/api/openapi.json")).json()["paths"]
    assert {"201", "202", "401", "422"} <= paths["/api/v1/sessions"]["post"]["responses"].keys()


async def test_an_administrators_password_alone_begins_no_session(door: Door) -> None:
    async with door.client() as client:
        begun = await client.post("/api/v1/sessions", json={"login": "yunnan.admin", "password": PASSWORD})
        assert (begun.status_code, begun.json()["second_factor"]) == (202, "required")
        assert begun.headers["cache-control"] == "no-store"
        pending = begun.json()["pending"]
        refused = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {pending}"})
        assert (refused.status_code, refused.json()["code"]) == (401, "not_signed_in")
        wrong = await client.post("/api/v1/sessions/second-factor", json={"pending": pending, "code": "no"})
        assert (wrong.status_code, wrong.json()["code"]) == (401, "second_step_refused")
        proof = {"pending": pending, "code": await code_of(door.world, "yunnan.admin")}
        passed = await client.post("/api/v1/sessions/second-factor", json=proof)
        assert passed.status_code == 201
        me = await client.get("/api/v1/me", headers={"Authorization": f"Bearer {passed.json()['token']}"})
        assert [post["role"] for post in me.json()["posts"] if post["chosen"]] == ["sysadmin"]
        again = await client.post("/api/v1/sessions/second-factor", json=proof)
        assert (again.status_code, again.json()["code"]) == (401, "second_step_over")


async def test_a_second_factor_is_enrolled_used_and_taken_away_by_a_program(door: Door) -> None:
    login = "xgll.aux"
    async with door.bearing(await door.sign_in(login)) as aux:
        assert (await aux.get("/api/v1/me/second-factor")).json()["enrolled_at"] is None
        wrong = await aux.post("/api/v1/me/second-factor", json={"present_password": "wrong"})
        assert (wrong.status_code, wrong.json()["errors"][0]["field"]) == (422, "present_password")
        due = await aux.post("/api/v1/me/second-factor", json={"present_password": PASSWORD})
        assert (due.status_code, due.json()["second_factor"]) == (202, "enrol")
    pending = due.json()["pending"]
    async with door.client() as client:
        offered = (await client.post("/api/v1/sessions/second-factor/offer", json={"pending": pending})).json()
        assert offered["address"].startswith("otpauth://totp/")
        code = one_time.code_of(offered["secret"], one_time.step_of(door.world.clock.now()))
        done = await client.post("/api/v1/sessions/second-factor/enrolment", json={"pending": pending, "code": code})
        assert done.status_code == 201, done.text
        first, second = done.json()["recovery_codes"][:2]
        begun = await client.post("/api/v1/sessions", json={"login": login, "password": PASSWORD})
        both = {"pending": begun.json()["pending"], "code": code, "recovery_code": first}
        assert (await client.post("/api/v1/sessions/second-factor", json=both)).status_code == 422
        proof = {"pending": begun.json()["pending"], "recovery_code": first}
        passed = await client.post("/api/v1/sessions/second-factor", json=proof)
        assert passed.status_code == 201
    async with door.bearing(passed.json()["token"]) as aux:
        assert (await aux.get("/api/v1/me/second-factor")).json()["recovery_codes_left"] == 9
        removal = {"present_password": PASSWORD, "code": second}
        assert (await aux.post("/api/v1/me/second-factor/removal", json=removal)).status_code == 204
    assert await door.sign_in(login)


async def test_a_required_second_factor_is_not_taken_away(door: Door) -> None:
    async with door.bearing(await door.sign_in("diqing.supervisor")) as supervisor:
        shown = (await supervisor.get("/api/v1/me/second-factor")).json()
        proof = {"present_password": PASSWORD, "code": await code_of(door.world, "diqing.supervisor")}
        refused = await supervisor.post("/api/v1/me/second-factor/removal", json=proof)
    assert shown["required"] is True
    assert (refused.status_code, refused.json()["code"]) == (409, "second_factor_kept")
