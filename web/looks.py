"""Who looked: the list for the line of a case, the petitioner's own extract as a table, the counts by month."""

from collections.abc import Iterator
from datetime import datetime

from litestar import get, post
from sqlalchemy.ext.asyncio import AsyncSession

from access.looks_extract import Extract, extract_of
from access.looks_reading import log_of
from foundation.clock import SHANGHAI
from foundation.errors import NotFound
from foundation.language import N_, translate
from indicators.access_counts import KINDS, access_counts
from policies import gate
from tenants.subject import Subject
from web.admitted import admitted
from web.given import PathId, PathNumber, TheSession, TheStore, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.posted import fields_in
from web.table_file import table_file
from web.words import word


@get("/cases/{case_id:uuid}/looks")
async def looks_page(request: AnyRequest, subject: TheSubject, session: TheSession, case_id: PathId) -> PageResponse:
    case, log = await log_of(session, subject, case_id, request.query_params.get("after") or None)
    return page(
        request,
        "access/looks.html",
        title=N_("谁看过本案"),
        subject=subject,
        case=case,
        log=log,
        rules=gate.opened().book.rules,
    )


@post("/status/looks")
async def own_looks(request: AnyRequest, store: TheStore) -> PageResponse:
    """Everything since the registration, to keep: by number and code, as the page itself."""
    typed = await fields_in(request)
    number, code = ((typed.get(name) or [""])[0] for name in ("registration_no", "code"))
    if not number or not code:
        raise NotFound
    case_id, subject = await admitted(request, store, number[:60], code[:40])
    async with store.scoped(subject.scope) as session:
        extract = await extract_of(session, subject, case_id)
    name = f"{translate(N_('查阅记录'))}-{extract.registration_no}"
    return table_file(name, TITLES, _rows(extract))


@get("/access-counts")
async def own_counts(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return await _counts(request, subject, session, None)


@get("/access-counts/{tenant_id:int}")
async def counts_below(
    request: AnyRequest, subject: TheSubject, session: TheSession, tenant_id: PathNumber
) -> PageResponse:
    return await _counts(request, subject, session, tenant_id)


async def _counts(request: AnyRequest, subject: Subject, session: AsyncSession, tenant_id: int | None) -> PageResponse:
    month = request.query_params.get("month") or None
    return page(
        request,
        "access/counts.html",
        title=N_("查阅统计"),
        subject=subject,
        view=await access_counts(session, subject, tenant_id, month),
        kinds=KINDS,
    )


TITLES = (N_("类别"), N_("机构"), N_("以何身份或为何目的"), N_("内容"), N_("从"), N_("到"))


def _rows(extract: Extract) -> Iterator[list[str]]:
    for look in extract.looks:
        capacity = f"{word(look.role, 'role')} · {word(look.relation, 'relation')}"
        days = " ".join(str(day) for day in look.days)
        yield [translate(N_("打开过案件")), look.office, capacity, days, _at(look.first_at), _at(look.last_at)]
    for reveal in extract.reveals:
        at = _at(reveal.at)
        yield [translate(N_("查看您的信息")), reveal.office, word(reveal.purpose, "purpose"), "", at, at]
    for grant in extract.grants:
        groups = " ".join(word(group, "access_group") for group in grant.groups)
        purpose, since, until = word(grant.purpose, "access_purpose"), _at(grant.granted_at), _at(grant.ends_at)
        yield [translate(N_("批准的查阅")), grant.office, purpose, groups, since, until]


def _at(moment: datetime) -> str:
    return moment.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


ROUTES = [looks_page, own_looks, own_counts, counts_below]
