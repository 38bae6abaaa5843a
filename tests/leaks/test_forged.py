"""Forged and stale: ids of others in body and query, a role that one gives oneself, a right that was taken away."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from foundation import cookies
from tests.conftest import NOON
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.guests import admit, relate
from tests.leaks.standings import HOLDERS
from tests.leaks.test_matrix import case_rows
from tests.leaks.walking import addresses, said

API = "/api/v1"
SELF_GIVEN: tuple[Mapping[str, Any], ...] = (
    {"role": "handler"},
    {"tenant_id": 1},
    {"office_id": 10717},
    {"subject": {"role": "wr_director"}},
    {"relation": "holds"},
    {"recorded_by": str(uuid4())},
    {"case_id": str(uuid4())},
)
HEADERS = ({"X-Role": "wr_director"}, {"X-Tenant-Id": "144"}, {"X-Forwarded-User": "xgll.director"}, {"X-Post-Id": "1"})


async def test_a_role_tenant_or_office_that_one_gives_oneself_is_refused_or_means_nothing(ground: Ground) -> None:
    await ground.held_at("C")
    address = f"{API}/cases/{ground.case_id}/acts/write-note"
    async with ground.of(ground.standing("supervisor_f", "F", "oversees")) as supervisor:
        for given in SELF_GIVEN:
            body = {"text": "写一句", **given}
            answer = await supervisor.post(address, json=body, headers={"If-Match": '"1"'})
            assert answer.status_code == 422 and "unknown" in answer.text, given
            assert (await supervisor.get(f"{API}/cases", params=dict(given) | {"size": 1})).status_code == 422
        for header in HEADERS:
            answer = await supervisor.post(address, json={"text": "写一句"}, headers={"If-Match": '"1"', **header})
            assert answer.status_code == 403, header
            assert (await supervisor.get(f"{API}/cases/{ground.sister.case_id}", headers=header)).status_code == 200
    async with ground.bearing(ground.strangers[0].token) as stranger:
        for header in HEADERS:
            assert (await stranger.get(f"{API}/cases/{ground.case_id}", headers=header)).status_code == 404, header


async def test_ids_of_another_case_in_the_body_are_ids_of_nothing(ground: Ground) -> None:
    await ground.held_at("C")
    theirs, mine = str((await ground.walk.petitioners())[0].id), ground.sister.case_id
    evidence = {"kind": "photograph", "title": "照片", "obtained_on": "2026-03-01"}
    forged: tuple[tuple[str, dict[str, Any]], ...] = (
        ("add-evidence", {**evidence, "file": str(ground.file_id)}),
        ("add-evidence", {**evidence, "party": theirs}),
        ("record-consent", {"party_ids": [theirs], "kind": "mediation", "given": True}),
    )
    async with ground.bearing(await ground.token("weixi.intake")) as registrar:
        tag = (await registrar.get(f"{API}/cases/{mine}")).headers["etag"]
        for act, body in forged:
            answer = await registrar.post(f"{API}/cases/{mine}/acts/{act}", json=body, headers={"If-Match": tag})
            assert answer.status_code in (404, 422), (act, answer.text)
            assert not found_in(said(answer)), act
        assert (await registrar.get(f"{API}/cases/{mine}")).headers["etag"] == tag


ENDINGS = {
    "the post has ended": "update posts set until = :now where id = :post",
    "the role was taken away": "update posts set role = 'aux_staff' where id = :post",
    "the account was closed": "update accounts set disabled_at = :now where person_id = :person",
    "the session has ended": (
        "update sign_ins set ends_at = :now where account_id = (select id from accounts where person_id = :person)"
    ),
    "nothing was asked for an hour": (
        "update sign_ins set seen_at = cast(:now as timestamptz) - interval '1 hour'"
        " where account_id = (select id from accounts where person_id = :person)"
    ),
}


@pytest.mark.parametrize("ending", ENDINGS.values(), ids=ENDINGS.keys())
async def test_a_session_whose_ground_was_taken_away_opens_nothing_more(ground: Ground, ending: str) -> None:
    await ground.held_at("C")
    async with ground.world.owner() as session:
        (guest,) = await admit(session, [("wr_director", ground.desks[HOLDERS["C"], "workroom"].id)], NOON)
    pages = (f"{API}/cases/{ground.case_id}", f"/cases/{ground.case_id}", f"{API}/cases")
    async with ground.client(cookies={cookies.SESSION: guest.token}) as browser:
        assert [(await browser.get(page)).status_code for page in pages] == [200, 200, 200]
        async with ground.world.owner() as session:
            await session.execute(text(ending), {"now": NOON, "post": guest.post_id, "person": guest.person_id})
        for page in pages:
            answer = await browser.get(page)
            assert answer.status_code in (303, 401, 403, 404), (page, answer.status_code)
            assert not found_in(said(answer)) and ground.number not in answer.text, page


async def test_a_relation_that_has_ended_opens_nothing_more(ground: Ground) -> None:
    await ground.held_at("C")
    async with ground.world.owner() as session:
        (guest,) = await admit(session, [("mediator", ground.desks["533422", "committee"].id)], NOON)
        until = NOON + timedelta(minutes=5)
        await relate(session, ground.case_id, guest.person_id, "handler", "handler", NOON - timedelta(days=1), until)
    async with ground.bearing(guest.token) as handler:
        assert (await handler.get(f"{API}/cases/{ground.case_id}/parties")).status_code == 200
        ground.world.clock.advance(minutes=5)
        assert (await handler.get(f"{API}/cases/{ground.case_id}/parties")).status_code == 404


async def test_nothing_of_a_case_is_kept_by_who_stands_between(ground: Ground) -> None:
    """`no-store` on every answer, refusals too; and a tag that another reader holds saves nobody the gate."""
    await ground.held_at("C")
    handler, stranger = ground.standing("handler", "C", "handler"), ground.strangers[0]
    for row in case_rows():
        address = next(addresses(row, ground, ground.case_id)).text
        async with ground.of(handler) as reader, ground.bearing(stranger.token) as other:
            first = await reader.get(address)
            tag = {"If-None-Match": first.headers.get("etag", '"1"')}
            again, refused = await reader.get(address, headers=tag), await other.get(address, headers=tag)
        for answer in (first, again, refused):
            assert answer.headers["cache-control"] == "no-store", row.exit
        assert (again.status_code, refused.status_code) == (first.status_code, 404), row.exit
