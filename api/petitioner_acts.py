"""What a petitioner may do on the own case, by the receipt's number and code: each an act of the catalogue."""

from typing import Annotated, Any

from litestar import Response
from msgspec import Meta, Struct

from api.admitted import admitted
from api.answers import AnyRequest, answer, respond
from api.endpoint import Endpoint
from api.given import PathText, TheCatalogue, TheStore
from api.petitioner import Receipt
from api.requests import body
from cases.acts import options_of, perform
from cases.catalogue import Option
from cases.petitioner import check_own
from foundation.forms import parse
from foundation.language import N_
from policies import gate


class OwnActForm(Receipt, frozen=True, kw_only=True, forbid_unknown_fields=True):
    form: Annotated[dict[str, Any], Meta(title=N_("这一事项自己的内容"))]


class OwnActDone(Struct, frozen=True):
    act: str
    state: str


async def options(request: AnyRequest, store: TheStore, catalogue: TheCatalogue, name: PathText) -> Response[bytes]:
    """A wrong number and a wrong code are the same 404, as is what is no petitioner's to do."""
    given = await body(request, Receipt)
    wanted = catalogue[name]
    case_id, subject = await admitted(request, store, given)
    check_own(wanted, subject)
    async with store.scoped(subject.scope) as session:
        case = await gate.fetch(session, subject, wanted.action, case_id)
        return respond(answer(await options_of(session, subject, catalogue, case, name)))


async def act(request: AnyRequest, store: TheStore, catalogue: TheCatalogue, name: PathText) -> Response[bytes]:
    """A wrong number and a wrong code are the same 404."""
    given = await body(request, OwnActForm)
    wanted = catalogue[name]
    case_id, subject = await admitted(request, store, given)
    check_own(wanted, subject)
    async with store.scoped(subject.scope) as session:
        case = await perform(
            session, subject, catalogue, case_id, name, parse(wanted.form, given.form, strict=True), None
        )
        return respond(answer(OwnActDone(name, case.state)))


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/petitioner/options/{name:str}",
        name="petitionerActOptions",
        tag="petitioner",
        title=N_("信访人本人办理时可选的项目"),
        help=N_("凭登记号和回执查询码；只读，号码和查询码不写在地址里"),
        handler=options,
        body=Receipt,
        answer=dict[str, list[Option]],
        public=True,
        limited=True,
    ),
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
