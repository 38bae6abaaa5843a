"""What the room has told persons of, read from the outbox."""

from typing import Any

from sqlalchemy import select

from foundation.outbox import OutboxRow
from oversight.telling import TOPIC
from tests.world import World


async def told(world: World, kind: str, case_id: object) -> list[dict[str, Any]]:
    """Payloads of one kind about one case."""
    async with world.owner() as session:
        rows = await session.scalars(select(OutboxRow.payload).where(OutboxRow.topic == TOPIC))
        return [one for one in rows if one["kind"] == kind and one["case"] == str(case_id)]
