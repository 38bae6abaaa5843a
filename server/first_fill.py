"""What an empty database is filled with at the first start: the tree, its people, the accounts to sign in with."""

import asyncio
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.endpoints import Endpoints
from foundation.progress import Progress
from foundation.store import instant
from funding.first_budgets import allot_everywhere
from organisation.demonstration import DemoAccount, demonstrate
from organisation.divisions import DIVISIONS, ZONES, read_tree_file
from organisation.staffing import staff_everyone
from organisation.tree_import import import_tree
from server.operator import OPERATOR, operating
from tenants.models import Tenant

TREE_VALID_FROM = date(2026, 1, 1)
PASSWORD = "tiaojie-demo-2026"
"""Of every printed account, and printed with them: they lead to fictitious people and cases alone."""


def fill(endpoints: Endpoints, progress: Progress) -> list[DemoAccount]:
    """Fill what is empty, all or nothing; returns the accounts to print. Call it where no event loop runs."""
    return asyncio.run(_fill(endpoints, progress))


async def _fill(endpoints: Endpoints, progress: Progress) -> list[DemoAccount]:
    async with operating(endpoints) as session:
        if await session.scalar(select(func.count()).select_from(Tenant)):
            return await demonstrate(session, PASSWORD)
        progress("正在导入组织树 / importing the tree of tenants")
        await _import_tree(session)
        progress("正在建立演示人员 / making fictitious people")
        accounts = await demonstrate(session, PASSWORD)
        await staff_everyone(session)
        await allot_everywhere(session, instant(session).year)
        return accounts


async def _import_tree(session: AsyncSession) -> None:
    for file in (DIVISIONS, ZONES):
        await import_tree(session, OPERATOR, read_tree_file(file), TREE_VALID_FROM)
