"""Signals about claims: what was compared with what, and the reviewer's answer."""

from typing import Annotated
from uuid import UUID

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheCatalogue, TheSession, TheSubject
from api.requests import body, query
from foundation.language import N_
from funding import signal_answers, signal_reading
from funding.signal_answers import AnswerForm
from funding.signal_reading import Board, Box, SignalView

TAG = "funding"
HERE = "/funding/signals"


class SignalsQuery(Struct, frozen=True, kw_only=True):
    box: Annotated[Box, Meta(title=N_("只看哪一列"))] | None = None
    after: Annotated[UUID, Meta(title=N_("与 box 同用：从这一列所给的 after 之后看起"))] | None = None


async def signals(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    asked = query(request, SignalsQuery)
    return respond(answer(await signal_reading.board(session, subject, asked.box, asked.after)))


async def signal(session: TheSession, subject: TheSubject, signal_id: PathId) -> Response[bytes]:
    found = await signal_reading.one(session, subject, signal_id)
    return respond(answer((await signal_reading.views(session, subject, [found]))[0]))


async def answer_signal(
    request: AnyRequest, session: TheSession, subject: TheSubject, catalogue: TheCatalogue, signal_id: PathId
) -> Response[bytes]:
    form = await body(request, AnswerForm)
    found = await signal_answers.answer(session, subject, catalogue, signal_id, form)
    return respond(answer((await signal_reading.views(session, subject, [found]))[0]))


ENDPOINTS = (
    Endpoint(
        method="GET", path=HERE, name="fundingSignals", tag=TAG,
        title=N_("申报疑点：待核查的和已经答复的"), handler=signals, query=SignalsQuery,
        answer=Board,
    ),
    Endpoint(
        method="GET", path=HERE + "/{signal_id:uuid}", name="fundingSignal", tag=TAG,
        title=N_("一条申报疑点"), handler=signal, answer=SignalView,
    ),
    Endpoint(
        method="POST", path=HERE + "/{signal_id:uuid}/answer", name="answerFundingSignal", tag=TAG,
        title=N_("答复申报疑点"), handler=answer_signal, body=AnswerForm, answer=SignalView, refuses=(409,),
    ),
)  # fmt: skip
