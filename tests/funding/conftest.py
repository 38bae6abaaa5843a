"""Settlement acts in the real province, on a case that was agreed, performed, visited and closed."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import delete

from foundation.files import FileStore
from foundation.ids import new_id
from foundation.store import instant
from tenants.models import OfficialStatus
from tests.dossiers.build import Built
from tests.funding.build import closed_case
from tests.world import KEYRING, World


@pytest.fixture
async def closed(world: World) -> Built:
    return await closed_case(world)


@pytest.fixture
def files(tmp_path: Path) -> FileStore:
    return FileStore.on_disk(tmp_path / "files", KEYRING)


class Officials:
    """Makes people officials for the length of one test."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def make(self, login: str) -> None:
        """Since yesterday, with evidence that has just come to light."""
        person = (await self.world.subject(login)).person_id
        async with self.world.owner() as session:
            now = instant(session)
            status = {"id": new_id(now), "person_id": person, "kind": "civil_servant", "evidence": "测试任命"}
            session.add(OfficialStatus(**status, since=now.date(), until=None))


@pytest.fixture
async def officials(world: World) -> AsyncIterator[Officials]:
    yield Officials(world)
    async with world.owner() as session:
        await session.execute(delete(OfficialStatus).where(OfficialStatus.evidence == "测试任命"))
