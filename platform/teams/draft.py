"""Drafting the agreement: the schedule line by line, the clauses, and nothing that gives up a right (26a, N8)."""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta, Struct
from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.citations import checked_basis
from cases.consent import ConsentKind, consented
from cases.facts import by_facts
from cases.models import Case
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, FieldError, InvalidInput
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from teams.agreement import Agreement, AgreementTerm, Manner, Medium, Performance, Status, in_status
from teams.agreement_facts import DRAFT_MANNER
from teams.analysis import facts_on
from teams.fields import NOT_A_CHOICE, strangers
from teams.mediating import at_the_table
from tenants.subject import Subject

FAMILY_DISPUTES = frozenset({1})
"""Dispute type 婚姻家庭 (organisation/data/dispute_types.csv)."""


class TermRow(Struct, frozen=True, kw_only=True):
    """One line of the schedule: one party owes one thing to one other by one day."""

    party_id: Annotated[UUID, Meta(title=N_("权利人"), extra={"options": "mediating_parties"})]
    obligor_id: Annotated[UUID, Meta(title=N_("履行人"), extra={"options": "mediating_parties"})]
    kind: Annotated[Performance, Meta(title=N_("履行种类"))]
    amount_fen: Annotated[int, Meta(title=N_("金额"), ge=1, le=10**13, extra={"widget": "money"})] | None = None
    text: Annotated[str, Meta(title=N_("履行内容和方式"), min_length=2, max_length=1000)]
    due_on: Annotated[date, Meta(title=N_("履行期限"))]


