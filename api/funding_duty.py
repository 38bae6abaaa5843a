"""值班: roster, signing in, swaps; person-days of a month and their approval."""

from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from funding import duty_claims
from funding.duty_approval import MonthForm, ReturnForm, approve_month, return_pay
from funding.duty_days import DutyPay, PersonDay
from funding.duty_reading import (
    DayView,
    PayView,
    ShiftView,
    SwapView,
    days_of,
    pays_of,
    shifts_of,
    swaps_waiting,
    this_month,
)
from organisation.duty_attendance import LateForm
from organisation.duty_roster import RosterForm, cancel_shift, roster
from organisation.duty_swaps import DutySwap, SwapAnswerForm, SwapForm, answer_swap, ask_swap, withdraw_swap

TAG = "funding"
SHIFT = "/funding/duty/shifts/{shift_id:uuid}"


class MonthQuery(Struct, frozen=True, kw_only=True):
    month: Annotated[date, Meta(title=N_("该月任意一天，默认本月"))] | None = None


class Kept(Struct, frozen=True):
    """What was made or changed."""

    id: UUID


class Claimed(Struct, frozen=True):
    """The person-day that an attendance made; `line`: row of the payer table."""

    id: UUID
    day: date
    kind: str
    status: str
    refusal: str | None
    fen: int
    line: str


class SwapState(Struct, frozen=True):
    id: UUID
    state: str
    asked_at: datetime
    answered_at: datetime | None


class Approved(Struct, frozen=True):
    id: UUID
    month: date
    approved_at: datetime


class Returned(Struct, frozen=True):
    id: UUID
    status: str
    fen: int


async def _month(request: AnyRequest, session: AsyncSession) -> date:
    return query(request, MonthQuery).month or this_month(session)


async def shifts(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await shifts_of(session, subject, await _month(request, session))))


async def make(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, RosterForm)

    async def produce() -> Answer:
        made = await roster(session, subject, form)
        return answer([Kept(one.id) for one in made], status=201)

    return await once(request, session, subject, produce)


async def cancel(session: TheSession, subject: TheSubject, shift_id: PathId) -> Response[bytes]:
    return respond(answer(Kept((await cancel_shift(session, subject, shift_id)).id)))


async def sign_in(session: TheSession, subject: TheSubject, shift_id: PathId) -> Response[bytes]:
    return respond(answer(_claimed(await duty_claims.check_in(session, subject, shift_id)), status=201))


async def late(request: AnyRequest, session: TheSession, subject: TheSubject, shift_id: PathId) -> Response[bytes]:
    form = await body(request, LateForm)
    return respond(answer(_claimed(await duty_claims.enter_late(session, subject, shift_id, form)), status=201))


async def swaps(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await swaps_waiting(session, subject)))


async def swap(request: AnyRequest, session: TheSession, subject: TheSubject, shift_id: PathId) -> Response[bytes]:
    form = await body(request, SwapForm)
    return respond(answer(_swap(await ask_swap(session, subject, shift_id, form)), status=201))


async def reply(request: AnyRequest, session: TheSession, subject: TheSubject, swap_id: PathId) -> Response[bytes]:
    form = await body(request, SwapAnswerForm)
    return respond(answer(_swap(await answer_swap(session, subject, swap_id, form))))


async def withdraw(session: TheSession, subject: TheSubject, swap_id: PathId) -> Response[bytes]:
    return respond(answer(_swap(await withdraw_swap(session, subject, swap_id))))


async def days(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await days_of(session, subject, await _month(request, session))))


async def pays(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await pays_of(session, subject, await _month(request, session))))


async def approve(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, MonthForm)

    async def produce() -> Answer:
        sheet = await approve_month(session, subject, form)
        return answer(Approved(sheet.id, sheet.month, sheet.approved_at), status=201)

    return await once(request, session, subject, produce)


