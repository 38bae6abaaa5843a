"""Campaigns are data of each tenant (12a): kept in the operators' office, on record, for the own area alone."""

import pytest
from sqlalchemy import text

from tests.admin.seat import TABLES, changes, signed_in
from tests.door import Door

CAMPAIGNS = f"{TABLES}campaigns/"
NEW = {"name": "房屋裂缝排查专项行动", "source": "试行通知", "tasks": "逐户走访", "valid_from": "2026-01-01"}


@pytest.mark.obligation("12a")
async def test_a_county_keeps_campaigns_of_its_own_area_and_no_others(door: Door) -> None:
    own = (await door.world.subject("xgll.admin")).tenant_id
    beside = (await door.world.subject("weixi.director")).tenant_id
    async with signed_in(door, "xgll.admin") as county:
        made = await county.post(CAMPAIGNS, json={**NEW, "tenant_id": own})
        assert made.status_code == 201, made.text
        for tenant in (beside, None):
            assert (await county.post(CAMPAIGNS, json={**NEW, "tenant_id": tenant})).status_code == 403
        row = made.json()[0]["id"]
        ended = await county.patch(f"{CAMPAIGNS}{row}/", json={"valid_to": "2026-01-31"})
        assert ended.status_code == 200, ended.text
    assert [one.detail["operation"] for one in await changes(door.world, "campaigns", row)] == ["insert", "update"]
    async with door.world.owner() as session:
        kept = await session.execute(text("select tenant_id from campaigns where name = :name"), {"name": NEW["name"]})
        assert kept.scalars().all() == [own]
