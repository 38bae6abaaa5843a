"""规则: what is in force, in words; its editions and what they changed; the drafts, for those who keep the rules."""

from litestar import Response, get, post

from foundation.errors import InvalidInput, NotFound
from foundation.language import N_
from policies import draft_edits, draft_view, gate, named
from policies.actions import Action
from policies.approval import lone_approver
from policies.drafts import DraftForm, may_see
from policies.editions import content_in_force, content_of
from policies.matrix_sheet import rules_file
from policies.relations import Relation
from policies.rows import read
from policies.versions import compare, list_editions
from tenants.subject import Subject
from web.forms.bound import fill, fresh, refused
from web.forms.fields import fields_of
from web.forms.typed import read as read_typed
from web.given import PathNumber, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, go, page
from web.policy_matrix import download
from web.posted import fields_in


@get("/policy")
async def policy_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    sees = may_see(subject)
    return page(
        request,
        "policy/home.html",
        title=N_("规则"),
        subject=subject,
        opened=gate.opened(),
        editions=await list_editions(session),
        sees=sees,
        drafts_=await draft_view.list_drafts(session, subject) if sees else [],
        drafts_here=writes(subject),
        lone=sees and await lone_approver(session),
        form=fresh(DraftForm, {}, {}),
    )


def writes(subject: Subject) -> bool:
    return gate.may(subject, Action.POLICY_DRAFT, Relation.NONE)


@get("/policy/rules")
async def rules_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    number, content = await content_in_force(session)
    rows = [row for _, row in read(content)]
    return page(
        request, "policy/rules.html", title=N_("全部规则"), subject=subject, rows=rows, edition=number, named=named
    )


@get("/policy/rules.csv")
async def rules_csv(subject: TheSubject, session: TheSession) -> Response[bytes]:
    number, content = await content_in_force(session)
    return download(rules_file(content, f"rules-{number}"))


@get("/policy/editions/{edition:int}")
async def edition_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, edition: PathNumber
) -> PageResponse:
    """What it changed against another one, the one before by default."""
    earlier = number_of(request.query_params.get("earlier"), max(edition - 1, 0))
    number, content = await content_in_force(session)
    return page(
        request,
        "policy/edition.html",
        title=N_("规则版本"),
        subject=subject,
        found=await compare(session, earlier, number_of(str(edition), 0)),
        editions=await list_editions(session),
        named=named,
        drafts_here=writes(subject) and content != await content_of(session, edition),
        in_force=number,
        form=fresh(DraftForm, {}, {}),
    )


def number_of(given: str | None, otherwise: int) -> int:
    """An edition's number from an address; what is none finds none."""
    if given is None or given == "":
        return otherwise
    if not (given.isascii() and given.isdigit() and len(given) < 10):
        raise NotFound
    return int(given)


@post("/policy/editions/{edition:int}/roll-back")
async def roll_back_post(
    request: AnyRequest, subject: TheSubject, session: TheSession, edition: PathNumber
) -> PageResponse:
    typed = read_typed(fields_of(DraftForm), await fields_in(request))
    try:
        form = fill(DraftForm, typed)
        draft = await draft_edits.roll_back(session, subject, number_of(str(edition), 0), form.title)  # type: ignore[attr-defined]  # filled as DraftForm
    except InvalidInput as error:
        return page(
            request,
            "policy/refused.html",
            title=N_("规则版本"),
            subject=subject,
            status=error.status,
            form=refused(DraftForm, typed, error.fields, {}),
            faults=getattr(error, "faults", ()),
            back=f"/policy/editions/{edition}",
        )
    return go(f"/policy/drafts/{draft.id}")


ROUTES = [policy_page, rules_page, rules_csv, edition_page, roll_back_post]
