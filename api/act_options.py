"""What the form of an act lets its reader choose from: ids with labels, list by list."""

from litestar import Response
from litestar.params import FromPath

from api.answers import answer, respond
from api.endpoint import Endpoint
from api.given import PathId, TheCatalogue, TheSession, TheSubject
from cases.acts import options_of
from cases.catalogue import Option
from foundation.language import N_
from policies import gate


async def options(
    session: TheSession, subject: TheSubject, catalogue: TheCatalogue, case_id: PathId, act: FromPath[str]
) -> Response[bytes]:
    case = await gate.fetch(session, subject, catalogue[act].action, case_id)
    return respond(answer(await options_of(session, subject, catalogue, case, act)))


ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/cases/{case_id:uuid}/options/{act:str}",
        name="actOptions",
        tag="acts",
        title=N_("办理这一步时可选的项目"),
        handler=options,
        answer=dict[str, list[Option]],
    ),
)
