"""值班: the month's roster of the own stations, signing in, swaps, late entries."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from litestar import get, post
from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from foundation.errors import DomainError, NotFound, invalid
from foundation.language import N_, translate
from foundation.store import instant
from funding import duty_claims, duty_reading
from funding.duty_approval import MonthForm, approve_month
from funding.duty_reading import ShiftView, shifts_of, swaps_waiting, this_month
from organisation.duty_attendance import EARLY, LateForm, NotYourShift
from organisation.duty_people import duty_people, stations
from organisation.duty_roster import RosterForm, cancel_shift, roster
from organisation.duty_shifts import Part, one_shift
from organisation.duty_swaps import SwapAnswerForm, SwapForm, answer_swap, ask_swap, withdraw_swap
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject
from web import funding_duty_money, once
from web.forms.bound import BoundForm, fill, fresh
from web.forms.fields import fields_of
from web.forms.typed import read
from web.funding_form import Options, form_page, sent
from web.given import PathId, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.posted import fields_in
from web.refusals import told

HERE = "/funding/duty"
Do = Callable[[Any], Awaitable[object]]


@get(HERE)
async def duty_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _show(request, session, subject, funding_duty_money.month_in(request, session))


@get(f"{HERE}/new")
async def roster_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    gate.require_role(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    form = fresh(RosterForm, {}, await _roster_options(session, subject))
    return form_page(request, subject, N_("安排值班"), HERE, form)


@post(f"{HERE}/new")
async def roster_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    gate.require_role(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    options = await _roster_options(session, subject)

    async def do(form: RosterForm) -> None:
        await roster(session, subject, form)

    return await _posted(request, session, subject, RosterForm, N_("安排值班"), do, options)


@post(f"{HERE}/shifts/{{shift_id:uuid}}/check-in")
async def check_in_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, shift_id: PathId
) -> PageResponse:
    return await _at_once(request, session, subject, duty_claims.check_in(session, subject, shift_id))


@post(f"{HERE}/shifts/{{shift_id:uuid}}/cancel")
async def cancel_post(request: AnyRequest, subject: TheSubject, session: TheSession, shift_id: PathId) -> PageResponse:
    return await _at_once(request, session, subject, cancel_shift(session, subject, shift_id))


@get(f"{HERE}/shifts/{{shift_id:uuid}}/late")
async def late_page(request: AnyRequest, subject: TheSubject, session: TheSession, shift_id: PathId) -> PageResponse:
    gate.require_role(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    await one_shift(session, subject, shift_id)
    return form_page(request, subject, N_("补录值班签到"), HERE, fresh(LateForm, {}, {}))


@post(f"{HERE}/shifts/{{shift_id:uuid}}/late")
async def late_post(request: AnyRequest, subject: TheSubject, session: TheSession, shift_id: PathId) -> PageResponse:
    async def do(form: LateForm) -> None:
        await duty_claims.enter_late(session, subject, shift_id, form)

    return await _posted(request, session, subject, LateForm, N_("补录值班签到"), do)


@get(f"{HERE}/shifts/{{shift_id:uuid}}/swap")
async def swap_page(request: AnyRequest, subject: TheSubject, session: TheSession, shift_id: PathId) -> PageResponse:
    gate.require_role(subject, Action.DUTY_SWAP, Relation.NONE)
    if (await one_shift(session, subject, shift_id)).person_id != subject.person_id:
        raise NotYourShift
    form = fresh(SwapForm, {}, await _swap_options(request, session, subject))
    return form_page(request, subject, N_("请求换班"), HERE, form)


@post(f"{HERE}/shifts/{{shift_id:uuid}}/swap")
async def swap_post(request: AnyRequest, subject: TheSubject, session: TheSession, shift_id: PathId) -> PageResponse:
    options = await _swap_options(request, session, subject)

    async def do(form: SwapForm) -> None:
        await ask_swap(session, subject, shift_id, form)

    return await _posted(request, session, subject, SwapForm, N_("请求换班"), do, options)


@post(f"{HERE}/swaps/{{swap_id:uuid}}")
async def answer_post(request: AnyRequest, subject: TheSubject, session: TheSession, swap_id: PathId) -> PageResponse:
    """`word`: agree, decline or withdraw."""
    word = ((await fields_in(request)).get("word") or [""])[0]
    if word == "withdraw":
        return await _at_once(request, session, subject, withdraw_swap(session, subject, swap_id))
    if word not in ("agree", "decline"):
        raise invalid("word", "not_a_choice", N_("请从所列项目中选择"))
    answer = SwapAnswerForm(agree=word == "agree")
    return await _at_once(request, session, subject, answer_swap(session, subject, swap_id, answer))


@post(f"{HERE}/approve")
async def approve_post(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    typed = read(fields_of(MonthForm), await fields_in(request))
    form: Any = fill(MonthForm, typed)
    return await _at_once(request, session, subject, approve_month(session, subject, form), form.month)


async def _show(
    request: AnyRequest, session: AsyncSession, subject: Subject, month: date, refusal: DomainError | None = None
) -> PageResponse:
    shifts = await shifts_of(session, subject, month)
    first, following = duty_reading.month_of(month)
    return page(
        request,
        "funding/duty.html",
        title=N_("值班"),
        subject=subject,
        status=refusal.status if refusal else 200,
        refusals=told(refusal),
        month=first,
        before=date.fromordinal(first.toordinal() - 1).replace(day=1),
        after=following,
        shifts=shifts,
        swaps=await swaps_waiting(session, subject),
        may=_may(session, subject, shifts),
        manages=gate.may(subject, Action.DUTY_ROSTER, Relation.MANAGES),
        key=once.new_key(),
        **await funding_duty_money.figures(session, subject, first),
    )


def _may(session: AsyncSession, subject: Subject, shifts: Sequence[ShiftView]) -> dict[UUID, frozenset[str]]:
    """What may be done with each shift now: sign_in swap late cancel."""
    now = instant(session)
    manages = gate.may(subject, Action.DUTY_ROSTER, Relation.MANAGES)
    swaps = gate.may(subject, Action.DUTY_SWAP, Relation.NONE)
    found: dict[UUID, frozenset[str]] = {}
    for one in shifts:
        rights = {
            "sign_in": one.own and one.begins_at - EARLY <= now <= one.ends_at and one.office_id == subject.office_id,
            "swap": one.own and swaps and now <= one.ends_at,
            "late": manages and not one.own and now > one.ends_at,
            "cancel": manages and now <= one.ends_at,
        }
        open_now = one.signed_in_at is None
        found[one.id] = frozenset(name for name, holds in rights.items() if holds and open_now)
    return found


async def _posted(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    kind: type[Struct],
    title: str,
    do: Do,
    options: Options | None = None,
) -> PageResponse:
    """Do it and show the roster; or show the form again with what is wrong and nothing lost."""

    async def verb(form: Any) -> str:
        await do(form)
        return HERE

    async def again(form: BoundForm, error: DomainError) -> PageResponse:
        return form_page(request, subject, title, HERE, form, error)

    return await sent(request, session, subject, kind, verb, again, options)


async def _at_once(
    request: AnyRequest,
    session: AsyncSession,
    subject: Subject,
    doing: Awaitable[object],
    month: date | None = None,
) -> PageResponse:
    """One button: back to the month, which says why when it could not be."""
    try:
        async with session.begin_nested():
            await doing
    except NotFound:
        raise
    except DomainError as error:
        session.expire_all()
        return await _show(request, session, subject, month or this_month(session), error)
    return go(f"{HERE}?month={month.replace(day=1).isoformat()}" if month else HERE)


async def _roster_options(session: AsyncSession, subject: Subject) -> Options:
    return {
        "duty_stations": [Option(str(office.id), office.name) for office in await stations(session, subject)],
        "duty_people": [Option(str(person.id), person.name) for person in await duty_people(session, subject)],
    }


async def _swap_options(request: AnyRequest, session: AsyncSession, subject: Subject) -> Options:
    """Colleagues, and their shifts of this month and the next that are still to come."""
    month = this_month(session)
    shifts = [*await shifts_of(session, subject, month)]
    shifts += await shifts_of(session, subject, duty_reading.month_of(month)[1])
    ahead = [one for one in shifts if not one.own and one.begins_at > instant(session)]
    people = [one for one in await duty_people(session, subject) if one.id != subject.person_id]
    return {
        "duty_colleagues": [Option(str(person.id), person.name) for person in people],
        "colleagues_shifts": [Option(str(one.id), _told(one)) for one in ahead],
    }


def _told(shift: ShiftView) -> str:
    return f"{shift.person} · {shift.day.isoformat()} · {translate(Part(shift.part).label)}"


ROUTES = [
    duty_page,
    roster_page,
    roster_post,
    check_in_post,
    cancel_post,
    late_page,
    late_post,
    swap_page,
    swap_post,
    answer_post,
    approve_post,
    *funding_duty_money.ROUTES,
]
