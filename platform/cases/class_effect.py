"""What a class changes, said before anybody chooses it: money within the tariff, the conference, the deadlines."""

from datetime import date

from msgspec import Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import hooks
from cases.catalogue import Option
from cases.classes import MAJOR, CaseClass
from cases.models import Case
from cases.timers import running
from foundation.clock import local_date
from foundation.language import N_, translate
from tenants.subject import Subject

MONEY = N_("办案成本补助每案 %(least)s–%(most)s 元")
NO_RATE = N_("费用标准中没有现行的补助标准")
CONFER = N_("提出处理意见前须会商")
NO_CONFER = N_("提出处理意见前不要求会商")
TERM = N_("调解期限不因类别改变，仍到 %(day)s")
NO_TERM = N_("调解期限不因类别改变")


class Effect(Struct, frozen=True):
    """Bounds in fen for one settled case; None = the tariff has no rate today."""

    least_fen: int | None
    most_fen: int | None
    confer: bool
    mediation_until: date | None


async def effect_of(session: AsyncSession, case: Case, case_class: CaseClass) -> Effect:
    major = case_class.value in MAJOR
    bounds = await hooks.subsidy_bounds(session, major)
    terms = await running(session, case.id, "mediation")
    until = local_date(terms[0].due_at) if terms else None
    return Effect(bounds[0] if bounds else None, bounds[1] if bounds else None, major, until)


def worded(effect: Effect) -> str:
    """In the reader's language."""
    if effect.least_fen is None or effect.most_fen is None:
        money = translate(NO_RATE)
    else:
        money = translate(MONEY, least=f"{effect.least_fen // 100:,}", most=f"{effect.most_fen // 100:,}")
    day = effect.mediation_until
    term = translate(TERM, day=str(day)) if day else translate(NO_TERM)
    return "；".join((money, translate(CONFER if effect.confer else NO_CONFER), term))


async def class_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Each class with what it brings, so that who chooses has read it."""
    present = case.case_class
    return [
        Option(one.value, f"{translate(one.label)}：{worded(await effect_of(session, case, one))}")
        for one in CaseClass
        if one.value != present
    ]


OPTIONS = {"classes": class_options}
