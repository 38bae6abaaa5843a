"""Whatever is sent, the answer is named: never a 500, never a broken connection."""

import json
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.endpoint import PREFIX, Endpoint
from api.examples import example_of
from api.openapi import PARAMETER
from api.routes import endpoints
from server.catalogue import catalogue
from tests.api.test_cases import registered
from tests.door import Door

ENDPOINTS = endpoints(catalogue())
SAMPLE = {"uuid": "019cacb3-f200-74aa-a884-5146392a7bb5", "int": "1", "str": "accept-case"}
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**40), 10**40)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.sampled_from(["", " ", "\x00", "2026-02-30", "not-an-id", "9" * 400, "‮", "🀄"])
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=6,
)


def address(endpoint: Endpoint, case_id: str | None = None) -> str:
    def fill(match: Any) -> str:
        return case_id if case_id and match[1] == "case_id" else SAMPLE[match[2]]

    return PREFIX + PARAMETER.sub(fill, endpoint.path)


@st.composite
def spoiled_bodies(draw: st.DrawFn) -> tuple[Endpoint, Any]:
    """The example of an operation with some fields replaced, left out or added."""
    endpoint = draw(st.sampled_from([one for one in ENDPOINTS if one.body is not None and not one.public]))
    assert endpoint.body is not None
    sent = json.loads(json.dumps(example_of(endpoint.body)))
    for name in draw(st.lists(st.sampled_from([*sent, "surprise"]), min_size=1, max_size=3)):
        sent[name] = draw(VALUES)
    return endpoint, sent


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(spoiled=spoiled_bodies(), mine=st.booleans())
async def test_spoiled_bodies_get_named_errors(door: Door, spoiled: tuple[Endpoint, Any], mine: bool) -> None:
    endpoint, sent = spoiled
    async with await door.program("jiantang.clerk") as clerk:
        case = await own_case(door, clerk) if mine else None
        answer = await clerk.request(
            endpoint.method,
            address(endpoint, case),
            content=json.dumps(sent),
            headers={"Content-Type": "application/json", "If-Match": '"1"'},
        )
    assert answer.status_code < 500, (endpoint.name, sent, answer.text)
    if answer.status_code >= 400:
        assert answer.headers["content-type"].startswith("application/problem+json")
        assert answer.json()["code"] and answer.json()["detail"]


QUERIES = [one for one in ENDPOINTS if one.query is not None]
PARAMETERS = sorted({name for one in QUERIES if one.query for name in one.query.__struct_fields__})
SPOILED_VALUES = st.text(max_size=30) | st.integers(-(10**40), 10**40).map(str) | st.sampled_from(["", "2026-03-02~x"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=st.sampled_from(QUERIES), sent=st.dictionaries(st.sampled_from(PARAMETERS), SPOILED_VALUES, max_size=4))
async def test_spoiled_parameters_get_named_errors(door: Door, one: Endpoint, sent: dict[str, str]) -> None:
    async with await door.program("xgll.director") as director:
        answer = await director.get(address(one), params=sent)
    assert answer.status_code < 500, (one.name, sent, answer.text)


CASE: dict[str, str] = {}


async def own_case(door: Door, clerk: Any) -> str:
    """One case of the clerk's for all examples."""
    if door.world.owner_url not in CASE:
        CASE[door.world.owner_url] = (await registered(door, clerk))["case"]["id"]
    return CASE[door.world.owner_url]


BROKEN = {
    "nothing": (b"", "application/json", 422),
    "half": (b'{"mode": "de', "application/json", 400),
    "a list": (b"[]", "application/json", 400),
    "null": (b"null", "application/json", 400),
    "not utf-8": (b'{"mode": "\xff\xfe"}', "application/json", 400),
    "a lone surrogate": (b'{"mode": "\\ud800"}', "application/json", 400),
    "endless nesting": (b'{"mode": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "application/json", 400),
    "deep nesting": (b'{"mode": ' + b"[" * 100 + b"]" * 100 + b"}", "application/json", 422),
    "a form": (b"mode=desk", "application/x-www-form-urlencoded", 415),
    "no type": (b"{}", "", 415),
    "huge": (b'{"mode": "' + b"x" * 2_000_000 + b'"}', "application/json", 413),
}


@pytest.mark.parametrize(("content", "kind", "status"), BROKEN.values(), ids=BROKEN.keys())
async def test_a_broken_request_is_named(door: Door, content: bytes, kind: str, status: int) -> None:
    headers = {"Content-Type": kind, "Content-Length": str(len(content))}
    async with await door.program("jiantang.clerk") as clerk:
        answer = await clerk.post(f"{PREFIX}/cases", content=content, headers=headers)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/cases/not-an-id", 404),
        ("GET", "/cases/" + "0" * 400, 404),
        ("GET", "/nothing", 404),
        ("PATCH", "/cases", 405),
        ("POST", "/cases/019cacb3-f200-74aa-a884-5146392a7bb5/acts/steal", 404),
        ("GET", "/tree/-1", 404),
        ("GET", "/cases/%00", 404),
    ],
)
async def test_a_wrong_address_is_named(door: Door, method: str, path: str, status: int) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        answer = await clerk.request(method, PREFIX + path, json={})
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")


async def test_every_operation_but_the_public_ones_needs_a_session(door: Door) -> None:
    async with door.client() as stranger:
        for endpoint in ENDPOINTS:
            if not endpoint.public:
                answer = await stranger.request(endpoint.method, address(endpoint), json={})
                assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in"), endpoint.name


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": "Bearer "},
        {"Authorization": "Basic xyz"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Cookie": "tiaojie_session=;;;=\x7f"},
    ],
)
async def test_a_forged_session_is_no_session(door: Door, headers: dict[str, str]) -> None:
    async with door.client(headers=headers) as stranger:
        answer = await stranger.get(f"{PREFIX}/me")
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


async def test_a_malformed_idempotency_key_is_named(door: Door) -> None:
    async with await door.program("jiantang.clerk") as clerk:
        form = example_of(next(one.body for one in ENDPOINTS if one.name == "registerCase" and one.body))
        answer = await clerk.post(f"{PREFIX}/cases", json=form, headers={"Idempotency-Key": f"{uuid4()} x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_malformed")
