"""信访部门督办责任单位 (信访工作条例 40): an order to a unit, which need not be anybody here. It opens no sight.

The unit is told by paper: whose words these are, what is asked, by when. Who petitions is never in it (N3).
"""

import re
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
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_, in_brackets
from oversight.models import Order, OrderKind, OrderState, UrgingGround
from oversight.order_entries import OrderDeed, note
from oversight.orders import NotReplied, NotYourOrder, Verdict, judge, postponed, put_off, written
from policies.actions import Action
from tenants.subject import Subject

PERSON_NUMBER = re.compile(r"(?<!\d)(?:\d{17}[\dXx]|1[3-9]\d{9})(?!\d)")
"""A citizen's number, a mobile telephone: either names a person."""


class UrgingForm(Struct, frozen=True, kw_only=True):
    unit: Annotated[
        str, Meta(title=N_("责任单位"), description=N_("写单位名称，不写个人"), min_length=2, max_length=120)
    ]
    ground: Annotated[UrgingGround, Meta(title=N_("督办情形"), description=N_("信访工作条例第40条第一款"))]
    text: Annotated[
        str,
        Meta(
            title=N_("督办要求"),
            description=N_("将书面告知单位：不写信访人的姓名、电话、住址等身份信息"),
            min_length=2,
            max_length=2000,
            extra={"widget": "textarea"},
        ),
    ]
    deadline: Annotated[date, Meta(title=N_("书面答复期限"), description=N_("不填按本单位的限时销号设置"))] | None = (
        None
    )
    contact: Annotated[str, Meta(title=N_("联系处室"), max_length=120)] = ""


class FollowUp(Choice):
    URGED = "urged", N_("催办")
    REPLIED = "replied", N_("登记单位书面答复")
    EXTENDED = "extended", N_("延长答复期限")
    STRIKE_OFF = "strike_off", N_("同意销号")
    REFUSE = "refuse", N_("不予销号，继续督办")


class FollowForm(Struct, frozen=True, kw_only=True):
    order_id: Annotated[UUID, Meta(title=N_("督办单"), extra={"options": "unit_orders"})]
    deed: Annotated[FollowUp, Meta(title=N_("办理"))]
    words: Annotated[str, Meta(title=N_("内容或理由"), min_length=2, max_length=2000, extra={"widget": "textarea"})]
    paper: Annotated[
        str, Meta(title=N_("单位来文"), description=N_("名称和文号；登记书面答复时填写"), max_length=300)
    ] = ""
    deadline: Annotated[date, Meta(title=N_("新的期限"), description=N_("仅延长期限时填写"))] | None = None


async def urge_unit(session: AsyncSession, subject: Subject, case: Case, form: UrgingForm) -> Done:
    _names_nobody("text", form.text)
    _names_nobody("unit", form.unit)
    order = await written(session, subject, case, OrderKind.UNIT, form.ground.value, form.text, form.deadline)
    order.unit, order.contact = form.unit, form.contact
    return Done(data={"kind": order.kind, "ground": order.ground, "deadline": str(local_date(order.deadline))})


def _names_nobody(field: str, words: str) -> None:
    if PERSON_NUMBER.search(words):
        raise invalid(field, "personal", N_("不得写证件号码、电话号码：单位不需要知道信访人是谁"))


async def follow_unit_order(session: AsyncSession, subject: Subject, case: Case, form: FollowForm) -> Done:
    """The unit has no account here: its answer is recorded by the office that urged it, with the unit's own paper."""
    order = await session.get(Order, form.order_id)
    if order is None or order.case_id != case.id or order.struck_off_at is not None or order.kind != OrderKind.UNIT:
        raise invalid("order_id", "not_a_choice", N_("请从所列项目中选择"))
    if order.issuer_office_id != subject.office_id:
        raise NotYourOrder
    _DEEDS[form.deed](session, subject, order, form)
    return Done(data={"deed": form.deed.value})


def _urged(session: AsyncSession, subject: Subject, order: Order, form: FollowForm) -> None:
    _names_nobody("words", form.words)
    order.urged += 1
    note(session, subject, order, OrderDeed.URGED, words=form.words)


def _replied(session: AsyncSession, subject: Subject, order: Order, form: FollowForm) -> None:
    if not form.paper:
        raise invalid("paper", "required", N_("请填写单位来文的名称和文号"))
    order.state = OrderState.REPLIED.value
    note(session, subject, order, OrderDeed.REPLIED, words=form.words, proof=form.paper)


def _extended(session: AsyncSession, subject: Subject, order: Order, form: FollowForm) -> None:
    if form.deadline is None:
        raise invalid("deadline", "required", N_("请填写新的期限"))
    put_off(session, subject, order, postponed(session, order, form.deadline), form.words)


def _struck_off(session: AsyncSession, subject: Subject, order: Order, form: FollowForm) -> None:
    if order.state != OrderState.REPLIED:
        raise NotReplied
    judge(session, subject, order, Verdict.STRIKE_OFF, form.words)


def _refused(session: AsyncSession, subject: Subject, order: Order, form: FollowForm) -> None:
    if order.state != OrderState.REPLIED:
        raise NotReplied
    judge(session, subject, order, Verdict.REFUSE, form.words)


_DEEDS = {
    FollowUp.URGED: _urged,
    FollowUp.REPLIED: _replied,
    FollowUp.EXTENDED: _extended,
    FollowUp.STRIKE_OFF: _struck_off,
    FollowUp.REFUSE: _refused,
}


class NoUnitOrder(Conflict):
    code = "no_unit_order"
    message = N_("本案没有未销号的单位督办")


@by_facts(
    Fact("exists (select from supervision_orders where case_id = :case and struck_off_at is null and kind = 'unit')")
)
def unit_order_standing(subject: Subject, case: Case, standing: bool) -> DomainError | None:
    return None if standing else NoUnitOrder()


async def unit_order_options(session: AsyncSession, subject: Subject, case: Case) -> Sequence[Option]:
    query = select(Order).where(
        Order.case_id == case.id, Order.kind == OrderKind.UNIT.value, Order.struck_off_at.is_(None)
    )
    orders = await session.scalars(query.order_by(Order.recorded_at))
    return [Option(str(one.id), f"{one.unit}{in_brackets(local_date(one.deadline))}") for one in orders]


ACTS = (
    Act("urge-unit", N_("督办责任单位"), Action.UNIT_URGE, UrgingForm, urge_unit, writes=False),
    Act("follow-unit-order", N_("办理单位督办"), Action.UNIT_URGE, FollowForm, follow_unit_order, writes=False),
)
GUARDS = {"unit_order_standing": unit_order_standing}
OPTIONS = {"unit_orders": unit_order_options}
