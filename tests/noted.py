"""What a transaction writes last, written now: for tests that look at it, or go on, before it commits."""

from sqlalchemy.ext.asyncio import AsyncSession

from foundation import late


async def write_now(session: AsyncSession) -> None:
    noted, session.info[late.NOTED] = session.info[late.NOTED], []
    await late.write(session, noted)
