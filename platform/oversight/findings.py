"""质量检查: scores item by item, and findings sent back to the holder, answered, accepted or sent back again (8)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.facts import Fact, by_facts
from cases.models import Case
from cases.timeline import holder_tenant
from cases.timers import end_of_day
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from oversight.checklists import ChecklistItem, items_of, standing_checklist
from oversight.finding_models import WAITING, FindingState, FindingStep, InspectionFinding, InspectionScore
from oversight.inspections import Inspection, own_open
from policies.actions import Action
from tenants.subject import Subject

LONGEST_DAYS = 60
WORDS = {"min_length": 2, "max_length": 4000, "extra": {"widget": "textarea"}}
CHOOSE = N_("请从所列项目中选择")


class ScoreRow(Struct, frozen=True, kw_only=True):
    item: Annotated[UUID, Meta(title=N_("评分项目"), extra={"options": "checklist_items"})]
    points: Annotated[int, Meta(title=N_("得分"), ge=0, le=100)]
    reason: Annotated[str, Meta(title=N_("评分理由"), min_length=2, max_length=500)]


class ScoresForm(Struct, frozen=True, kw_only=True):
    inspection_id: Annotated[UUID, Meta(title=N_("检查"), extra={"options": "own_inspections"})]
    scores: Annotated[list[ScoreRow], Meta(title=N_("评分"), min_length=1, max_length=40)]


class FindingForm(Struct, frozen=True, kw_only=True):
    inspection_id: Annotated[UUID, Meta(title=N_("检查"), extra={"options": "own_inspections"})]
    item: Annotated[UUID, Meta(title=N_("评分项目"), extra={"options": "checklist_items"})]
    words: Annotated[str, Meta(title=N_("发现的问题和整改要求"), **WORDS)]
    answer_by: Annotated[date, Meta(title=N_("答复截止日"), description=N_("最长60日"))]


class AnswerForm(Struct, frozen=True, kw_only=True):
    finding: Annotated[UUID, Meta(title=N_("问题"), extra={"options": "findings_waiting"})]
    words: Annotated[str, Meta(title=N_("整改情况"), **WORDS)]


class Verdict(Struct, frozen=True, kw_only=True):
    finding: Annotated[UUID, Meta(title=N_("问题"), extra={"options": "findings_answered"})]
    accepted: Annotated[bool, Meta(title=N_("是否认可"))]
    words: Annotated[str, Meta(title=N_("意见"), **WORDS)]
    answer_by: Annotated[date, Meta(title=N_("重新答复截止日"), description=N_("不认可时填写，最长60日"))] | None = None


class NoFinding(Conflict):
    code = "no_finding"
    message = N_("本案没有这样的检查问题")


async def score_inspection(session: AsyncSession, subject: Subject, case: Case, form: ScoresForm) -> Done:
    """Each item once; what was scored before is scored anew. Raises InvalidInput at the row."""
    inspection = await _own_inspection(session, subject, case, form.inspection_id)
    items = {one.id: one for one in await _items(session, subject, inspection)}
    for number, row in enumerate(form.scores):
        item = items.get(row.item)
        if item is None or any(other.item == row.item for other in form.scores[:number]):
            raise invalid(f"scores.{number}.item", "not_a_choice", CHOOSE)
        if row.points > item.most:
            raise invalid(f"scores.{number}.points", "out_of_range", N_("得分不能超过满分"))
    there = {one.item_id: one for one in await scores_of(session, inspection.id)}
    now = instant(session)
    for row in form.scores:
        score = there.get(row.item) or InspectionScore(
            id=new_id(now), case_id=case.id, inspection_id=inspection.id, item_id=row.item,
            office_id=inspection.office_id,
        )  # fmt: skip
        score.points, score.reason, score.recorded_at, score.recorded_by = (
            row.points,
            row.reason,
            now,
            subject.person_id,
        )
        session.add(score)
    return Done(data={"items": len(form.scores)})


async def send_finding(session: AsyncSession, subject: Subject, case: Case, form: FindingForm) -> Done:
    """To whoever holds the case. Raises InvalidInput."""
    inspection = await _own_inspection(session, subject, case, form.inspection_id)
    if form.item not in {one.id for one in await _items(session, subject, inspection)}:
        raise invalid("item", "not_a_choice", CHOOSE)
    now = instant(session)
    session.add(
        InspectionFinding(
            id=new_id(now),
            case_id=case.id,
            inspection_id=inspection.id,
            item_id=form.item,
            tenant_id=inspection.tenant_id,
            office_id=inspection.office_id,
            holder_tenant_id=holder_tenant(case),
            holder_office_id=case.holder_office_id,
            words=form.words,
            state=FindingState.SENT.value,
            deadline=end_of_day(now, _days(form.answer_by, local_date(now))),
            recorded_at=now,
            recorded_by=subject.person_id,
        )
    )
    return Done(data={"answer_by": str(form.answer_by)})


def _days(answer_by: date, today: date) -> int:
    days = (answer_by - today).days
    if not 0 <= days <= LONGEST_DAYS:
        raise invalid("answer_by", "out_of_range", N_("截止日须在今天起60日内"))
    return days


async def answer_finding(session: AsyncSession, subject: Subject, case: Case, form: AnswerForm) -> Done:
    """By the holder's own people. Raises InvalidInput at `finding`."""
    finding = await _finding(session, case, form.finding, *WAITING)
    _step(session, subject, finding, FindingState.ANSWERED, form.words)
    return Done()


