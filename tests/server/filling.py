"""Fictitious cases until there are some of each rarer kind that the tests of the seed look at: no number is lucky."""

from collections.abc import Sequence

from sqlalchemy import Exists, exists, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql import ColumnElement

from cases.classes import MAJOR
from cases.models import Case
from cases.papers import Paper
from cases.steps import State
from foundation.clock import FrozenClock
from foundation.store import Store
from server.seed.first import seed
from server.seed.story.casting import TOLD
from teams.models import Plan, TeamMember
from tenants.accounts import Account
from tenants.models import Post
from tests.conftest import NOON
from tests.world import KEYRING

LIGHT, FULL = 1200, 300
BESIDE = ("supervision_orders", "warnings", "assistances", "relief_referrals", "evidence", "settlements")
"""What others do beside a case, and its money."""
MOST_ROUNDS = 25
"""Each tells TOLD stories more; one in ten of them is of the county that the tests look at."""


async def fill(owner_url: str) -> None:
    """LIGHT and FULL cases, and as many stories more as it takes; what is lacking even then fails its own test."""
    await seed(owner_url, KEYRING, NOON, light=LIGHT, full=FULL, number=1)
    store = Store(owner_url, FrozenClock(NOON), pool_size=1)
    for number in range(2, 2 + MOST_ROUNDS):
        async with store.anonymous() as session:
            complete = await _complete(session)
        if complete:
            break
        await seed(owner_url, KEYRING, NOON, light=0, full=TOLD, number=number)
    await store.close()


async def _complete(session: AsyncSession) -> bool:
    for name in BESIDE:
        if not await session.scalar(text(f"select exists (select from {name})")):
            return False
    return all([await session.scalar(select(kind)) for kind in _kinds()])


def _kinds() -> Sequence[Exists]:
    """Told cases of each kind; without a plan, or in a major case, the opinion is not the next act."""
    planned = exists().where(Plan.case_id == Case.id, Case.state == State.ENTRUSTED, Case.case_class.not_in(MAJOR))
    workroom = Case.holder_office_id.in_(
        select(Post.office_id).join(Account, Account.person_id == Post.person_id).where(_login("xgll.director"))
    )
    held = [_told(workroom, Case.state == state) for state in (State.ENTRUSTED, State.ARCHIVED)]
    return [planned, *held, *(_told(Case.state == State.ARCHIVED, _seat(who)) for who in ("handler", "mediator"))]


def _told(*conditions: ColumnElement[bool]) -> Exists:
    return exists().where(Case.id == Paper.case_id, *conditions)


def _seat(who: str) -> ColumnElement[bool]:
    seats = select(TeamMember.case_id).join(Account, Account.person_id == TeamMember.person_id)
    return Case.id.in_(seats.where(_login(f"xgll.{who}")))


def _login(login: str) -> ColumnElement[bool]:
    return Account.login == login
