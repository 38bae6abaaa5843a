"""The leading group: who sits on it on a day, and what it has decided."""

from datetime import date
from typing import Annotated, Any

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body, once, query
from foundation.clock import local_date
from foundation.idempotency import Answer
from foundation.language import N_
from foundation.store import instant
from oversight.resolutions import (
    ResolutionForm,
    ResolutionView,
    Sitting,
    record_resolution,
    resolutions_of,
    sitting,
)

TAG = "oversight"


class OnDay(Struct, frozen=True, kw_only=True):
    on: Annotated[date, Meta(title=N_("哪一天，默认今天"))] | None = None


async def members(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    on = query(request, OnDay).on or local_date(instant(session))
    return respond(answer(await sitting(session, subject, on)))


async def decided(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await resolutions_of(session, subject)))


async def record(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    form = await body(request, ResolutionForm)

    async def produce() -> Answer:
        return answer(await record_resolution(session, subject, form), status=201)

    return await once(request, session, subject, produce)


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/leading-group/members",
        name="leadingGroup",
        tag=TAG,
        title=N_("领导小组某一天的组成人员"),
        handler=members,
        query=OnDay,
        answer=list[Sitting],
    ),
    Endpoint(
        method="GET",
        path="/leading-group/resolutions",
        name="resolutions",
        tag=TAG,
        title=N_("领导小组的会议记录和决议，新的在前"),
        handler=decided,
        answer=list[ResolutionView],
    ),
    Endpoint(
        method="POST",
        path="/leading-group/resolutions",
        name="recordResolution",
        tag=TAG,
        title=N_("记录领导小组的一次会议"),
        handler=record,
        body=ResolutionForm,
        answer=ResolutionView,
        status=201,
        once=True,
    ),
)
