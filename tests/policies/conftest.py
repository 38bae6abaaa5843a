"""The gate opened on the rules of the repository, and the owner's rolled-back session."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from cases.relations import CaseRelations
from foundation.endpoints import Endpoints
from policies import gate
from policies.rules import RuleBook, load
from policies.table import DecisionTable, ask_casbin
from tests.policies.database import rolled_back


@pytest.fixture(scope="session")
def book() -> RuleBook:
    return load()


@pytest.fixture(scope="session")
def table(book: RuleBook) -> DecisionTable:
    return ask_casbin(book)


@pytest.fixture(scope="module")
async def session(endpoints: Endpoints, book: RuleBook, table: DecisionTable) -> AsyncIterator[AsyncSession]:
    """Of the owner, with the small tree; `asking` makes it the application's."""
    gate.use(gate.Gate(book, table, CaseRelations()))
    async with rolled_back(endpoints) as opened:
        yield opened
