"""Warnings to my office: what help a dispute needs, never about a person; and the rules by which offices are warned."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body, once, query
from foundation.idempotency import Answer
from foundation.language import N_
from oversight.paging import PAGE, After
from oversight.warned import MOST, WarningPage, warnings_to
from oversight.warning_rules import RuleEnd, RuleForm, RuleView, add_rule, end_rule, rules_for


class Added(Struct, frozen=True):
    id: UUID


class WarningQuery(After, frozen=True, kw_only=True):
    size: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=MOST)] = PAGE


async def received(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, WarningQuery)
    return respond(answer(await warnings_to(session, subject, given.after, given.size)))


async def rules(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await rules_for(session, subject)))


async def add(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, RuleForm)

    async def produce() -> Answer:
        return answer(Added(await add_rule(session, subject, form)), status=201)

    return await once(request, session, subject, produce)


async def end(request: AnyRequest, session: TheSession, subject: TheSubject, rule_id: PathId) -> Response[Any]:
    form = await body(request, RuleEnd)

    async def produce() -> Answer:
        await end_rule(session, subject, rule_id, form)
        return answer(await rules_for(session, subject))

    return await once(request, session, subject, produce)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/warning-rules",
        name="warningRules",
        tag="oversight",
        title=N_("本级和上级的预警接收规则"),
        handler=rules,
        answer=list[RuleView],
    ),
    Endpoint(
        method="POST",
        path="/warning-rules",
        name="addWarningRule",
        tag="oversight",
        title=N_("增加一条预警接收规则"),
        handler=add,
        body=RuleForm,
        answer=Added,
        status=201,
        once=True,
    ),
    Endpoint(
        method="POST",
        path="/warning-rules/{rule_id:uuid}/end",
        name="endWarningRule",
        tag="oversight",
        title=N_("停止执行一条预警接收规则"),
        handler=end,
        body=RuleEnd,
        answer=list[RuleView],
        once=True,
    ),
    Endpoint(
        method="GET",
        path="/warnings",
        name="receivedWarnings",
        tag="oversight",
        title=N_("收到的预警：纠纷、地点、所需帮助，不含个人信息"),
        help=N_("最先到期的在前；到期后不再显示"),
        handler=received,
        query=WarningQuery,
        answer=WarningPage,
    ),
)
