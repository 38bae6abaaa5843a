"""Sight beyond one's rights: asking for it, and what waits for the tier above. Deciding is an act of the case."""

from typing import Any

from litestar import Response

from access.requests import PER_HOUR, Asked, RequestForm, ask, asked_by
from access.requests_inbox import Inbox, inbox
from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import body, once
from foundation.attempts import Attempts
from foundation.idempotency import Answer
from foundation.language import N_

TAG = "access"
HOUR = 3600


async def make(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[Any]:
    """The answer is the same whether or not the number is a case."""
    attempts: Attempts = request.app.state["attempts"]
    form = await body(request, RequestForm)

    async def produce() -> Answer:
        """Only what was made counts; one too many is undone with the transaction."""
        made = await ask(session, subject, form)
        await attempts.count("access-request", str(subject.person_id), most=PER_HOUR, seconds=HOUR)
        return answer(made, status=201)

    return await once(request, session, subject, produce)


async def own(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await asked_by(session, subject)))


async def waiting(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer(await inbox(session, subject)))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/access-requests",
        name="requestAccess",
        tag=TAG,
        title=N_("申请越权查阅一个案件"),
        help=N_("凭登记号或案号；答复不透露这个号码是否有案件；上一级一个工作日内决定，逾期失效"),
        handler=make,
        body=RequestForm,
        answer=Asked,
        status=201,
        once=True,
        limited=True,
    ),
    Endpoint(
        method="GET",
        path="/access-requests",
        name="ownAccessRequests",
        tag=TAG,
        title=N_("本人的查阅申请"),
        handler=own,
        answer=list[Asked],
    ),
    Endpoint(
        method="GET",
        path="/access-requests/inbox",
        name="accessInbox",
        tag=TAG,
        title=N_("待决定、有效、待复核和不正当的查阅"),
        help=N_("决定、撤销、复核是案件的办理事项"),
        handler=waiting,
        answer=Inbox,
    ),
)
