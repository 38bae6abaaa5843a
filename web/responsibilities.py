"""包干化解责任清单: place by place on a page, and as a table to keep."""

from collections.abc import Iterator, Mapping
from itertools import groupby

from litestar import Response, get

from foundation.clock import local_date
from foundation.language import N_, in_a_row, in_brackets, translate
from foundation.store import instant
from oversight.responsibility import LONGEST, Line, Responsibilities, responsibilities
from web.case_list import type_names
from web.given import TheReading, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.table_file import table_file, table_workbook
from web.words import word

NAME = N_("包干化解责任清单")
TITLES = (
    N_("纠纷发生地"), N_("案号"), N_("纠纷类型"), N_("案件等级"), N_("状态"), N_("承办机构"), N_("专调小组组长"),
    N_("承办人"), N_("包案领导"), N_("登记时间"), N_("最后一日"),
)  # fmt: skip


@get("/responsibilities")
async def responsibilities_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, reading: TheReading
) -> PageResponse:
    after = request.query_params.get("after") or None
    return page(
        request,
        "oversight/responsibilities.html",
        title=NAME,
        subject=subject,
        found=await responsibilities(session, reading, subject, after),
        types=await type_names(session),
        titles=TITLES,
    )


@get("/responsibilities.csv")
async def responsibilities_table(subject: TheSubject, session: TheSession, reading: TheReading) -> Response[str]:
    """The newest open cases, so many as an export may hold; the last line says when there are more."""
    found = await responsibilities(session, reading, subject, size=LONGEST)
    return table_file(translate(NAME), TITLES, _rows(found, await type_names(session)))


@get("/responsibilities.xlsx")
async def responsibilities_workbook(subject: TheSubject, session: TheSession, reading: TheReading) -> Response[bytes]:
    found = await responsibilities(session, reading, subject, size=LONGEST)
    return table_workbook(translate(NAME), TITLES, _rows(found, await type_names(session)))


@get("/responsibilities/print")
async def responsibilities_print(
    request: AnyRequest, subject: TheSubject, session: TheSession, reading: TheReading
) -> PageResponse:
    """One list for each place, as it is signed and hung up there."""
    found = await responsibilities(session, reading, subject, size=LONGEST)
    return page(
        request,
        "oversight/responsibilities_print.html",
        title=NAME,
        subject=subject,
        places=[(place, list(lines)) for place, lines in groupby(found.lines, lambda line: line.place)],
        cut=LONGEST if found.after else None,
        printed_at=instant(session),
        types=await type_names(session),
        titles=TITLES[1:],
    )


def _rows(found: Responsibilities, types: Mapping[int, str]) -> Iterator[list[str]]:
    for line in found.lines:
        kind = types.get(line.dispute_type, str(line.dispute_type))
        due = line.due_at.strftime("%Y-%m-%d") if line.due_at else ""
        yield [
            line.place, line.number, kind, word(line.case_class, "class"), word(line.state, "state"), line.holder,
            line.leader, line.handler, _leaders(line), line.filed_at.strftime("%Y-%m-%d"), due,
        ]  # fmt: skip
    if found.after:
        yield [translate(N_("只列最新登记的 %(n)s 件"), n=LONGEST)]


def _leaders(line: Line) -> str:
    """Each with the last day of the term."""
    return in_a_row(one.name + in_brackets(local_date(one.until)) for one in line.in_charge)


ROUTES = [responsibilities_page, responsibilities_table, responsibilities_workbook, responsibilities_print]
