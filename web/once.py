"""The same form sent twice has one effect: its hidden key leads the second one to the first one's page."""

import secrets
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import idempotency
from tenants.subject import Subject

FIELD = "idempotency_key"
TOKEN = "_csrf_token"
SEE_OTHER = 303


def new_key() -> str:
    return secrets.token_urlsafe(18)


async def already(session: AsyncSession, subject: Subject, route: str, data: Mapping[str, Sequence[str]]) -> str | None:
    """The address that the first sending led to; None = this is the first, or the page had no key."""
    answer = await answered(session, subject, route, data)
    return answer.headers["location"] if answer else None


async def answered(
    session: AsyncSession, subject: Subject, route: str, data: Mapping[str, Sequence[str]]
) -> idempotency.Answer | None:
    """What the first sending got. The token of the session is no part of what was sent: it changes at sign-in."""
    if not data.get(FIELD):
        return None
    sent = {name: list(values) for name, values in data.items() if name != TOKEN}
    digest = idempotency.hash_of(msgspec.json.encode(sent, order="sorted"))
    return await idempotency.begin(session, subject.person_id, data[FIELD][0], route, digest)


async def led_to(
    session: AsyncSession, subject: Subject, data: Mapping[str, Sequence[str]], address: str, body: str = ""
) -> None:
    """Remember where the first sending led, and what it showed there if that is shown only once."""
    if data.get(FIELD):
        answer = idempotency.Answer(SEE_OTHER, {"location": address}, body)
        await idempotency.keep(session, subject.person_id, data[FIELD][0], answer)
