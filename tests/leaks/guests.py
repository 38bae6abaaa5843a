"""People of the leak tests: each with an account, one post and a live session, and perhaps a relation to a case."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.ids import new_id
from tenants.accounts import Account, SignIn
from tenants.models import Person, Post
from tenants.sessions import hashed

RELATE = text(
    "insert into case_relations (id, case_id, relation, role, person_id, since, until, source, filed_at)"
    " select cast(:id as uuid), id, :relation, :role, :person, :since, :until,"
    " 'delegations:' || cast(:id as uuid)::text, filed_at from cases where id = :case"
)
TOKEN = "leaks-"


class Guest(Struct, frozen=True):
    person_id: UUID
    post_id: UUID
    token: str


async def admit(session: AsyncSession, posts: Sequence[tuple[str, int]], now: datetime) -> list[Guest]:
    """One person for each (role, office), in post for nine days and signed in for an hour, by two factors."""
    guests = [Guest(new_id(now), new_id(now), TOKEN + new_id(now).hex) for _ in posts]
    accounts = [new_id(now) for _ in posts]
    begun, term = now - timedelta(hours=1), now - timedelta(days=9)
    times = {"began_at": begun, "seen_at": now, "ends_at": now + timedelta(hours=9), "second_factor_at": begun}
    people, held, known, sessions = [], [], [], []
    for guest, account, (role, office) in zip(guests, accounts, posts, strict=True):
        people.append({"id": guest.person_id, "name": "某来客"})
        held.append(
            {"id": guest.post_id, "person_id": guest.person_id, "office_id": office, "role": role, "since": term}
        )
        known.append(
            {"id": account, "person_id": guest.person_id, "login": guest.token, "failures": 0, "language": "zh"}
        )
        sessions.append({"token_hash": hashed(guest.token), "account_id": account, "post_id": guest.post_id, **times})
    for table, rows in ((Person, people), (Post, held), (Account, known), (SignIn, sessions)):
        await session.execute(insert(table), rows)
    return guests


async def relate(
    session: AsyncSession,
    case_id: UUID,
    person_id: UUID,
    relation: str,
    role: str | None,
    since: datetime,
    until: datetime,
) -> None:
    """A record of case_relations that names the person, written behind everybody's back."""
    row = {"id": new_id(since), "case": case_id, "relation": relation, "role": role, "person": person_id}
    await session.execute(RELATE, {**row, "since": since, "until": until})
