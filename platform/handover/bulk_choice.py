"""From what was named to cases: those the subject sees become items with a case, all others are not found."""

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from msgspec import Struct
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from cases.models import Case
from cases.steps import OPEN
from foundation.errors import FieldError, InvalidInput, invalid
from foundation.language import N_
from handover.bulk_form import MOST, Choice
from handover.bulk_kinds import Work
from policies import gate
from policies.actions import Action
from tenants.subject import Subject

AT_ONCE = 500
WRONG_LINES = 20
"""So many lines are named one by one; the rest waits until these are mended."""
NUMBER = re.compile(r"\d{6}-\d{5}-\d{4}-\d{5,9}|云\d{6}信调〔\d{4}〕\d{5,9}号")
ID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class Chosen(Struct, frozen=True):
    """The case that the subject sees, by its registration number; or the number or id that was named, alone."""

    asked: str
    case_id: UUID | None = None
    step: int | None = None


async def choose(session: AsyncSession, subject: Subject, work: Work, choice: Choice) -> Sequence[Chosen]:
    """Raises InvalidInput at `cases` when nothing is chosen, too much is, or a line is neither number nor id."""
    asked = _lines(choice.cases)
    if asked:
        return _each_once(asked, await _seen(session, subject, work.sees, asked))
    if not choice.filters:
        raise invalid("cases", "required", N_("请填写案件清单，或者按条件选取"))
    found = await _matching(session, subject, work, choice)
    if not found:
        raise invalid("cases", "nothing_matches", N_("没有符合条件的案件"))
    return found


def _lines(given: Sequence[str]) -> list[str]:
    lines = [line.strip() for line in given]
    wrong = [n for n, line in enumerate(lines, 1) if line and not (NUMBER.fullmatch(line) or ID.fullmatch(line))]
    if wrong:
        text = N_("第 %(n)s 行不是登记号、案号或编号")
        raise InvalidInput(*(FieldError("cases", "malformed", text, {"n": n}) for n in wrong[:WRONG_LINES]))
    return list(dict.fromkeys(line for line in lines if line))


async def _seen(session: AsyncSession, subject: Subject, sees: Action, asked: Sequence[str]) -> dict[str, Chosen]:
    """By every name of it that was asked. What is not seen and what does not exist take the same way."""
    mine = or_(*gate.visible(subject, sees))
    found: dict[str, Chosen] = {}
    for start in range(0, len(asked), AT_ONCE):
        part = asked[start : start + AT_ONCE]
        ids = [UUID(one) for one in part if ID.fullmatch(one)]
        named = or_(Case.registration_no.in_(part), Case.case_no.in_(part), Case.id.in_(ids))
        query = select(Case.id, Case.registration_no, Case.case_no, Case.step).where(named, mine)
        for case_id, registration_no, case_no, step in await session.execute(query):
            one = Chosen(registration_no, case_id, step)
            found.update((name, one) for name in (str(case_id), registration_no, case_no) if name)
    return found


def _each_once(asked: Sequence[str], seen: dict[str, Chosen]) -> list[Chosen]:
    """A case that was named twice, by number and by id, is one item."""
    items: dict[object, Chosen] = {}
    for name in asked:
        one = seen.get(name.lower() if ID.fullmatch(name) else name, Chosen(name))
        items.setdefault(one.case_id or name, one)
    return list(items.values())


async def _matching(session: AsyncSession, subject: Subject, work: Work, choice: Choice) -> list[Chosen]:
    """The open cases that the subject may do this with, the newest first; branch by branch, as their indexes stand."""
    kept: list[ColumnElement[bool]] = [Case.state.in_(sorted(OPEN))]
    for column, value in (
        (Case.step, choice.step),
        (Case.case_class, choice.case_class),
        (Case.handler_id, choice.handler_id),
    ):
        kept += [column == value] if value is not None else []
    rows: list[tuple[datetime, UUID, str, int]] = []
    for branch in gate.visible(subject, work.action):
        query = select(Case.filed_at, Case.id, Case.registration_no, Case.step).where(branch, *kept)
        query = query.order_by(Case.filed_at.desc(), Case.id.desc()).limit(MOST + 1)
        rows += [(filed, one, number, step) for filed, one, number, step in await session.execute(query)]
    if len(rows) > MOST:
        text = N_("符合条件的案件超过 %(n)s 件，请缩小范围，分批办理")
        raise invalid("cases", "too_long", text, n=MOST)
    return [Chosen(number, case_id, step) for _, case_id, number, step in sorted(rows, reverse=True)]
