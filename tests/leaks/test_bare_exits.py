"""Exits that concern no case: signing in, tokens, the tree, help, refusals. They must not speak of one all the same."""

from typing import Any
from uuid import uuid4

from foundation import cookies
from tests.conftest import NOON
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.guests import admit
from tests.leaks.registry import watched_by
from tests.leaks.walking import PARAMETER, said

API = "/api/v1"
PLACES = {"tenant_id": "144", "file_path": "main.css", "token": "no-such-invitation", "token_id": str(uuid4())}
HALF = {"login": "xgll.director", "password": "wrong", "pending": "none", "code": "000000", "registration_no": "x"}


def path_of(path: str) -> str:
    return PARAMETER.sub(lambda match: PLACES.get(match[1], str(uuid4())), path)


async def test_what_concerns_no_case_says_nothing_of_one(ground: Ground) -> None:
    """Asked by nobody, by a stranger and by who reads the whole case: the same words for each."""
    reader = ground.standing("handler", "C", "handler").token
    for row in watched_by("test_what_concerns_no_case_says_nothing_of_one"):
        if row.method == "template":
            continue
        for kept in ({}, {cookies.SESSION: ground.strangers[0].token}, {cookies.SESSION: reader}):
            async with ground.client(cookies=kept) as client:
                answer = await client.request(row.method, path_of(row.path))
            assert answer.status_code < 500, row.exit
            assert not found_in(said(answer)) and ground.number not in answer.text, row.exit
            assert str(ground.case_id) not in answer.text, row.exit


async def test_signing_in_tells_nothing_of_people_or_cases(ground: Ground) -> None:
    """Half a proof gets no further, and no answer says whether there is such a person or session."""
    for row in watched_by("test_signing_in_tells_nothing_of_people_or_cases"):
        if row.method == "template":
            continue
        async with ground.client() as nobody:
            page = await nobody.get("/sign-in")
            sent = {"_csrf_token": page.text.split('name="_csrf_token" value="')[1].split('"')[0]}
            body: dict[str, Any] = {"json": HALF} if row.path.startswith(API) else {"data": {**HALF, **sent}}
            answer = await nobody.request(row.method, path_of(row.path), **(body if row.method != "GET" else {}))
        assert answer.status_code < 500, row.exit
        assert cookies.SESSION not in answer.cookies, row.exit
        assert not found_in(said(answer)) and ground.number not in answer.text, row.exit
        assert answer.status_code != 200 or row.method == "GET" or "token" not in answer.text[:40], row.exit
    async with ground.client() as nobody:
        told = [
            await nobody.post(f"{API}/sessions", json={"login": login, "password": "wrong"})
            for login in ("xgll.director", "nobody.at.all")
        ]
    assert told[0].status_code == told[1].status_code == 401
    assert told[0].json()["code"] == told[1].json()["code"]


async def test_tokens_and_factors_of_others_show_within_the_own_subtree_only(ground: Ground) -> None:
    async with ground.world.owner() as session:
        seats = [("sysadmin", ground.desks[code, "justice_bureau"].id) for code in ("533401", "533422")]
        seats += [("wr_director", ground.desks["533401", "workroom"].id)]
        own, sister, director = await admit(session, seats, NOON)
    wish = {"name": "统计程序", "scopes": ["read"], "ends_on": "2026-04-01"}
    async with ground.bearing(director.token) as person:
        made = (await person.post(f"{API}/tokens", json=wish)).json()["made"]["id"]
        assert made in (await person.get(f"{API}/tokens")).text
    found = {}
    for name, guest in {"own": own, "sister": sister, "director": director}.items():
        async with ground.client(cookies={cookies.SESSION: guest.token}) as browser:
            page, listed = await browser.get("/tokens/below"), await browser.get(f"{API}/tokens/below")
            found[name] = (made in page.text, made in listed.text)
            assert name == "director" or page.status_code == 200
    assert found == {"own": (True, True), "sister": (False, False), "director": (False, False)}
    async with ground.bearing(sister.token) as elsewhere:
        assert (await elsewhere.delete(f"{API}/tokens/below/{made}")).status_code == 404
        assert (await elsewhere.delete(f"{API}/tokens/{made}")).status_code == 404
    await _refused_to_strangers(ground, director.token)


async def _refused_to_strangers(ground: Ground, token: str) -> None:
    """The rest of these ways: nothing of others by an id that one guesses, no factor reset without the right."""
    for row in watched_by("test_tokens_and_factors_of_others_show_within_the_own_subtree_only"):
        if row.method == "template":
            continue
        async with ground.client(cookies={cookies.SESSION: token}) as browser:
            await browser.get("/sign-in")
            sent = {"_csrf_token": browser.cookies.get(cookies.CSRF, ""), "login": "yunnan.security"}
            if row.path.startswith(API):
                browser.headers["Authorization"] = f"Bearer {token}"
                answer = await browser.request(row.method, path_of(row.path), json={"login": "yunnan.security"})
            else:
                answer = await browser.request(
                    row.method, path_of(row.path), data=sent if row.method != "GET" else None
                )
        assert answer.status_code < 500 and not found_in(said(answer)), row.exit
        if "reset" in row.path:
            assert answer.status_code == 403, row.exit


async def test_a_refusal_names_the_rule_and_nothing_of_the_case(ground: Ground) -> None:
    """Error bodies of every kind, as a page, as a toast and as problem details."""
    await ground.held_at("C")
    supervisor, stranger = ground.standing("supervisor_f", "F", "oversees").token, ground.strangers[0].token
    case = ground.case_id
    for token, status in ((supervisor, 403), (stranger, 404)):
        async with ground.client(cookies={cookies.SESSION: token}) as client:
            for address in (f"/cases/{case}/acts/write-note", f"{API}/cases/{case}/files"):
                for headers in ({}, {"HX-Request": "true"}):
                    answer = await client.get(address, headers=headers)
                    assert answer.status_code == status, address
                    assert not found_in(said(answer)) and ground.number not in answer.text, address