async def judge_finding(session: AsyncSession, subject: Subject, case: Case, form: Verdict) -> Done:
    """By the inspecting office; what is not accepted goes back with a new day. Raises InvalidInput."""
    finding = await _finding(session, case, form.finding, FindingState.ANSWERED.value)
    if finding.office_id != subject.office_id:
        raise invalid("finding", "not_a_choice", CHOOSE)
    if form.accepted is (form.answer_by is not None):
        raise invalid("answer_by", "contradiction", N_("不认可的须写明重新答复截止日，认可的不填"))
    _step(session, subject, finding, FindingState.ACCEPTED if form.accepted else FindingState.RETURNED, form.words)
    if form.answer_by is not None:
        now = instant(session)
        finding.deadline = end_of_day(now, _days(form.answer_by, local_date(now)))
    return Done(data={"accepted": form.accepted})


def _step(session: AsyncSession, subject: Subject, finding: InspectionFinding, state: FindingState, words: str) -> None:
    now = instant(session)
    finding.state = state.value
    session.add(
        FindingStep(
            id=new_id(now), finding_id=finding.id, case_id=finding.case_id, kind=state.value, words=words,
            recorded_at=now, recorded_by=subject.person_id,
        )
    )  # fmt: skip


async def _own_inspection(session: AsyncSession, subject: Subject, case: Case, inspection_id: UUID) -> Inspection:
    own = {one.id: one for one in await own_open(session, subject, case)}
    if inspection_id not in own:
        raise invalid("inspection_id", "not_a_choice", CHOOSE)
    return own[inspection_id]


async def _finding(session: AsyncSession, case: Case, finding_id: UUID, *states: str) -> InspectionFinding:
    """Locked, so that two answers can't cross."""
    query = select(InspectionFinding).where(InspectionFinding.id == finding_id, InspectionFinding.case_id == case.id)
    found = await session.scalar(query.with_for_update())
    if found is None or found.state not in states:
        raise invalid("finding", "not_a_choice", CHOOSE)
    return found


async def _items(session: AsyncSession, subject: Subject, *inspections: Inspection) -> Sequence[ChecklistItem]:
    """Of the checklists by which these are scored; one that was opened without any has what is in force now."""
    wanted = {one.checklist_id for one in inspections}
    if None in wanted:
        wanted.add(await standing_checklist(session, subject))
    return await items_of(session, [one for one in wanted if one is not None])


async def scores_of(session: AsyncSession, inspection_id: UUID) -> Sequence[InspectionScore]:
    query = select(InspectionScore).where(InspectionScore.inspection_id == inspection_id)
    return (await session.scalars(query.order_by(InspectionScore.id))).all()


async def item_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    items = await _items(session, subject, *await own_open(session, subject, case))
    return [Option(str(one.id), f"{one.text} · {one.most}") for one in items]


async def _options(session: AsyncSession, case: Case, *states: str) -> list[Option]:
    query = (
        select(InspectionFinding.id, ChecklistItem.text, InspectionFinding.deadline, InspectionFinding.office_id)
        .join(ChecklistItem, ChecklistItem.id == InspectionFinding.item_id)
        .where(InspectionFinding.case_id == case.id, InspectionFinding.state.in_(states))
        .order_by(InspectionFinding.recorded_at, InspectionFinding.id)
    )
    return [Option(str(key), f"{text} · {local_date(due)}") for key, text, due, _ in await session.execute(query)]


async def waiting_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return await _options(session, case, *WAITING)


async def answered_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return await _options(session, case, FindingState.ANSWERED.value)


@by_facts(Fact("exists (select from inspection_findings where case_id = :case and state in ('sent', 'returned'))"))
def finding_waits(subject: Subject, case: Case, waits: bool) -> DomainError | None:
    return None if waits else NoFinding()


@by_facts(
    Fact(
        "exists (select from inspection_findings where case_id = :case and state = 'answered' and office_id = :office)"
    )
)
def finding_answered(subject: Subject, case: Case, answered: bool) -> DomainError | None:
    return None if answered else NoFinding()


ACTS = (
    Act("score-inspection", N_("按评分表评分"), Action.QUALITY_INSPECT, ScoresForm, score_inspection, writes=False),
    Act("send-finding", N_("发回检查问题"), Action.QUALITY_INSPECT, FindingForm, send_finding, writes=False),
    Act("answer-finding", N_("答复检查问题"), Action.ORDER_REPLY, AnswerForm, answer_finding, writes=False),
    Act("judge-finding", N_("认可或退回整改"), Action.QUALITY_INSPECT, Verdict, judge_finding, writes=False),
)
GUARDS = {"finding_waits": finding_waits, "finding_answered": finding_answered}
OPTIONS = {
    "checklist_items": item_options,
    "findings_waiting": waiting_options,
    "findings_answered": answered_options,
}