async def give_back(request: AnyRequest, session: TheSession, subject: TheSubject, pay_id: PathId) -> Response[bytes]:
    form = await body(request, ReturnForm)
    pay: DutyPay = await return_pay(session, subject, pay_id, form)
    return respond(answer(Returned(pay.id, pay.status, pay.fen)))


def _claimed(day: PersonDay) -> Claimed:
    return Claimed(day.id, day.day, day.kind, day.status, day.refusal, day.fen, day.line)


def _swap(row: DutySwap) -> SwapState:
    return SwapState(row.id, row.state, row.asked_at, row.answered_at)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/funding/duty/shifts",
        name="dutyShifts",
        tag=TAG,
        title=N_("本单位各站点一个月的值班表"),
        handler=shifts,
        query=MonthQuery,
        answer=list[ShiftView],
    ),
    Endpoint(
        method="POST",
        path="/funding/duty/shifts",
        name="rosterDuty",
        tag=TAG,
        title=N_("安排值班"),
        help=N_("全部成立或者全部不成立；同一人同一时段只能在一处，无论属于哪个单位"),
        handler=make,
        body=RosterForm,
        answer=list[Kept],
        status=201,
        once=True,
    ),
    Endpoint(
        method="POST",
        path=SHIFT + "/cancel",
        name="cancelShift",
        tag=TAG,
        title=N_("取消一次值班"),
        handler=cancel,
        answer=Kept,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=SHIFT + "/check-in",
        name="signInToDuty",
        tag=TAG,
        title=N_("值班签到"),
        help=N_("限本人、当时、以该站点的值班岗位；签到即申报一人天，答复中写明能否支付和依据"),
        handler=sign_in,
        answer=Claimed,
        status=201,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=SHIFT + "/late-entry",
        name="enterDutyLate",
        tag=TAG,
        title=N_("补录值班签到"),
        handler=late,
        body=LateForm,
        answer=Claimed,
        status=201,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path="/funding/duty/swaps",
        name="dutySwaps",
        tag=TAG,
        title=N_("等待答复的换班请求：我提出的，和请我换的"),
        handler=swaps,
        answer=list[SwapView],
    ),
    Endpoint(
        method="POST",
        path=SHIFT + "/swaps",
        name="askSwap",
        tag=TAG,
        title=N_("请求换班"),
        handler=swap,
        body=SwapForm,
        answer=SwapState,
        status=201,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path="/funding/duty/swaps/{swap_id:uuid}/answer",
        name="answerSwap",
        tag=TAG,
        title=N_("答复换班"),
        handler=reply,
        body=SwapAnswerForm,
        answer=SwapState,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path="/funding/duty/swaps/{swap_id:uuid}/withdraw",
        name="withdrawSwap",
        tag=TAG,
        title=N_("撤回换班请求"),
        handler=withdraw,
        answer=SwapState,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path="/funding/duty/days",
        name="dutyDays",
        tag=TAG,
        title=N_("一个月的值班人天，逐日列明付款依据"),
        help=N_("办理经费的岗位看本单位全部，其他人只看本人"),
        handler=days,
        query=MonthQuery,
        answer=list[DayView],
    ),
    Endpoint(
        method="GET",
        path="/funding/duty/pays",
        name="dutyPays",
        tag=TAG,
        title=N_("一个月已审核的值班补助，每人一笔"),
        handler=pays,
        query=MonthQuery,
        answer=list[PayView],
    ),
    Endpoint(
        method="POST",
        path="/funding/duty/sheets",
        name="approveDutyMonth",
        tag=TAG,
        title=N_("审核一个月的值班"),
        help=N_("由没有安排、补录、参加值班的人审核；逐日重新判断，占用值班补助预算"),
        handler=approve,
        body=MonthForm,
        answer=Approved,
        status=201,
        once=True,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path="/funding/duty/pays/{pay_id:uuid}/return",
        name="returnDutyPay",
        tag=TAG,
        title=N_("退回一笔未支付的值班补助，重新审核"),
        handler=give_back,
        body=ReturnForm,
        answer=Returned,
        refuses=(409,),
    ),
)
