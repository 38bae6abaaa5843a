"""What an office drew, by which checklist it is scored, and how far: case by case, never a person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from oversight.checklists import Checklist, ChecklistItem
from oversight.draws import InspectionDraw, draws_of
from oversight.finding_models import FindingState, InspectionFinding, InspectionScore
from oversight.inspections import Inspection
from oversight.paging import goes_on
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

PAGE = 20
"""Draws, of up to fifty cases each."""


class DrawnCase(Struct, frozen=True):
    """`number` empty = not the office's to see any more. `points` of `most`: of the items scored, 0 of 0 = none yet."""

    case_id: UUID
    number: str
    points: int
    most: int
    waiting: int


class DrawnView(Struct, frozen=True):
    """`checklist` empty = none was in force; `eligible`: from how many; `seed` repeats the draw."""

    id: UUID
    since: date
    until: date
    case_class: str | None
    checklist: str
    eligible: int
    seed: str
    recorded_at: datetime
    cases: list[DrawnCase]


class DrawnPage(Struct, frozen=True):
    """`after`: the last row, where there are more."""

    draws: list[DrawnView]
    after: UUID | None


async def drawn_by(session: AsyncSession, subject: Subject, after: UUID | None = None, size: int = PAGE) -> DrawnPage:
    """The office's own draws, newest first, each with its cases.

    Raises InvalidInput at `after` for one that the reader does not see.
    """
    found = await draws_of(session, subject, after, size + 1)
    shown = await _views(session, subject, found[:size])
    return DrawnPage(shown, goes_on([one.id for one in found], size))


async def _views(session: AsyncSession, subject: Subject, draws: Sequence[InspectionDraw]) -> list[DrawnView]:
    numbers = await _numbers(session, subject, {case for one in draws for case in one.case_ids})
    scored, waiting = await _scored(session, draws), await _waiting(session, draws)
    titles = await _titles(session, draws)
    return [
        DrawnView(
            one.id, one.since, one.until, one.case_class, titles.get(one.checklist_id, ""), one.eligible, one.seed,
            one.recorded_at,
            [
                DrawnCase(
                    case, numbers.get(case, ""), *scored.get((one.id, case), (0, 0)), waiting.get((one.id, case), 0)
                )
                for case in one.case_ids
            ],
        )
        for one in draws
    ]  # fmt: skip


async def _numbers(session: AsyncSession, subject: Subject, cases: Collection[UUID]) -> Mapping[UUID, str]:
    query = select(Case.id, func.coalesce(Case.case_no, Case.registration_no)).where(
        Case.id.in_(cases), or_(*gate.visible(subject, Action.CASE_STATUS))
    )
    return {case: number for case, number in await session.execute(query)}


async def _titles(session: AsyncSession, draws: Sequence[InspectionDraw]) -> Mapping[UUID | None, str]:
    query = select(Checklist.id, Checklist.title).where(Checklist.id.in_({one.checklist_id for one in draws}))
    return {checklist: title for checklist, title in await session.execute(query)}


async def _scored(
    session: AsyncSession, draws: Sequence[InspectionDraw]
) -> Mapping[tuple[UUID | None, UUID], tuple[int, int]]:
    """(draw, case) -> points, and what the scored items have at most."""
    query = (
        select(
            Inspection.draw_id, Inspection.case_id, func.sum(InspectionScore.points), func.sum(ChecklistItem.most)
        )
        .join(InspectionScore, InspectionScore.inspection_id == Inspection.id)
        .join(ChecklistItem, ChecklistItem.id == InspectionScore.item_id)
        .where(Inspection.draw_id.in_([one.id for one in draws]))
        .group_by(Inspection.draw_id, Inspection.case_id)
    )  # fmt: skip
    return {(draw, case): (points, most) for draw, case, points, most in await session.execute(query)}


async def _waiting(session: AsyncSession, draws: Sequence[InspectionDraw]) -> Mapping[tuple[UUID | None, UUID], int]:
    """(draw, case) -> findings that nobody has accepted yet."""
    query = (
        select(Inspection.draw_id, Inspection.case_id, func.count())
        .join(InspectionFinding, InspectionFinding.inspection_id == Inspection.id)
        .where(
            Inspection.draw_id.in_([one.id for one in draws]), InspectionFinding.state != FindingState.ACCEPTED.value
        )
        .group_by(Inspection.draw_id, Inspection.case_id)
    )
    return {(draw, case): count for draw, case, count in await session.execute(query)}
