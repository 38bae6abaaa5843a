"""What is filled in to lend and to take back; and the term, in days of Yunnan."""

from datetime import date, datetime, timedelta
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from cases.classes import CaseClass
from cases.timers import end_of_day
from foundation.clock import SHANGHAI, local_date
from foundation.errors import invalid
from foundation.language import N_

LONGEST = timedelta(days=366)
"""A delegation is for a time; whoever needs it longer lends again, and thinks again."""
FARTHEST = timedelta(days=90)
"""A begin beyond is no plan any more."""


class DelegateForm(Struct, frozen=True, kw_only=True):
    actions: Annotated[
        list[str],
        Meta(title=N_("授权事项"), min_length=1, max_length=40, extra={"options": "lendable_actions"}),
    ]
    to_person_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("授权给个人"),
                description=N_("个人、单位、机构三项只填一项"),
                extra={"options": "delegation_people"},
            ),
        ]
        | None
    ) = None
    to_tenant_id: (
        Annotated[int, Meta(title=N_("授权给下级单位"), ge=1, extra={"options": "delegation_tenants"})] | None
    ) = None
    to_office_id: (
        Annotated[int, Meta(title=N_("授权给下级单位的一个机构"), ge=1, extra={"options": "delegation_offices"})] | None
    ) = None
    since: Annotated[date, Meta(title=N_("开始日期"), description=N_("不填为即时生效"))] | None = None
    until: Annotated[date, Meta(title=N_("截止日期"), description=N_("到当日24时为止，最长一年"))]
    onward: Annotated[bool, Meta(title=N_("允许受托人再授权"))] = False
    purpose: Annotated[
        str,
        Meta(title=N_("授权事由"), description=N_("会告知当事人；不写个人信息"), min_length=2, max_length=300),
    ]


class ClassForm(DelegateForm, frozen=True, kw_only=True):
    """For all open cases of a class, those to come included; never by a person."""

    case_class: Annotated[CaseClass | None, Meta(title=N_("案件类别"), description=N_("类别和纠纷类型至少填一项"))] = (
        None
    )
    dispute_type: (
        Annotated[int, Meta(title=N_("纠纷类型"), ge=0, le=32767, extra={"options": "dispute_types"})] | None
    ) = None
    parent_id: (
        Annotated[
            UUID,
            Meta(
                title=N_("依据的授权"),
                description=N_("再授权时选择；不选为本机构承办的案件"),
                extra={"options": "onward_delegations"},
            ),
        ]
        | None
    ) = None


class RevokeForm(Struct, frozen=True, kw_only=True):
    reason: Annotated[str, Meta(title=N_("收回理由"), min_length=2, max_length=300)]


class RevokeOnCaseForm(RevokeForm, frozen=True, kw_only=True):
    delegation_id: Annotated[UUID, Meta(title=N_("收回哪一项授权"), extra={"options": "standing_delegations"})]


class Term(Struct, frozen=True):
    since: datetime
    until: datetime


def term_of(form: DelegateForm, now: datetime) -> Term:
    """Raises InvalidInput naming the day that does not fit."""
    today = local_date(now)
    begins = form.since or today
    if begins < today:
        raise invalid("since", "too_small", N_("日期已过"))
    if begins > today + FARTHEST:
        raise invalid("since", "too_large", N_("开始日期最多可定在%(days)s天以后"), days=FARTHEST.days)
    if form.until < today:
        raise invalid("until", "too_small", N_("日期已过"))
    if form.until < begins:
        raise invalid("until", "before_begin", N_("截止日期早于开始日期"))
    if form.until > begins + LONGEST:
        raise invalid("until", "too_large", N_("授权最长%(days)s天"), days=LONGEST.days)
    since = now if begins == today else datetime.combine(begins, datetime.min.time(), SHANGHAI)
    return Term(since, end_of_day(now, (form.until - today).days))
