"""Warnings to my office: what help a dispute needs, never about a person."""

from litestar import Response

from api.answers import answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from foundation.language import N_
from oversight.warned import WarningView, warnings_to


async def received(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await warnings_to(session, subject)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/warnings",
        name="receivedWarnings",
        tag="oversight",
        title=N_("收到的预警：纠纷、地点、所需帮助，不含个人信息"),
        handler=received,
        answer=list[WarningView],
    ),
)
