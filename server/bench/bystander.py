"""A process that writes to one case of a tenant that is not concerned, and tells how long each write took.

What a measurement makes others wait. It ends when its input does.
"""

import asyncio
import sys
from time import perf_counter

import msgspec
from sqlalchemy import select, text

from cases.models import Case
from foundation import audit
from foundation.clock import SystemClock
from foundation.grammar import Happening
from foundation.store import Scope, Store
from tenants.models import Office

PAUSE = 0.01
TOUCH = text("update cases set version = version + 1 where id = :id")


async def write_on(url: str, tenant: int) -> None:
    store = Store(url, SystemClock(), pool_size=1)
    ended = asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    scope, taken = Scope(tenant, None), []
    async with store.scoped(scope) as session:
        own = select(Case.id).join(Office, Office.id == Case.holder_office_id).where(Office.tenant_id == tenant)
        case = (await session.scalars(own.order_by(Case.id).limit(1))).one()
    print("ready", flush=True)
    while not ended.done():
        began = perf_counter()
        async with store.scoped(scope) as session:
            await session.execute(TOUCH, {"id": case})
            entry = audit.Entry("system.bench", None, Happening.REQUEST_REFUSED, "case", str(case))
            await audit.append(session, entry, tenant)
        taken.append(perf_counter() - began)
        await asyncio.sleep(PAUSE)
    print(msgspec.json.encode(taken).decode(), flush=True)
    await store.close()


if __name__ == "__main__":
    asyncio.run(write_on(sys.argv[1], int(sys.argv[2])))
