"""The audit administrator reads events without their contents and proves the chains, of the own tenant and below."""

from sqlalchemy import text

from foundation.store import Scope
from tests.door import Door
from tests.people import registration
from tests.world import World

API = "/api/v1"


async def tenant_of(world: World, login: str) -> int:
    found = (await world.subject(login)).tenant_id
    assert found is not None
    return found


async def test_what_was_done_shows_without_what_was_written(door: Door) -> None:
    case = (await door.world.register("jiantang.clerk", **await registration(door.world))).case
    clerk = await door.world.subject("jiantang.clerk")
    async with await door.program("diqing.audit") as auditor:
        page = (await auditor.get(f"{API}/audit", params={"tenant_id": clerk.tenant_id})).json()
    event = next(event for event in page["events"] if event["object_id"] == str(case.id))
    assert (event["action"], event["actor"], event["outcome"]) == ("case:register", str(clerk.person_id), "done")
    assert event["actor_name"] == clerk.name
    assert not {"detail", "hash", "prev_hash"} & event.keys()


async def test_pages_lead_back_to_the_first_link(door: Door) -> None:
    async with await door.program("yunnan.audit") as auditor:
        for _ in range(3):
            await auditor.get(f"{API}/audit/verify")
        seen, before = [], None
        while True:
            params = {"limit": 2} | ({} if before is None else {"before": before})
            page = (await auditor.get(f"{API}/audit", params=params)).json()
            seen += [event["seq"] for event in page["events"]]
            if (before := page["before"]) is None:
                break
    assert seen == list(range(seen[0], 0, -1)) and seen[0] > 3


async def test_a_prefectures_administrator_reads_its_own_subtree_only(door: Door) -> None:
    async with await door.program("diqing.audit") as auditor:
        for login, status in (("xgll.director", 200), ("diqing.director", 200), ("yunnan.director", 404)):
            params = {"tenant_id": await tenant_of(door.world, login)}
            assert (await auditor.get(f"{API}/audit", params=params)).status_code == status, login
        assert (await auditor.get(f"{API}/audit", params={"tenant_id": 2})).status_code == 404


async def test_nobody_else_reads_or_proves_it(door: Door) -> None:
    for login in ("yunnan.admin", "yunnan.security", "yunnan.supervisor", "xgll.director"):
        async with await door.program(login) as other:
            for path in ("/audit", "/audit/verify"):
                refused = await other.get(API + path)
                assert (refused.status_code, refused.json()["code"]) == (403, "forbidden"), (login, path)


async def test_the_chains_are_proved_and_that_is_on_record(door: Door) -> None:
    async with await door.program("diqing.audit") as below, await door.program("yunnan.audit") as above:
        own = (await below.get(f"{API}/audit/verify")).json()
        all_of_them = (await above.get(f"{API}/audit/verify")).json()
        page = (await above.get(f"{API}/audit")).json()
    assert own["sound"] and all_of_them["sound"], (own, all_of_them)
    assert 0 < own["chains"] < all_of_them["chains"] and own["links"] < all_of_them["links"]
    assert page["events"][0]["action"] == "audit:verify"


async def test_row_level_security_gives_the_log_to_its_administrator_alone(world: World) -> None:
    shown = {}
    for login in ("yunnan.audit", "yunnan.admin", "yunnan.supervisor"):
        async with world.as_(login) as (session, _):
            shown[login] = bool(await session.scalar(text("select exists (select seq from audit_log)")))
    assert shown == {"yunnan.audit": True, "yunnan.admin": False, "yunnan.supervisor": False}
    auditor = await world.subject("diqing.audit")
    async with world.store.scoped(Scope(await tenant_of(world, "yunnan.audit"), auditor.person_id)) as session:
        assert await session.scalar(text("select count(seq) from audit_log")) == 0
    for column in ("detail", "hash", "prev_hash"):
        async with world.store.anonymous() as session:
            allowed = text("select has_column_privilege('audit_log', :column, 'select')")
            assert await session.scalar(allowed, {"column": column}) is False
