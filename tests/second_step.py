"""The second step of the people of the demonstration, whose secrets anybody can reckon."""

from sqlalchemy import select, update

from organisation.demonstration import open_secret
from tenants import one_time
from tenants.accounts import Account, SecondFactor
from tests.world import World


async def code_of(world: World, login: str) -> str:
    """What the person's phone shows now. Every test begins at the same noon: that its codes were used is forgotten."""
    account = select(Account.id).where(Account.login == login).scalar_subquery()
    async with world.owner() as session:
        await session.execute(update(SecondFactor).where(SecondFactor.account_id == account).values(last_step=0))
    return one_time.code_of(open_secret(login), one_time.step_of(world.clock.now()))