class DraftForm(Struct, frozen=True, kw_only=True):
    manner: Annotated[Manner, Meta(title=N_("协议形式"))]
    agreed_on: Annotated[date, Meta(title=N_("达成日期"), description=N_("口头协议必填，自当日生效"))] | None = None
    medium: Annotated[
        Medium, Meta(title=N_("签署形式"), description=N_("各方都同意的，方可采用电子形式（电子签名法第3条）"))
    ] = Medium.PAPER
    status_matter: Annotated[
        bool, Meta(title=N_("涉及婚姻、收养、继承等人身关系"), description=N_("只能采用纸质形式"))
    ] = False
    facts: Annotated[str, Meta(title=N_("纠纷主要事实"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    matters: Annotated[str, Meta(title=N_("争议事项"), min_length=2, max_length=4000, extra={"widget": "textarea"})]
    legal_basis: (
        Annotated[str, Meta(title=N_("政策法律依据"), max_length=2000, extra={"widget": "textarea"})] | None
    ) = None
    terms: Annotated[list[TermRow], Meta(title=N_("协议内容（逐人逐项）"), min_length=1, max_length=500)]
    responsible_id: Annotated[
        UUID | None, Meta(title=N_("责任条款：责任单位"), extra={"options": "mediating_units"})
    ] = None
    responsibility: Annotated[str, Meta(title=N_("各方责任"), max_length=2000, extra={"widget": "textarea"})] | None = (
        None
    )
    undertakes_cost: Annotated[
        bool,
        Meta(
            title=N_("责任单位已书面承诺承担办案成本补助"),
            description=N_("自愿作出，不是调解的条件；当事人不付调解费用"),
        ),
    ] = False
    accepts_enforcement: Annotated[
        bool,
        Meta(title=N_("写明不履行给付即愿意接受强制执行"), description=N_("可办理强制执行公证（公证法第37条）")),
    ] = False


class AgreementMissing(Conflict):
    code = "agreement_missing"
    message = N_("还没有起草调解协议")


class ElectronicNotAgreed(Conflict):
    """电子签名法 3(1)."""

    code = "electronic_not_agreed"
    message = N_("各方当事人没有都同意采用电子形式，请用纸质签署")


class OralNotSealed(Conflict):
    code = "oral_not_sealed"
    message = N_("口头协议自达成之日起生效，由人民调解员记录，不需要签名盖章（人民调解法第30条）")


async def draft_agreement(session: AsyncSession, subject: Subject, case: Case, form: DraftForm) -> Done:
    """A new draft voids the one before, with its signatures. Raises InvalidInput naming every broken clause."""
    here = {party.id: party.kind for party in await at_the_table(session, case.id)}
    if errors := [*_broken(form, here, local_date(instant(session))), *_broken_medium(form, case)]:
        raise InvalidInput(*errors)
    await checked_basis(session, form.legal_basis, await facts_on(session, case))
    if form.medium is Medium.ELECTRONIC and not await _all_agree_to_electronic(session, case, here):
        raise ElectronicNotAgreed
    if before := await in_status(session, case.id, Status.DRAFT):
        before.status = Status.VOID.value
        await session.flush()
    agreement = await _new_draft(session, subject, case, form)
    session.add_all(_term(agreement, ordinal, row) for ordinal, row in enumerate(form.terms, 1))
    await session.flush()
    return Done(data={"version": agreement.version, "terms": len(form.terms)}, audience="parties")


def _broken(form: DraftForm, here: dict[UUID, str], today: date) -> Iterator[FieldError]:
    yield from strangers("terms", [row.party_id for row in form.terms], here, "party_id")
    yield from strangers("terms", [row.obligor_id for row in form.terms], here, "obligor_id")
    earliest = today
    if form.manner is Manner.ORAL:
        earliest = form.agreed_on or today
        if form.agreed_on is None or form.agreed_on > today:
            yield FieldError("agreed_on", "required", N_("口头协议须写明达成日期，且不晚于今天"))
    elif form.agreed_on is not None:
        yield FieldError("agreed_on", "effective_before_signature", N_("书面协议自签名盖章起生效，不另定生效日期"))
    for index, row in enumerate(form.terms):
        yield from _broken_term(row, f"terms.{index}", earliest)
    if form.responsible_id is not None and here.get(form.responsible_id) != "unit":
        yield FieldError("responsible_id", "not_a_choice", NOT_A_CHOICE)
    if form.undertakes_cost and form.responsible_id is None:
        yield FieldError("responsible_id", "required", N_("承诺承担补助的，须写明责任单位"))
    if form.accepts_enforcement and not any(row.kind is Performance.MONEY for row in form.terms):
        yield FieldError("accepts_enforcement", "no_payment", N_("没有给付内容，不能约定接受强制执行"))


def _broken_medium(form: DraftForm, case: Case) -> Iterator[FieldError]:
    """电子签名法 3(3)(1): papers about marriage, adoption, inheritance are signed on paper."""
    if form.medium is Medium.ELECTRONIC and (form.status_matter or case.dispute_type in FAMILY_DISPUTES):
        yield FieldError("medium", "paper_only", N_("涉及婚姻、收养、继承等人身关系的，须用纸质签署"))


async def _all_agree_to_electronic(session: AsyncSession, case: Case, here: Iterable[UUID]) -> bool:
    answers = await consented(session, case.id, ConsentKind.ELECTRONIC)
    return all(answers.get(party) for party in here)


def _broken_term(row: TermRow, path: str, earliest: date) -> Iterator[FieldError]:
    if row.party_id == row.obligor_id:
        yield FieldError(f"{path}.obligor_id", "same_party", N_("履行人和权利人不能是同一人"))
    if row.kind is Performance.MONEY and row.amount_fen is None:
        yield FieldError(f"{path}.amount_fen", "required", N_("支付款项须写明金额"))
    if row.kind is Performance.ACT and row.amount_fen is not None:
        yield FieldError(f"{path}.amount_fen", "not_money", N_("作出行为的不填金额"))
    if row.due_on < earliest:
        yield FieldError(f"{path}.due_on", "too_early", N_("履行期限不能早于协议达成之日"))


async def _new_draft(session: AsyncSession, subject: Subject, case: Case, form: DraftForm) -> Agreement:
    now = instant(session)
    versions = await session.scalar(select(func.count()).where(Agreement.case_id == case.id))
    agreement = Agreement(
        id=new_id(now),
        case_id=case.id,
        version=(versions or 0) + 1,
        status=Status.DRAFT.value,
        manner=form.manner.value,
        medium=form.medium.value,
        content=_words(form),
        responsible_id=form.responsible_id,
        undertakes_cost=form.undertakes_cost,
        accepts_enforcement=form.accepts_enforcement,
        agreed_on=form.agreed_on if form.manner is Manner.ORAL else None,
        recorded_at=now,
        recorded_by=subject.person_id,
    )
    session.add(agreement)
    await session.flush()
    return agreement


def _words(form: DraftForm) -> dict[str, Any]:
    words: dict[str, Any] = msgspec.to_builtins(form)
    return {name: words[name] for name in ("facts", "matters", "legal_basis", "responsibility")}


def _term(agreement: Agreement, ordinal: int, row: TermRow) -> AgreementTerm:
    return AgreementTerm(
        id=new_id(agreement.recorded_at),
        case_id=agreement.case_id,
        agreement_id=agreement.id,
        ordinal=ordinal,
        party_id=row.party_id,
        obligor_id=row.obligor_id,
        kind=row.kind.value,
        amount_fen=row.amount_fen,
        text=row.text,
        due_on=row.due_on,
        recorded_at=agreement.recorded_at,
    )


@by_facts(DRAFT_MANNER)
def agreement_drafted(subject: Subject, case: Case, manner: str | None) -> DomainError | None:
    return None if manner else AgreementMissing()


ACTS = (Act("draft-agreement", N_("起草调解协议"), Action.AGREEMENT_DRAFT, DraftForm, draft_agreement, step=6),)
GUARDS = {"agreement_drafted": agreement_drafted}
