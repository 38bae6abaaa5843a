"""An invisible case and one that exists nowhere are answered alike, at every address and by every method."""

import json
import re
from collections.abc import Iterator, Mapping
from uuid import UUID, uuid4

from httpx import AsyncClient, Response

from api.examples import example_of
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.registry import Row, rows
from tests.leaks.walking import UNKNOWN, addresses, said

OF_THE_REQUEST = ("x-request-id",)
"""Headers that differ between two requests for one and the same."""
COMPARED = 3
"""Every third answer is laid beside that about no case; the others must be 404 and say nothing."""
METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
SHOUTED = (str(UNKNOWN), str(UNKNOWN).upper())
ACCEPTED = ("application/json", "text/html", "*/*", "application/pdf", "text/csv")


def one_case(method: str) -> list[Row]:
    return [row for row in rows() if "{case_id" in row.path and row.method == method] + (
        [row for row in rows() if row.kind == "explain"] if method == "GET" else []
    )


def pairs(ground: Ground, row: Row) -> Iterator[tuple[str, str]]:
    """The same address for the case and for one that exists nowhere."""
    real, none = (list(addresses(row, ground, case_id)) for case_id in (ground.case_id, UNKNOWN))
    yield from ((one.text, other.text) for one, other in zip(real, none, strict=True))


def alike(one: Response, other: Response, case_id: UUID) -> bool:
    return one is other or _plain(one, case_id) == _plain(other, UNKNOWN)


def _plain(answer: Response, case_id: UUID) -> tuple[int, object, Mapping[str, str]]:
    """Without the ids that each brings along itself."""
    own = re.compile(str(case_id), re.IGNORECASE)
    body: object = own.sub("", answer.text)
    if answer.text and answer.headers.get("content-type", "").startswith("application/problem+json"):
        body = {name: value for name, value in json.loads(answer.text).items() if name != "instance"}
    headers = {name: own.sub("", value) for name, value in answer.headers.items()}
    return answer.status_code, body, {name: headers[name] for name in headers if name not in OF_THE_REQUEST}


async def test_what_a_stranger_reads_of_a_case_is_what_anybody_reads_of_none(ground: Ground) -> None:
    await ground.held_at("C")
    found: list[str] = []
    for number, stranger in enumerate(ground.strangers):
        async with ground.bearing(stranger.token) as client:
            await client.get("/sign-in")  # the first answer of all brings a cookie
            for place, row in enumerate(one_case("GET")):
                for real, none in pairs(ground, row):
                    one = await client.get(real)
                    other = await client.get(none) if (number + place) % COMPARED == 0 else one
                    if one.status_code != 404 or not alike(one, other, ground.case_id) or found_in(said(one)):
                        found.append(f"{stranger.name} · {row.exit}: {one.status_code} and {other.status_code}")
    assert not found, "\n".join(found)


async def test_what_a_stranger_does_to_a_case_is_as_if_there_were_none(ground: Ground) -> None:
    await ground.held_at("C")
    acts = ground.world.catalogue.acts
    found: list[str] = []
    for number, (name, act) in enumerate(acts.items()):
        stranger = ground.strangers[number % len(ground.strangers)]
        async with ground.bearing(stranger.token) as client:
            for body in (example_of(act.form), {"surprise": 1}, {}):
                one, other = [
                    await client.post(f"/api/v1/cases/{case_id}/acts/{name}", json=body, headers={"If-Match": '"1"'})
                    for case_id in (ground.case_id, UNKNOWN)
                ]
                if one.status_code not in (404, 422) or not alike(one, other, ground.case_id):
                    found.append(f"{stranger.name} · {name}: {one.status_code} and {other.status_code}")
    assert not found, "\n".join(found)


async def test_no_method_slash_or_type_tells_a_case_from_none(ground: Ground) -> None:
    await ground.held_at("C")
    stranger = ground.strangers[0]
    found: list[str] = []
    async with ground.bearing(stranger.token) as client:
        await client.get("/sign-in")
        for row in one_case("GET"):
            (real, none), *_ = pairs(ground, row)
            for method in METHODS:
                found += await _differs(client, ground, method, real, none)
            found += await _differs(client, ground, "GET", f"{real}/", f"{none}/")
            for kind in ACCEPTED:
                found += await _differs(client, ground, "GET", real, none, {"Accept": kind})
            for tag in ('"1"', "*", f'"{ground.case_id}"'):
                found += await _differs(client, ground, "GET", real, none, {"If-None-Match": tag, "If-Match": tag})
            real, none = real.replace(str(ground.case_id), str(ground.case_id).upper()), none.replace(*SHOUTED)
            found += await _differs(client, ground, "GET", real, none)
    assert not found, "\n".join(found)


async def _differs(
    client: AsyncClient, ground: Ground, method: str, real: str, none: str, headers: Mapping[str, str] | None = None
) -> list[str]:
    one = await client.request(method, real, headers=dict(headers or {}))
    other = await client.request(method, none, headers=dict(headers or {}))
    same = alike(one, other, ground.case_id) and (one.status_code >= 400 or method == "OPTIONS")
    return [] if same else [f"{method} {real}: {one.status_code} and {other.status_code}"]


async def test_children_of_another_case_are_not_found_through_ones_own(ground: Ground) -> None:
    """Forged ids in the path: a paper or file of this case under the address of a case that one may read."""
    await ground.held_at("C")
    other = ground.sister.case_id
    async with ground.bearing(await ground.token("weixi.intake")) as registrar:
        assert (await registrar.get(f"/api/v1/cases/{other}")).status_code == 200
        for door in ("", "/api/v1"):
            for child in (f"papers/{ground.papers['final']}", f"files/{ground.file_id}", f"papers/{uuid4()}"):
                answer = await registrar.get(f"{door}/cases/{other}/{child}")
                assert answer.status_code == 404 and not found_in(said(answer)), (door, child)
