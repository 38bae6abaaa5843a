"""What an empty database is filled with at the first start: the tree of the province."""

import asyncio
from collections.abc import Callable
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.endpoints import Endpoints
from organisation.divisions import DIVISIONS, ZONES, read_tree_file
from organisation.tree_import import import_tree
from server.operator import OPERATOR, operating
from tenants.models import Tenant

Progress = Callable[[str], None]

TREE_VALID_FROM = date(2026, 1, 1)


def fill(endpoints: Endpoints, progress: Progress) -> None:
    """Import what is missing; a database that has a tree is left alone. Call it where no event loop runs."""
    asyncio.run(_fill(endpoints, progress))


async def _fill(endpoints: Endpoints, progress: Progress) -> None:
    async with operating(endpoints) as session:
        if not await session.scalar(select(func.count()).select_from(Tenant)):
            progress("正在导入组织树 / importing the tree of tenants")
            await _import_tree(session)


async def _import_tree(session: AsyncSession) -> None:
    for file in (DIVISIONS, ZONES):
        await import_tree(session, OPERATOR, read_tree_file(file), TREE_VALID_FROM)
