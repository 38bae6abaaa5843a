"""督办台账: the orders of a tier, what is overdue first; the same as a table to take away."""

from collections.abc import Iterator
from urllib.parse import urlencode

from litestar import Response, get
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.forms import parse
from foundation.language import N_, translate
from oversight import order_board
from oversight.matter_reads import may_read
from oversight.models import OrderKind
from oversight.order_board import LONGEST, Board, BoardLine, BoardQuery, BoardState
from tenants.subject import Subject
from web.given import TheSession, TheSubject
from web.page import AnyRequest, PageResponse, page
from web.table_file import table_file, table_workbook
from web.words import word

TITLES = (
    N_("登记号"), N_("督办种类"), N_("督办理由"), N_("督办单位"), N_("承办机构"), N_("责任单位"), N_("督办事项"),
    N_("发出日期"), N_("办结期限"), N_("状态"), N_("逾期"), N_("催办次数"),
)  # fmt: skip


@get("/orders")
async def orders_page(request: AnyRequest, subject: TheSubject, session: TheSession) -> PageResponse:
    asked = _asked(request)
    found = await order_board.board(session, subject, asked)
    kept = {name: value for name, value in request.query_params.items() if value and name in ("state", "kind")}
    return page(
        request,
        "oversight/orders.html",
        title=N_("督办台账"),
        subject=subject,
        asked=asked,
        found=found,
        counts=await order_board.counts(session, subject),
        titles=TITLES,
        states=BoardState,
        kinds=OrderKind,
        kept=urlencode(kept),
        next_page="/orders?" + urlencode({**kept, "after": found.after}) if found.after else None,
        matters=may_read(subject),
    )


@get("/orders.csv")
async def orders_table(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[str]:
    found = await _all(request, session, subject)
    return table_file(translate(N_("督办台账")), TITLES, _rows(found))


@get("/orders.xlsx")
async def orders_workbook(request: AnyRequest, subject: TheSubject, session: TheSession) -> Response[bytes]:
    found = await _all(request, session, subject)
    return table_workbook(translate(N_("督办台账")), TITLES, _rows(found))


async def _all(request: AnyRequest, session: AsyncSession, subject: Subject) -> Board:
    """So many as an export may hold; the last line says when there are more."""
    return await order_board.board(session, subject, _asked(request), LONGEST)


def _asked(request: AnyRequest) -> BoardQuery:
    given = {name: value for name, value in request.query_params.items() if value}
    return parse(BoardQuery, given, strict=False)


def _rows(found: Board) -> Iterator[list[str]]:
    yield from map(_row, found.lines)
    if found.after:
        yield [translate(N_("只列前 %(n)s 件"), n=LONGEST)]


def _row(line: BoardLine) -> list[str]:
    ground = "urging_ground" if line.kind == OrderKind.UNIT else "order_ground"
    late = translate(N_("逾期")) if line.overdue else ""
    return [
        line.registration_no, word(line.kind, "order_kind"), word(line.ground, ground), line.issuer, line.holder,
        line.unit or "", line.matter or "", str(line.issued_on), str(line.deadline), word(line.state, "order_state"),
        late, str(line.urged),
    ]  # fmt: skip


ROUTES = [orders_page, orders_table, orders_workbook]
"""Reached from the board: the matters of `web.matters`."""
