"""What a petitioner may do on the own case, by the receipt's number and code: each an act of the catalogue."""

from typing import Annotated, Any

from litestar import Response
from msgspec import Meta, Struct

from api.admitted import admitted
from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathText, TheCatalogue, TheStore
from api.requests import body
from cases.acts import perform
from foundation.errors import NotFound
from foundation.forms import parse
from foundation.language import N_
from policies import gate


class OwnActForm(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    registration_no: Annotated[str, Meta(title=N_("登记号"), min_length=1, max_length=60)]
    code: Annotated[str, Meta(title=N_("回执查询码"), min_length=1, max_length=40)]
    form: Annotated[dict[str, Any], Meta(title=N_("这一事项自己的内容"))]


class OwnActDone(Struct, frozen=True):
    act: str
    state: str


async def act(request: AnyRequest, store: TheStore, catalogue: TheCatalogue, name: PathText) -> Response[bytes]:
    """A wrong number and a wrong code are the same 404."""
    given = await body(request, OwnActForm)
    wanted = catalogue[name]
    case_id, subject = await admitted(request, store, given)
    if wanted.writes or not gate.may(subject, wanted.action):
        raise NotFound
    async with store.scoped(subject.scope) as session:
        case = await perform(
            session, subject, catalogue, case_id, name, parse(wanted.form, given.form, strict=True), None
        )
        return respond(answer(OwnActDone(name, case.state)))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/petitioner/acts/{name:str}",
        name="petitionerAct",
        tag="petitioner",
        title=N_("信访人本人办理"),
        help=N_("凭登记号和回执查询码；可办的事项见查询结果"),
        handler=act,
        body=OwnActForm,
        answer=OwnActDone,
        public=True,
        limited=True,
        refuses=(409,),
    ),
)
"""No Idempotency-Key: an own act made twice is two, as two letters are."""
