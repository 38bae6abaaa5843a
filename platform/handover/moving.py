"""Side by side: what a handover moves and what it leaves, shown to who offers and to who is to accept.

Each gets what it may read anyway: the holder its own case, the receiver no more than the preview holds.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from access import delegations
from cases.models import Case
from cases.term_views import timers_of
from dossiers.reads import evidence_of
from foundation.clock import local_date
from foundation.language import N_, in_a_row, in_brackets, translate
from funding.totals import Totals, totals_of
from handover.reading import FullPreview
from handover.sight_moves import sight_moves
from handover.staying import staying_options
from handover.targets import check_target, direction_to
from oversight.orders import orders_of
from policies import gate
from policies.actions import Action
from teams.reads import team_of
from teams.roles import TeamRole
from tenants import names
from tenants.models import Office
from tenants.subject import Subject

NONE = N_("无")
GOES_ALONG = N_("随案移交")


class Line(Struct, frozen=True):
    """One thing, before and after, in the reader's language."""

    what: str
    before: str
    after: str


class Moves(Struct, frozen=True):
    sender: str
    receiver: str
    moves: list[Line]
    sight: list[Line]


async def moves_to(session: AsyncSession, subject: Subject, case_id: UUID, office_id: int) -> Moves:
    """Before offering. Raises NotFound, Forbidden, InvalidInput for an office that is no choice, and its refusals."""
    case: Case
    case, may = await gate.fetch_with_permissions(session, subject, Action.HANDOVER_OFFER, case_id)
    _, office = await direction_to(session, case, office_id)
    await check_target(session, case, office)
    lines = [
        await _holder(session, case, office),
        *await _team(session, case, may),
        *await _terms(session, subject, case, may),
        *await _orders(session, case, may),
        *await _evidence(session, case, may),
        *await _money(session, case, may),
        *await _lent(session, subject, case, may),
    ]
    called = await names.offices(session, [case.holder_office_id, office.id])
    sight = [Line(*one) for one in await sight_moves(session, case, office.tenant_id)]
    return Moves(called[case.holder_office_id], called[office.id], lines, sight)


async def moves_here(session: AsyncSession, subject: Subject, case: Case, offer: FullPreview) -> Moves:
    """Before accepting: from the preview, which is all that the receiver may read."""
    staying = [option.label for option in await staying_options(session, subject, case)]
    terms = in_a_row(f"{term.title}{in_brackets(local_date(term.due_at))}" for term in offer.terms)
    lines = [
        Line(translate(N_("承办机构")), offer.sender, offer.receiver),
        Line(
            translate(N_("小组成员")),
            in_a_row(staying) or translate(NONE),
            translate(N_("退出，您接收时请其留任的除外")),
        ),
        Line(translate(N_("法定期限")), terms or translate(NONE), translate(N_("照常计算，不中断"))),
        *_shares((one.tenant, one.incurred_fen + one.third_party_fen, one.committed_fen) for one in offer.funding),
        Line(translate(N_("当事人、陈述、证据和文书")), translate(N_("您看不到")), translate(N_("接收后全部可见"))),
    ]
    sight = [Line(*one) for one in await sight_moves(session, case, subject.tenant_id)]
    return Moves(offer.sender, offer.receiver, lines, sight)


async def _holder(session: AsyncSession, case: Case, office: Office) -> Line:
    called = await names.offices(session, [case.holder_office_id, office.id])
    return Line(translate(N_("承办机构")), called[case.holder_office_id], called[office.id])


async def _team(session: AsyncSession, case: Case, may: gate.Permissions) -> Sequence[Line]:
    team = await team_of(session, case.id) if Action.CASE_READ in may.actions else None
    if team is None:
        return ()
    serving = [one for one in team.members if one.status in ("accepted", "proposed")]
    told = in_a_row(one.name + in_brackets(translate(TeamRole(one.role).label)) for one in serving)
    return [Line(translate(N_("小组成员")), told, translate(N_("退出；接收方可以请其留任")))]


async def _terms(session: AsyncSession, subject: Subject, case: Case, may: gate.Permissions) -> Sequence[Line]:
    if Action.CASE_READ not in may.actions:
        return ()
    running = [one for one in await timers_of(session, case, subject.tenant_id) if one.runs and not one.remedy]
    told = in_a_row(f"{translate(one.title)}{in_brackets(local_date(one.due_at))}" for one in running)
    return [Line(translate(N_("法定期限")), told or translate(NONE), translate(N_("照常计算，不中断")))]


async def _orders(session: AsyncSession, case: Case, may: gate.Permissions) -> Sequence[Line]:
    if Action.CASE_READ_TIMELINE not in may.actions:
        return ()
    standing = [one for one in await orders_of(session, case.id) if one.struck_off_at is None]
    return [_counted(N_("未销号的督办单"), len(standing))] if standing else ()


async def _evidence(session: AsyncSession, case: Case, may: gate.Permissions) -> Sequence[Line]:
    found = await evidence_of(session, case.id, may)
    return [_counted(N_("证据"), len(found))] if found else ()


async def _money(session: AsyncSession, case: Case, may: gate.Permissions) -> Sequence[Line]:
    """费随案走: what is promised moves, what is spent stays with who spent it."""
    if Action.CASE_READ_MONEY not in may.actions:
        return ()
    totals: Sequence[Totals] = await totals_of(session, case)
    called = await names.tenants(session, [one.tenant_id for one in totals])
    return _shares((called[one.tenant_id], one.incurred + one.third_party, one.committed) for one in totals)


async def _lent(session: AsyncSession, subject: Subject, case: Case, may: gate.Permissions) -> Sequence[Line]:
    """A delegation of this case ends with its lender's custody."""
    if Action.CASE_READ_TIMELINE not in may.actions:
        return ()
    lent = await delegations.of_case(session, subject, case)
    number = translate(N_("%(n)s 项"), n=len(lent))
    return [Line(translate(N_("授权")), number, translate(N_("随移交终止")))] if lent else ()


def _shares(totals: Iterable[tuple[str, int, int]]) -> list[Line]:
    """(tenant, spent, promised) in fen."""
    lines = []
    for tenant, spent, promised in totals:
        if spent:
            what = translate(N_("已发生的费用")) + in_brackets(tenant)
            lines.append(Line(what, _yuan(spent), translate(N_("由原单位承担，不移交"))))
        if promised:
            what = translate(N_("尚未发生的费用安排")) + in_brackets(tenant)
            lines.append(Line(what, _yuan(promised), translate(N_("费随案走，转由接收单位承担"))))
    return lines


def _counted(what: str, number: int) -> Line:
    return Line(translate(what), translate(N_("%(n)s 项"), n=number), translate(GOES_ALONG))


def _yuan(fen: int) -> str:
    return f"{fen // 100:,}.{fen % 100:02d} {translate(N_('元'))}"
