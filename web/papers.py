"""One paper as it would be printed."""

from litestar import get

from cases import reading
from cases.models import Case
from dossiers.items import kind_of
from dossiers.print_view import printed
from foundation.language import N_, current_language
from policies import gate
from policies.actions import Action
from web.given import PathId, TheSession, TheSubject
from web.own_clock import with_clock
from web.page import AnyRequest, PageResponse, page


@get("/cases/{case_id:uuid}/papers/{paper_id:uuid}")
async def paper_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, case_id: PathId, paper_id: PathId
) -> PageResponse:
    """404 when the paper's group is not the reader's."""
    case: Case = await gate.fetch(session, subject, Action.CASE_STATUS, case_id)
    permissions = await gate.permissions(session, subject, case)
    paper = await reading.paper(session, case_id, paper_id, permissions)
    view = await printed(session, subject, case, paper, permissions, current_language.get())
    own_copy = "remedy_clock" not in paper.content and kind_is_for_parties(paper.kind)
    wanted = own_copy and request.query_params.get("copy") == "petitioner"
    return page(
        request,
        "papers/paper.html",
        title=N_("文书"),
        subject=subject,
        view=view,
        case=case,
        own_copy=own_copy,
        **(await with_clock(session, case) if wanted else {"clock": None}),
    )


def kind_is_for_parties(code: str) -> bool:
    """A copy of it goes to the petitioner, with the clock as it stands when it is printed (N11)."""
    kind = kind_of(code)
    return kind is not None and kind.for_parties


ROUTES = [paper_page]
