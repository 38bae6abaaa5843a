"""An administrator at the office, with a session of this database and the token that Piccolo wants to see twice."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from httpx import AsyncClient, Response
from sqlalchemy import select, text

from foundation import cookies
from foundation.audit import AuditRow
from tests.door import Door
from tests.world import World

TABLES = "/admin/api/tables/"
FORMS = "/admin/api/forms/"


@asynccontextmanager
async def signed_in(door: Door, login: str, language: str = "zh") -> AsyncIterator[AsyncClient]:
    kept = {cookies.SESSION: await door.token(login), cookies.LANGUAGE: language}
    async with door.client(cookies=kept) as browser:
        await browser.get("/admin/")
        browser.headers["X-CSRFToken"] = browser.cookies["csrftoken"]
        yield browser


async def submit(admin: AsyncClient, form: str, **fields: Any) -> Response:
    return await admin.post(f"{FORMS}{form}/", json=fields)


def refusal(answer: Response) -> str:
    """What Piccolo's page shows above the form."""
    assert answer.status_code == 422, (answer.status_code, answer.text)
    said: str = answer.json()["custom_form_error"]
    return said


async def changes(world: World, kind: str, key: object) -> list[AuditRow]:
    """The audit's rows of one object, in all chains."""
    async with world.owner() as session:
        query = select(AuditRow).where(AuditRow.object_kind == kind, AuditRow.object_id == str(key))
        return list(await session.scalars(query.order_by(AuditRow.tenant_id, AuditRow.seq)))


async def one(world: World, query: str, **params: Any) -> Any:
    """The first column of the first row, seen by the owner."""
    async with world.owner() as session:
        return await session.scalar(text(query), params)
