"""The same form sent twice has one effect: its hidden key leads the second one to the first one's page."""

import secrets
from collections.abc import Mapping, Sequence

import msgspec
from sqlalchemy.ext.asyncio import AsyncSession

from foundation import idempotency
from tenants.subject import Subject

FIELD = "idempotency_key"
SEE_OTHER = 303


def new_key() -> str:
    return secrets.token_urlsafe(18)


async def already(session: AsyncSession, subject: Subject, route: str, data: Mapping[str, Sequence[str]]) -> str | None:
    """The address that the first sending led to; None = this is the first, or the page had no key."""
    if not data.get(FIELD):
        return None
    digest = idempotency.hash_of(msgspec.json.encode({n: list(v) for n, v in data.items()}, order="sorted"))
    answer = await idempotency.begin(session, subject.person_id, data[FIELD][0], route, digest)
    return answer.headers["location"] if answer else None


async def led_to(session: AsyncSession, subject: Subject, data: Mapping[str, Sequence[str]], address: str) -> None:
    """Remember where the first sending led."""
    if data.get(FIELD):
        answer = idempotency.Answer(SEE_OTHER, {"location": address}, "")
        await idempotency.keep(session, subject.person_id, data[FIELD][0], answer)
