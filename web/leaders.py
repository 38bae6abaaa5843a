"""领导包案: who leads what, until when, how far it has come; a table to take away; how each tenant takes part."""

from collections.abc import Iterator

from litestar import Response, get

from foundation.clock import local_date
from foundation.language import N_, translate
from oversight.leader_reading import LONGEST, Charged, ChargedPage, charged, taking_part
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.table_file import table_file, table_workbook
from web.typed_query import identifier
from web.words import word

TITLES = (
    N_("包案领导"), N_("所属"), N_("案号"), N_("纠纷发生地"), N_("案件等级"), N_("状态"), N_("包案自"), N_("包案期限"),
    N_("情况"), N_("接访、下访次数"), N_("进展报告次数"), N_("最近一次"),
)  # fmt: skip
COUNTED = (N_("所属"), N_("包案件数"), N_("在包"), N_("逾期"), N_("已化解"), N_("接访、下访次数"))


@get("/leaders")
async def leaders_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    return page(
        request,
        "oversight/leaders.html",
        title=N_("领导包案"),
        subject=subject,
        found=await charged(session, subject, identifier(request, "after")),
        counts=await taking_part(session, subject),
        titles=TITLES,
        counted=COUNTED,
        standing=standing,
    )


@get("/leaders.csv")
async def leaders_table(subject: TheSubject, session: TheSession) -> Response[str]:
    found = await charged(session, subject, size=LONGEST)
    return table_file(translate(N_("领导包案")), TITLES, _rows(found))


@get("/leaders.xlsx")
async def leaders_workbook(subject: TheSubject, session: TheSession) -> Response[bytes]:
    found = await charged(session, subject, size=LONGEST)
    return table_workbook(translate(N_("领导包案")), TITLES, _rows(found))


def standing(row: Charged) -> str:
    """A msgid: how the charge stands."""
    if row.ended_at is not None:
        return N_("已结束")
    return N_("逾期") if row.overdue else N_("在包")


def _rows(found: ChargedPage) -> Iterator[list[str]]:
    for one in found.rows:
        yield [
            one.leader, one.tenant, one.number, one.place, word(one.case_class, "class"), word(one.state, "state"),
            str(local_date(one.since)), str(local_date(one.until)), translate(standing(one)), str(one.meetings),
            str(one.reports), str(one.last_on or ""),
        ]  # fmt: skip
    if found.after:
        yield [translate(N_("只列前 %(n)s 件"), n=LONGEST)]


ROUTES = [leaders_page, leaders_table, leaders_workbook]
