"""Finding who is responsible (责任认定): on a paper of the dossier or a file attached, never by the team itself."""

from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, Paper, PaperKind
from cases.parties import Party
from foundation import files
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from funding.deciding import decide_again
from funding.decisions import Cause
from funding.finding_form import FindingForm
from funding.findings import Finding
from funding.positions import Position, note_before_settlement
from funding.separation import keep_apart, team_people
from funding.words import Basis, Fault, Producer
from policies.actions import Action
from teams.agreement import Agreement, Status, in_status
from teams.conference import MINUTES
from tenants.subject import Subject

FINDING = PaperKind("responsibility_finding", N_("责任认定书"), Group.MONEY, form=FindingForm)
NAMED = (Producer.DEPARTMENT, Producer.ENTERPRISE, Producer.UNIT, Producer.COLLECTIVE)
"""Producers that a finding must call by name."""


async def find_responsibility(session: AsyncSession, subject: Subject, case: Case, form: FindingForm) -> Done:
    """Fees and trips whose payer depended on it are decided again in the same transaction."""
    keep_apart(subject, dict.fromkeys(await team_people(session, case), N_("专调小组成员")))
    _check_content(form)
    _check_shares(form)
    agreement = await in_status(session, case.id, Status.EFFECTIVE)
    paper_id = await _paper_of(session, case, form, agreement)
    now = instant(session)
    finding = Finding(
        id=new_id(now),
        case_id=case.id,
        producer=form.producer,
        fault=form.fault,
        producer_party_id=await _producer_party(session, case, form, agreement),
        fault_party_id=form.fault_party,
        content=msgspec.to_builtins(form),
        basis=form.basis.value,
        paper_id=paper_id,
        proof_id=form.proof,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(finding)
    await issue(session, subject, case, FINDING, form)
    await decide_again(session, subject, case, Cause.FINDING)
    note_before_settlement(case, Position.FOUND)
    return Done(data={"basis": form.basis.value, "producer": form.producer, "fault": form.fault})


def _check_content(form: FindingForm) -> None:
    if form.producer is None and form.fault is None and form.team_at_fault is None:
        raise invalid("producer", "required", N_("请填写认定的内容"))
    if form.producer in NAMED and not form.unit_name:
        raise invalid("unit_name", "required", N_("请填写"))
    if form.unable and not form.unable_proof:
        raise invalid("unable_proof", "required", N_("无力承担须有证据"))
    if form.fault is Fault.LATER:
        raise invalid("fault", "not_a_finding", N_("尚未认定的，不作认定"))


def _check_shares(form: FindingForm) -> None:
    """Several answer only by shares on record; a share is of one subject, not again of several."""
    several = form.producer is Producer.SEVERAL or form.fault is Fault.SEVERAL
    if several != bool(form.shares):
        raise invalid("shares", "required" if several else "contradiction", N_("有多个责任方时、且仅在此时填写份额"))
    if several and (len(form.shares) < 2 or sum(row.percent for row in form.shares) != 100):
        raise invalid("shares", "not_whole", N_("份额不少于两份，合计须为百分之百"))
    for index, row in enumerate(form.shares):
        if row.kind in (Producer.SEVERAL, Producer.ABOLISHED, Producer.UNCLEAR):
            raise invalid(f"shares.{index}.kind", "not_a_choice", N_("请从所列项目中选择"))


async def _paper_of(session: AsyncSession, case: Case, form: FindingForm, agreement: Agreement | None) -> UUID | None:
    """The paper in the dossier; for every other basis the file is the proof. Raises InvalidInput without either."""
    if form.proof is not None:
        await files.of_case(session, case.id, form.proof)
    match form.basis:
        case Basis.AGREEMENT:
            if agreement is None or agreement.responsible_id is None:
                raise invalid("basis", "no_clause", N_("本案没有载明责任条款的生效协议"))
            return agreement.paper_id
        case Basis.MINUTES:
            query = select(Paper.id).where(Paper.case_id == case.id, Paper.kind == MINUTES.code)
            minutes: UUID | None = await session.scalar(query.order_by(Paper.issued_at.desc()).limit(1))
            if minutes is None:
                raise invalid("basis", "no_minutes", N_("本案没有会商记录"))
            return minutes
        case _:
            if form.proof is None:
                raise invalid("proof", "required", N_("请附上认定依据"))
            return None


async def _producer_party(
    session: AsyncSession, case: Case, form: FindingForm, agreement: Agreement | None
) -> UUID | None:
    """The unit found is itself a party: by the agreement's clause, else by its name."""
    if form.producer is None:
        return None
    if form.basis is Basis.AGREEMENT and agreement is not None:
        return agreement.responsible_id
    query = select(Party).where(Party.case_id == case.id, Party.kind == "unit").order_by(Party.ordinal)
    return next((party.id for party in await session.scalars(query) if party.name == form.unit_name), None)


ACTS = (
    Act(
        "find-responsibility",
        N_("认定责任主体和过错方"),
        Action.PAYER_CONFIRM,
        FindingForm,
        find_responsibility,
        files=True,
    ),
)
PAPERS = (FINDING,)
