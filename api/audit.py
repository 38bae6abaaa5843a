"""The audit administrator's reads: events without contents, and the proof of the chains."""

from typing import Annotated, Any, cast

from litestar import Response
from msgspec import Meta, Struct

from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import TheSession, TheSubject
from api.requests import query
from foundation.language import N_, translate
from foundation.store import Store
from organisation import audit_reading
from organisation.audit_reading import MOST, PAGE, EventRow


class AuditQuery(Struct, frozen=True, kw_only=True):
    tenant_id: Annotated[int, Meta(title=N_("租户编号"), description=N_("空 = 本单位"), ge=1)] | None = None
    before: Annotated[int, Meta(title=N_("此序号之前"), ge=1)] | None = None
    limit: Annotated[int, Meta(title=N_("每页条数"), ge=1, le=MOST)] = PAGE


class AuditPage(Struct, frozen=True):
    """The newest first; `before` leads to the next page, null at the beginning of the chain."""

    tenant_id: int
    events: list[EventRow]
    before: int | None


class ChainFault(Struct, frozen=True):
    """`tenant_id` and `seq` name the row."""

    tenant_id: int
    seq: int
    fault: str
    text: str


class CheckpointFlaw(Struct, frozen=True):
    tenant_id: int | None
    hour: str
    flaw: str
    text: str


class AuditVerdict(Struct, frozen=True):
    """`unwitnessed`: links after the last checkpoint; a cut of them with their head would not show."""

    sound: bool
    chains: int
    links: int
    checkpoints: int
    unwitnessed: int
    faults: list[ChainFault]
    flaws: list[CheckpointFlaw]


async def events(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    given = query(request, AuditQuery)
    tenant = given.tenant_id or subject.tenant_id or 0
    rows = await audit_reading.events(session, subject, tenant, before=given.before, limit=given.limit)
    more = rows[-1].seq if len(rows) == given.limit and rows[-1].seq > 1 else None
    return respond(answer(AuditPage(tenant, rows, more)))


async def verify(request: AnyRequest, session: TheSession, subject: TheSubject) -> Response[bytes]:
    auditor = cast(Any, request.app.state)["auditor"]
    verdict = await audit_reading.proof(session, cast(Store, auditor), subject)
    view = AuditVerdict(
        sound=verdict.sound,
        chains=verdict.chains,
        links=verdict.links,
        checkpoints=verdict.checkpoints,
        unwitnessed=verdict.unwitnessed,
        faults=[ChainFault(at.tenant_id, at.seq, at.fault, translate(at.fault.label)) for at in verdict.breaks],
        flaws=[CheckpointFlaw(at.tenant_id, at.hour, at.flaw, translate(at.flaw.label)) for at in verdict.mismatches],
    )
    return respond(answer(view))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/audit",
        name="auditEvents",
        tag="audit",
        title=N_("审计日志（不含内容）"),
        handler=events,
        query=AuditQuery,
        answer=AuditPage,
    ),
    Endpoint(
        method="GET",
        path="/audit/verify",
        name="verifyAudit",
        tag="audit",
        title=N_("核验本级及以下的审计链"),
        handler=verify,
        answer=AuditVerdict,
    ),
)
