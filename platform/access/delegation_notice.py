"""The parties are told when their data is lent to another processor: who, why, what kinds (个人信息保护法 23)."""

from uuid import UUID, uuid5

from sqlalchemy.ext.asyncio import AsyncSession

from access.delegation import Delegation
from cases.catalogue import Done
from cases.issue import issue, prepare
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from cases.timeline import new_event
from foundation.clock import local_date
from foundation.jobs import Message
from foundation.language import N_
from foundation.store import Scope, Store
from policies.actions import Action
from tenants import names
from tenants.subject import Subject

DELEGATION_NOTICE = PaperKind("delegation_notice", N_("授权告知书"), Group.FINAL)
KINDS = {
    N_("身份信息"): {Action.CASE_READ_IDENTITY, Action.CASE_READ_IDENTITY_MASKED, Action.PARTY_REVEAL},
    N_("联系方式"): {Action.CASE_READ_CONTACT, Action.CASE_READ_CONTACT_MASKED},
    N_("陈述、证据和调解材料"): {Action.CASE_READ_STATEMENT},
    N_("处理意见和协议草稿"): {Action.CASE_READ_OPINION},
    N_("办理进度"): {Action.CASE_STATUS, Action.CASE_READ, Action.CASE_READ_TIMELINE},
}
SYSTEM = "system.delegations"
NOBODY = UUID(int=0)


async def tell_parties(session: AsyncSession, subject: Subject, case: Case, row: Delegation, borrower: str) -> Paper:
    return await issue(session, subject, case, DELEGATION_NOTICE, await _content(session, case, row, borrower))


async def tell_of_class(store: Store, message: Message) -> None:
    """A case that a lent class reaches, now or later. Told once, however often the message comes."""
    case_id, delegation_id = UUID(message.payload["case"]), UUID(message.payload["delegation"])
    subject = Subject(NOBODY, SYSTEM, "", int(message.payload["tenant"]), None, None, system=SYSTEM)
    paper_id = uuid5(delegation_id, str(case_id))
    async with store.scoped(Scope(subject.tenant_id, NOBODY)) as session:
        case, row = await session.get(Case, case_id), await session.get(Delegation, delegation_id)
        if case is None or row is None or await session.get(Paper, paper_id) is not None:
            return  # handed over meanwhile, and no longer lent; or told already
        content = await _content(session, case, row, await _name(session, row))
        paper = await prepare(session, subject, case, DELEGATION_NOTICE, content)
        paper.id = paper_id
        done = Done(data={"delegation": str(delegation_id)}, audience="parties")
        session.add_all([paper, new_event(session, subject, case, "delegate", done)])


async def _content(session: AsyncSession, case: Case, row: Delegation, borrower: str) -> dict[str, object]:
    return {
        "borrower": borrower,
        "purpose": row.purpose,
        "data_kinds_lent": [kind for kind, actions in KINDS.items() if actions & set(row.actions)],
        "lent_from": str(local_date(row.since)),
        "lent_until": str(local_date(row.until)),
    }


async def _name(session: AsyncSession, row: Delegation) -> str:
    people = await names.people(session, [row.to_person_id])
    offices = await names.offices(session, [row.to_office_id])
    tenants = await names.tenants(session, [row.to_tenant_id])
    return next(iter((*people.values(), *offices.values(), *tenants.values())), "")


PAPERS = (DELEGATION_NOTICE,)
