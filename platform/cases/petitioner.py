"""The petitioner's own page: by number and the code on the receipt, without an account (obligation 63, N12)."""

from uuid import UUID

from sqlalchemy import text

from cases.catalogue import Act
from cases.registered_parties import receipt_hash
from foundation.attempts import Attempts
from foundation.errors import NotFound
from foundation.store import Store
from policies import gate
from tenants.subject import Subject

PURPOSE = "status"
PRINTED = text("select receipts_number(:number)")
ENTRY = text("select case_id, party_id from petitioner_entry(:number, :hash)")


async def enter(store: Store, registration_no: str, code: str) -> tuple[UUID, Subject]:
    """The case and the subject to act as; a wrong number and a wrong code are the same 404.

    What was split off opens with the same code under its own number.
    """
    number = registration_no.strip()
    async with store.anonymous() as session:
        printed = await session.scalar(PRINTED, {"number": number}) or number
        row = (await session.execute(ENTRY, {"number": number, "hash": receipt_hash(printed, code)})).one_or_none()
    if row is None:
        raise NotFound
    return row.case_id, petitioner(row.party_id)


async def admitted(store: Store, attempts: Attempts, address: str, number: str, code: str) -> tuple[UUID, Subject]:
    """`enter` from outside: guesses are counted by address, right codes are not, or neighbours would lock each other
    out of leaving (N2). Raises TooManyAttempts."""
    await attempts.count(PURPOSE, address)
    found = await enter(store, number, code)
    await attempts.right(PURPOSE, address)
    return found


def check_own(act: Act, subject: Subject) -> None:
    """A petitioner acts on objects of its own, never on the case itself; whatever else there is, is not there."""
    if act.writes or not gate.may(subject, act.action):
        raise NotFound


def petitioner(party_id: UUID) -> Subject:
    """A party acting for itself; its id stands where a person's would, so that one relation table serves both."""
    return Subject(person_id=party_id, role="petitioner", tier="-", tenant_id=None, office_id=None, office_kind=None)
