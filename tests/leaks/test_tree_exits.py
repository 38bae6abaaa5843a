"""Plans for the tree: for who plans, approves or oversees in the own subtree; of cases, what their reader sees."""

from typing import Any

from httpx import AsyncClient, Response

from api.endpoint import PREFIX
from foundation import cookies
from tests.conftest import NOON
from tests.leaks.canaries import found_in
from tests.leaks.ground import Ground
from tests.leaks.guests import admit
from tests.leaks.registry import Row, watched_by
from tests.leaks.standings import HOLDERS, SISTERS
from tests.leaks.walking import said

THIS = "test_plans_for_the_tree_stay_in_the_own_subtree_and_list_only_cases_that_their_reader_sees"
PLAN: dict[str, Any] = {
    "effective_on": "2026-09-01",
    "ground": "云政复〔2026〕9号",
    "changes": [{"operation": "move", "code": HOLDERS["T"], "parent_code": "533422"}],
}
WORD = {"reason": "试一试", "version": "1"}


async def asked(client: AsyncClient, row: Row, plan: str) -> Response:
    """By the page with its token, by the API with the version."""
    address = row.path.replace("{plan_id:uuid}", plan)
    if row.path.startswith(PREFIX):
        more: dict[str, Any] = {"json": {"reason": WORD["reason"]}, "headers": {"If-Match": '"1"'}}
        return await client.request(row.method, address, **(more if row.method != "GET" else {}))
    token = {"_csrf_token": client.cookies.get(cookies.CSRF) or ""}
    form: dict[str, Any] = {"data": WORD | token}
    return await client.request(row.method, address, **(form if row.method != "GET" else {}))


async def test_plans_for_the_tree_stay_in_the_own_subtree_and_list_only_cases_that_their_reader_sees(
    ground: Ground,
) -> None:
    await ground.held_at("T")
    seats = [("sysadmin", ground.desks[tiers["F"], "justice_bureau"].id) for tiers in (HOLDERS, SISTERS)]
    async with ground.world.owner() as session:
        own, sister = await admit(session, seats, NOON)
    async with ground.bearing(own.token) as admin:
        made = await admin.post(f"{PREFIX}/tree-plans", json=PLAN)
        assert made.status_code == 201, made.text
        plan = made.json()["plan"]["id"]
    overseer, handler = (
        ground.standing(*cell).token for cell in (("supervisor_f", "F", "oversees"), ("handler", "C", "handler"))
    )
    rows = [row for row in watched_by(THIS) if row.method != "template"]
    for token in (sister.token, handler, ground.strangers[0].token, overseer, own.token):
        for row in rows:
            async with ground.client(cookies={cookies.SESSION: token}) as client:
                await client.get("/sign-in")
                if row.path.startswith(PREFIX):
                    client.headers["Authorization"] = f"Bearer {token}"
                if row.method != "GET" and token == own.token:
                    continue
                answer = await asked(client, row, plan)
            whose = {sister.token: 404, overseer: 200 if row.method == "GET" else 403, own.token: 200}.get(token, 403)
            if "{plan_id" in row.path:
                assert answer.status_code == whose, (row.exit, answer.status_code, answer.text[:200])
            assert answer.status_code < 500 and not found_in(said(answer)), row.exit
            sees = token == overseer and row.path.endswith("/cases")
            assert (str(ground.case_id) in answer.text) is sees, row.exit
            assert sees or ground.number not in answer.text, row.exit
            assert PLAN["ground"] not in answer.text or token in (overseer, own.token), row.exit
    async with ground.client(cookies={cookies.SESSION: own.token}) as client:
        assert not found_in(said(await client.get("/tree/144?on=2026-03-01")))
    async with ground.bearing(own.token, "zh") as admin:
        ended = await admin.post(
            f"{PREFIX}/tree-plans/{plan}/withdraw", json={"reason": "只为试验"}, headers={"If-Match": '"1"'}
        )
        assert ended.status_code == 200, ended.text
