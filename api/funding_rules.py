"""Rates, the decision table, and changes of both: drafted, counted over the last year, approved by two heads."""

from datetime import date
from typing import Annotated

from litestar import Response
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.funding_budgets import TAG
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query, version_seen
from foundation.clock import local_date
from foundation.errors import Forbidden
from foundation.idempotency import Answer
from foundation.language import N_
from foundation.store import instant
from funding import tariff_approval, tariff_drafts
from funding.rulebook import rulebook
from funding.table_view import TableSection, table_view
from funding.tariff_changes import TariffChange
from funding.tariff_drafts import may_read_rules
from funding.tariff_form import ChangeForm
from funding.tariff_views import ChangeRow, ChangeView, RateView, change_rows, change_view, rates_on
from tenants.subject import Subject

BY_PERSON = N_("须本人登录后办理；程序令牌不能起草或者批准费用标准")


class RulesOn(Struct, frozen=True, kw_only=True):
    on: Annotated[date, Meta(title=N_("哪一天，默认今天"))] | None = None


async def rates(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await rates_on(session, subject, _day(request, session, subject))))


async def table(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(table_view(await rulebook(session), _day(request, session, subject))))


async def list_changes(session: TheSession, subject: TheSubject) -> Response[bytes]:
    if not tariff_drafts.may_see(subject):
        raise Forbidden
    return respond(answer(await change_rows(session, subject)))


async def make(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    form = await body(request, ChangeForm)

    async def produce() -> Answer:
        return await _shown(session, subject, await tariff_drafts.draft(session, subject, form), status=201)

    return await once(request, session, subject, produce)


async def one(session: TheSession, subject: TheSubject, change_id: PathId) -> Response[bytes]:
    return respond(await _shown(session, subject, await tariff_drafts.seen(session, subject, change_id)))


async def write(request: AnyRequest, session: TheSession, subject: TheSubject, change_id: PathId) -> Response[bytes]:
    form = await body(request, ChangeForm)
    change = await tariff_drafts.edit(session, subject, change_id, version_seen(request), form)
    return respond(await _shown(session, subject, change))


async def drop(request: AnyRequest, session: TheSession, subject: TheSubject, change_id: PathId) -> Response[bytes]:
    change = await tariff_drafts.withdraw(session, subject, change_id, version_seen(request))
    return respond(await _shown(session, subject, change))


async def approve(request: AnyRequest, session: TheSession, subject: TheSubject, change_id: PathId) -> Response[bytes]:
    change = await tariff_approval.approve(session, subject, change_id, version_seen(request))
    return respond(await _shown(session, subject, change))


async def recount(request: AnyRequest, session: TheSession, subject: TheSubject, change_id: PathId) -> Response[bytes]:
    change = await tariff_approval.recount(session, subject, change_id, version_seen(request))
    return respond(await _shown(session, subject, change))


def _day(request: AnyRequest, session: AsyncSession, subject: Subject) -> date:
    if not may_read_rules(subject):
        raise Forbidden
    return query(request, RulesOn).on or local_date(instant(session))


async def _shown(session: AsyncSession, subject: Subject, change: TariffChange, *, status: int = 200) -> Answer:
    view = await change_view(session, subject, change.id)
    return answer(view, status=status, version=change.version)


ALL = "/funding/rule-changes"
ONE = ALL + "/{change_id:uuid}"
ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/funding/rates",
        name="fundingRates",
        tag=TAG,
        title=N_("费用标准：全省的和本级所在一线的，含历史和已批准的"),
        handler=rates,
        query=RulesOn,
        answer=list[RateView],
    ),
    Endpoint(
        method="GET",
        path="/funding/payer-table",
        name="payerTable",
        tag=TAG,
        title=N_("付款判断表，含文本未定之处所选的规则"),
        handler=table,
        query=RulesOn,
        answer=list[TableSection],
    ),
    Endpoint(
        method="GET",
        path=ALL,
        name="fundingRuleChanges",
        tag=TAG,
        title=N_("标准和规则的变更，新的在前"),
        handler=list_changes,
        answer=list[ChangeRow],
    ),
    Endpoint(
        method="POST",
        path=ALL,
        name="draftFundingRules",
        tag=TAG,
        title=N_("起草标准或者规则的变更，随即按最近一年试算"),
        help=BY_PERSON,
        handler=make,
        body=ChangeForm,
        answer=ChangeView,
        status=201,
        once=True,
        refuses=(409,),
    ),
    Endpoint(
        method="GET",
        path=ONE,
        name="fundingRuleChange",
        tag=TAG,
        title=N_("一份变更：改动、试算和批准"),
        handler=one,
        answer=ChangeView,
    ),
    Endpoint(
        method="PATCH",
        path=ONE,
        name="editFundingRules",
        tag=TAG,
        title=N_("修改草案，重新试算；已有的批准作废"),
        help=BY_PERSON,
        handler=write,
        body=ChangeForm,
        answer=ChangeView,
        versioned=True,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=ONE + "/withdraw",
        name="withdrawFundingRules",
        tag=TAG,
        title=N_("撤回费用规则的草案"),
        help=BY_PERSON,
        handler=drop,
        answer=ChangeView,
        versioned=True,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=ONE + "/approve",
        name="approveFundingRules",
        tag=TAG,
        title=N_("批准变更：两方组长都批准后从生效日期起适用"),
        help=BY_PERSON,
        handler=approve,
        answer=ChangeView,
        versioned=True,
        refuses=(409,),
    ),
    Endpoint(
        method="POST",
        path=ONE + "/recount",
        name="recountFundingRules",
        tag=TAG,
        title=N_("试算之后另有变更获批的，重新试算"),
        help=BY_PERSON,
        handler=recount,
        answer=ChangeView,
        versioned=True,
        refuses=(409,),
    ),
)
