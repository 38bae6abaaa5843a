"""What the list is measured against: 50 rows by the bare driver, in the same framework and on the same server.

No sign-in, no scope, no policy, no names: a yardstick, not an application.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec
from litestar import Litestar, Response, get
from litestar.datastructures import State

DSN = "BENCH_DSN"
LIST = """
select id, registration_no, case_no, state, step, case_class, dispute_type, person_count, filed_at, due_at, place_id,
    holder_office_id from cases where county_id = 144 order by filed_at desc, id desc limit 50
"""


@get("/list")
async def fifty(state: State) -> Response[bytes]:
    rows = await state.pool.fetch(LIST)
    return Response(msgspec.json.encode([dict(row) for row in rows]), media_type="application/json")


def create_app() -> Litestar:
    @asynccontextmanager
    async def connected(app: Litestar) -> AsyncIterator[None]:
        async with asyncpg.create_pool(os.environ[DSN], min_size=2, max_size=10) as pool:
            app.state.pool = pool
            yield

    return Litestar([fifty], lifespan=[connected], openapi_config=None, logging_config=None)
