"""Signing in as a program, and as a browser that must show its token with every change."""

from typing import Any

import pytest

from tests.door import Door
from tests.world import PASSWORD


async def test_a_program_signs_in_and_says_who_it_is(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        me = (await clerk.get("/api/v1/me")).json()
    (post,) = me["posts"]
    assert (post["role"], post["tier"], post["chosen"]) == ("window_clerk", "T", True)
    assert me["post_id"] == post["id"]


async def test_a_wrong_password_and_an_unknown_login_get_the_same_answer(door: Door) -> None:
    async with door.client() as client:
        wrong = await client.post("/api/v1/sessions", json={"login": "xgll.aux", "password": "wrong"})
        unknown = await client.post("/api/v1/sessions", json={"login": "nobody", "password": PASSWORD})
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json() == unknown.json()
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
