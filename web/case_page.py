"""The page of one case."""

from collections.abc import Iterable

from litestar import get

from cases.catalogue import Catalogue
from cases.history import Event
from cases.steps import STEP_NAMES
from foundation.clock import local_date
from foundation.language import N_
from foundation.store import instant
from web.case_view import case_view
from web.chain_map import chain_map
from web.given import PathId, TheCatalogue, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page


@get("/cases/{case_id:uuid}")
async def case_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, catalogue: TheCatalogue, case_id: PathId
) -> PageResponse:
    """Each section shows only what the reader's field groups allow."""
    view = await case_view(session, subject, catalogue, case_id)
    return page(
        request,
        "cases/case.html",
        title=N_("案件"),
        subject=subject,
        view=view,
        case=view.case,
        steps=STEP_NAMES,
        act_titles=catalogue.acts,
        now=instant(session),
        chain=chain_map(view.stays, view.offices, instant(session)) if view.stays else None,
        today=local_date(instant(session)),
        done=_done(catalogue, request.query_params.get("done", ""), view.events),
    )


def _done(catalogue: Catalogue, name: str, events: Iterable[Event]) -> str | None:
    """The msgid of what was done just now, with the verdict that its event holds; None = nothing was."""
    act = catalogue.acts.get(name)
    newest = next((event for event in events if event.act == name), None)
    return act.told(newest.data.get("verdict") if newest else None) if act else None


ROUTES = [case_page]
