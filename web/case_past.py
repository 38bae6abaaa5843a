"""A case as it stood at a moment: to read, never to act on."""

from litestar import get

from cases.steps import STEP_NAMES
from dossiers.as_of import as_of, moment_of
from foundation.errors import InvalidInput
from foundation.language import N_
from foundation.store import instant
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page


@get("/cases/{case_id:uuid}/past")
async def past_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, case_id: PathId
) -> PageResponse:
    """`at` comes from a line of the timeline or from the form; a moment that is none is told beside it."""
    typed = request.query_params.get("at", "")
    now = instant(session)
    errors: dict[str, str] = {}
    try:
        case, view = await as_of(session, subject, case_id, moment_of(typed) if typed else now)
    except InvalidInput as refused:
        errors = {error.field: error.message for error in refused.fields}
        case, view = await as_of(session, subject, case_id, now)
    return page(
        request,
        "cases/past.html",
        title=N_("某一时刻的案件"),
        subject=subject,
        case=case,
        past=view,
        typed=typed,
        errors=errors,
        steps=STEP_NAMES,
        act_titles=catalogue.acts,
        status=422 if errors else 200,
    )


ROUTES = [past_page]
