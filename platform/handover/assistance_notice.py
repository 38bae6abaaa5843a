"""The parties are told who assists, in what and with which of their data (个人信息保护法 23)."""

from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation_notice import DELEGATION_NOTICE, KINDS
from cases.issue import issue
from cases.models import Case
from foundation.clock import local_date
from handover.models import Assistance
from tenants import names
from tenants.subject import Subject


async def tell_parties(session: AsyncSession, subject: Subject, case: Case, row: Assistance) -> None:
    """One notice that both sides read. A panel's expert sees no identity, so nothing of a party's is provided."""
    people = await names.people(session, [row.person_id])
    offices = await names.offices(session, [row.office_id])
    content = {
        "borrower": next(iter((*people.values(), *offices.values())), ""),
        "purpose": row.purpose,
        "data_kinds_lent": [kind for kind, actions in KINDS.items() if actions & set(row.actions or ())],
        "lent_from": str(local_date(row.since or row.recorded_at)),
        "lent_until": str(local_date(row.until)),
    }
    await issue(session, subject, case, DELEGATION_NOTICE, content)
