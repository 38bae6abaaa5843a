"""The workroom's nine functions, its six professions, and the six kinds of committee it works with."""

import pytest

from policies.actions import Action
from policies.functions import NINE_FUNCTIONS
from teams.roles import PROFESSION, TeamRole
from tenants.committees import CommitteeKind
from tenants.models import Office
from tenants.roles import PROFESSIONS, ROLE_NAMES
from tenants.tiers import OfficeKind
from tests.door import Door
from tests.people import registration
from tests.policies.oracle import RULES
from tests.teams import build
from tests.world import World


def holders(action: str) -> set[str]:
    return {role for rule in RULES if action in rule["actions"] for role in rule["roles"]}


@pytest.mark.obligation("32")
def test_each_of_the_nine_functions_is_an_action_of_its_own_that_somebody_holds() -> None:
    assert len(NINE_FUNCTIONS) == len(set(NINE_FUNCTIONS.values())) == 9
    assert all(holders(action) for action in NINE_FUNCTIONS.values())
    assert len({frozenset(holders(action)) for action in NINE_FUNCTIONS.values()}) > 4


@pytest.mark.obligation("31a")
@pytest.mark.parametrize("action", NINE_FUNCTIONS.values(), ids=list(NINE_FUNCTIONS.values()))
def test_auxiliary_staff_hold_none_of_the_nine(action: Action) -> None:
    assert "aux_staff" not in holders(action)


@pytest.mark.obligation("31a")
async def test_auxiliary_staff_do_none_of_the_nine_at_the_api(door: Door) -> None:
    walk = await build.formed(door.world)
    client = await door.program("xgll.aux")
    assert (await client.get(f"/api/v1/cases/{walk.case_id}")).status_code == 404
    for act in ("accept-case", "assess-claim", "approve-registration", "guide-case", "close-case", "archive-dossier"):
        assert (await client.get(f"/api/v1/cases/{walk.case_id}/options/{act}")).status_code == 404, act
    refused = await client.post("/api/v1/cases", json=await registration(door.world, persons=1))
    assert refused.status_code == 403


@pytest.mark.obligation("7")
def test_six_professions_each_have_a_part_on_a_team_and_a_post() -> None:
    assert len(PROFESSIONS) == 6
    parts = {PROFESSION[role]: role for role in PROFESSION} | {"mediator": TeamRole.MEDIATOR}
    assert set(parts) == set(PROFESSIONS)
    assert {role.value for role in parts.values()} <= set(ROLE_NAMES)


@pytest.mark.obligation("8")
async def test_six_kinds_of_committee_are_data_and_every_committee_of_the_tree_has_one(world: World) -> None:
    assert [kind.value for kind in CommitteeKind] == [
        "county", "township", "village", "professional", "industry", "stationed",
    ]  # fmt: skip
    async with world.owner() as session:
        office = await session.get_one(Office, await world.office("xgll.chair"))
        township = await session.get_one(Office, await world.office("jiantang.mediator"))
    assert (office.kind, office.committee_kind) == (OfficeKind.COMMITTEE, CommitteeKind.STATIONED)
    assert (township.kind, township.committee_kind) == (OfficeKind.COMMITTEE, CommitteeKind.TOWNSHIP)
