"""Posts that wait for a second person: the security administrator lists, confirms, refuses them."""

from datetime import datetime
from uuid import UUID

from litestar import Response
from msgspec import Struct

from api.answers import AnyRequest, answer, nothing, respond
from api.endpoint import Endpoint
from api.given import PathId, TheSession, TheSubject
from api.requests import body
from foundation.language import N_, translate
from organisation.grants import GrantView, RefusalForm, confirm_grant, refuse_grant, waiting_grants
from tenants.roles import ROLE_NAMES

TAG = "accounts"
BY_PERSON = N_("安全管理员，限本级及以下；须本人登录后办理，程序令牌不能办理")


class Grant(Struct, frozen=True):
    """A post that a system administrator gave; it gives nothing before it is confirmed. `given_by` null = operator."""

    post_id: UUID
    role: str
    role_name: str
    because: str
    person: str
    office: str
    tenant: str
    given_by: str | None
    given_at: datetime
    hindrance: str | None
    """Why the asker can't decide this one."""


async def listed(session: TheSession, subject: TheSubject) -> Response[bytes]:
    return respond(answer([_grant(one) for one in await waiting_grants(session, subject)]))


async def confirm(session: TheSession, subject: TheSubject, post_id: PathId) -> Response[None]:
    await confirm_grant(session, subject, post_id)
    return nothing()


async def refuse(request: AnyRequest, session: TheSession, subject: TheSubject, post_id: PathId) -> Response[None]:
    await refuse_grant(session, subject, post_id, await body(request, RefusalForm))
    return nothing()


def _grant(one: GrantView) -> Grant:
    return Grant(
        post_id=one.post_id,
        role=one.role,
        role_name=translate(ROLE_NAMES[one.role]),
        because=translate(one.because),
        person=one.person,
        office=one.office,
        tenant=one.tenant,
        given_by=one.given_by,
        given_at=one.given_at,
        hindrance=one.hindrance and translate(one.hindrance),
    )


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/grants",
        name="waitingGrants",
        tag=TAG,
        title=N_("待确认的岗位"),
        help=BY_PERSON,
        handler=listed,
        answer=list[Grant],
    ),
    Endpoint(
        method="POST",
        path="/grants/{post_id:uuid}/confirm",
        name="confirmGrant",
        tag=TAG,
        title=N_("确认一个岗位"),
        help=BY_PERSON,
        handler=confirm,
        status=204,
    ),
    Endpoint(
        method="POST",
        path="/grants/{post_id:uuid}/refuse",
        name="refuseGrant",
        tag=TAG,
        title=N_("拒绝一个岗位"),
        help=BY_PERSON,
        handler=refuse,
        body=RefusalForm,
        status=204,
    ),
)
