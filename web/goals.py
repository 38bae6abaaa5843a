"""目标：baseline, target and progress over suitable cases, year beside year; tenants below in the order of the tree."""

from collections.abc import Iterator
from typing import Any

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.errors import DomainError
from foundation.language import N_, translate
from indicators.goals import GoalForm, Goals, Shares, goals_of, set_goal
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web.forms.bound import BoundForm, fresh
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.sent import said, sent
from web.table_file import table_file
from web.typed_query import number
from web.words import word

HERE = "/goals"


@get(HERE)
async def goals_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    """`tenant`: the own or one below."""
    return await _show(request, subject, session, fresh(GoalForm, {}, {}))


@post(HERE)
async def goal_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    async def verb(form: Any) -> str:
        await set_goal(session, subject, form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return await _show(request, subject, session, form, error)

    return await sent(request, subject, session, GoalForm, verb, again)


@get(HERE + ".csv")
async def goals_table(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    view = await goals_of(session, subject, number(request, "tenant"))
    titles = (N_("辖区"), N_("受理年份"), N_("受理"), *(word(one, "goal") for one in view.measures))
    return table_file(translate(N_("目标进度")), titles, _rows(view))


def _rows(view: Goals) -> Iterator[list[str]]:
    for year, shares in view.years.items():
        yield [view.name, str(year), *_cells(shares, view.measures)]
    for child in view.below:
        yield [child.name, str(view.year), *_cells(child.shares, view.measures)]


def _cells(shares: Shares, measures: list[str]) -> list[str]:
    """Hidden or without a base: a point."""
    numbers = [shares.accepted, *(shares.shares[one] for one in measures)]
    return ["·" if one is None else str(one) for one in numbers]


async def _show(
    request: AnyRequest, subject: Subject, session: AsyncSession, form: BoundForm, error: DomainError | None = None
) -> PageResponse:
    return page(
        request,
        "overview/goals.html",
        title=N_("目标"),
        subject=subject,
        view=await goals_of(session, subject, number(request, "tenant")),
        form=form,
        sets=gate.may(subject, Action.GOAL_SET, Relation.NONE),
        **said(error),
    )


ROUTES = [goals_page, goal_post, goals_table]
