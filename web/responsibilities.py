"""包干化解责任清单: place by place on a page, and as a table to keep."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from urllib.parse import quote

from litestar import Response, get

from foundation.language import N_, translate
from oversight.responsibility import LONGEST, Responsibilities, responsibilities
from web.case_list import type_names
from web.given import TheReading, TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.words import word

BYTE_ORDER_MARK = "\ufeff"
"""So that a spreadsheet reads the Chinese."""
TITLES = (
    N_("纠纷发生地"), N_("案号"), N_("纠纷类型"), N_("案件等级"), N_("状态"), N_("承办机构"), N_("专调小组组长"),
    N_("承办人"), N_("登记时间"), N_("最后一日"),
)  # fmt: skip


@get("/responsibilities")
async def responsibilities_page(
    request: AnyRequest, subject: TheSubject, session: TheSession, reading: TheReading
) -> PageResponse:
    after = request.query_params.get("after") or None
    return page(
        request,
        "oversight/responsibilities.html",
        title=N_("包干化解责任清单"),
        subject=subject,
        found=await responsibilities(session, reading, subject, after),
        types=await type_names(session),
        titles=TITLES,
    )


@get("/responsibilities.csv")
async def responsibilities_table(
    request: AnyRequest, subject: TheSubject, session: TheSession, reading: TheReading
) -> PageResponse:
    """The newest open cases, so many as an export may hold; the last line says when there are more."""
    found = await responsibilities(session, reading, subject, size=LONGEST)
    name = quote(f"{translate(N_('包干化解责任清单'))}.csv")
    headers = {"content-disposition": f"attachment; filename*=UTF-8''{name}", "cache-control": "no-store"}
    return Response(_table(found, await type_names(session)), media_type="text/csv", headers=headers)


def _table(found: Responsibilities, types: Mapping[int, str]) -> str:
    written = StringIO()
    rows = csv.writer(written)
    rows.writerow([translate(title) for title in TITLES])
    rows.writerows(_rows(found, types))
    if found.after:
        rows.writerow([translate(N_("只列最新登记的 %(n)s 件"), n=LONGEST)])
    return BYTE_ORDER_MARK + written.getvalue()


def _rows(found: Responsibilities, types: Mapping[int, str]) -> Iterator[list[str]]:
    for line in found.lines:
        kind = types.get(line.dispute_type, str(line.dispute_type))
        due = line.due_at.strftime("%Y-%m-%d") if line.due_at else ""
        yield [
            line.place, line.number, kind, word(line.case_class, "class"), word(line.state, "state"), line.holder,
            line.leader, line.handler, line.filed_at.strftime("%Y-%m-%d"), due,
        ]  # fmt: skip


ROUTES = [responsibilities_page, responsibilities_table]
