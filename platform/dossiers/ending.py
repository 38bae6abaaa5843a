"""How mediation ends without an agreement: the remedies reach every party on the same day (N2, 5a, 人民调解法 26)."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import remedies, timers
from cases.catalogue import Act, Done
from cases.consent import transfer_refused
from cases.issue import issue
from cases.lawful_way import last_day_errors
from cases.models import Case
from cases.notices import Channel, remedy_notice
from cases.papers import Group, PaperKind
from cases.steps import State
from cases.suitability import Way
from dossiers.custody_reads import chains
from dossiers.parties import taking_part
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class Ground(Choice):
    """Why mediation ends."""

    FAILED = "failed", N_("调解不成")
    PARTY_REFUSES = "party_refuses", N_("一方当事人明确拒绝继续调解")
    MEDIATOR_NOT_ACCEPTED = "mediator_not_accepted", N_("当事人不接受调解员且未另选")
    RECEIVER_NOT_ACCEPTED = "receiver_not_accepted", N_("当事人不接受移交后的调解组织，原单位不能继续办理")
    UNSUITABLE = "unsuitable", N_("受理后发现不宜调解")
    SETTLED_PRIVATELY = "settled_privately", N_("当事人自行和解")


OUTCOME = {
    Ground.FAILED: "failed",
    Ground.PARTY_REFUSES: "withdrawn",
    Ground.MEDIATOR_NOT_ACCEPTED: "failed",
    Ground.RECEIVER_NOT_ACCEPTED: "failed",
    Ground.UNSUITABLE: "unsuitable",
    Ground.SETTLED_PRIVATELY: "settled_privately",
}


class Elsewhere(Choice):
    """The way that the parties chose themselves (五(六))."""

    LITIGATION = "litigation", N_("诉讼")
    ARBITRATION = "arbitration", N_("仲裁")
    RECONSIDERATION = "other_channel", N_("行政复议等其他法定途径")


class ChannelRow(Struct, frozen=True, kw_only=True):
    way: Annotated[Way, Meta(title=N_("法定途径"))]
    organ: Annotated[str, Meta(title=N_("受理机关"), min_length=2, max_length=120)]
    last_day: Annotated[date, Meta(title=N_("最后一日"), description=N_("已知的才填"))] | None = None


class TerminationForm(Struct, frozen=True, kw_only=True):
    ground: Annotated[Ground, Meta(title=N_("终止的理由"))]
    channels: Annotated[list[ChannelRow], Meta(title=N_("告知的途径"), min_length=1, max_length=8)]
    legal_basis: Annotated[str, Meta(title=N_("法律依据"), max_length=300)] = N_("人民调解法第26条")
    papers_returned: Annotated[bool, Meta(title=N_("已将本人材料交还本人"))] = False


class ElsewhereForm(Struct, frozen=True, kw_only=True):
    chosen: Annotated[Elsewhere, Meta(title=N_("当事人自行选择的途径"))]
    channels: Annotated[list[ChannelRow], Meta(title=N_("告知的途径"), min_length=1, max_length=8)]
    papers_returned: Annotated[bool, Meta(title=N_("已将本人材料交还本人"))] = False


TERMINATION = PaperKind("termination", N_("终止调解记录"), Group.FINAL, dossier_item=7, form=TerminationForm)
GUIDED_ELSEWHERE = PaperKind("guided_elsewhere", N_("引导其他途径记录"), Group.FINAL, form=ElsewhereForm)


async def terminate(session: AsyncSession, subject: Subject, case: Case, form: TerminationForm) -> Done:
    if form.ground is Ground.RECEIVER_NOT_ACCEPTED and not await transfer_refused(session, case.id):
        raise invalid("ground", "not_on_record", N_("还没有当事人不接受新调解组织的记录"))
    await _check_returned(session, case, form.papers_returned)
    await issue(session, subject, case, TERMINATION, form)
    await _tell_all(session, subject, case, form.ground.label, form.channels, form.legal_basis)
    return await _end(session, case, OUTCOME[form.ground])


async def guide_elsewhere(session: AsyncSession, subject: Subject, case: Case, form: ElsewhereForm) -> Done:
    await _check_returned(session, case, form.papers_returned)
    await issue(session, subject, case, GUIDED_ELSEWHERE, form)
    await _tell_all(session, subject, case, N_("当事人选择通过其他法定途径解决"), form.channels)
    return await _end(session, case, form.chosen.value)


async def _check_returned(session: AsyncSession, case: Case, returned: bool) -> None:
    """The word that all was given back is held against the chains of custody."""
    if returned and any(one.held for one in await chains(session, case.id)):
        raise invalid("papers_returned", "objects_held", N_("还有代管的物品没有返还，请先办理“返还或者处置物证”"))


async def _tell_all(
    session: AsyncSession, subject: Subject, case: Case, reason: str, rows: list[ChannelRow], legal_basis: str = ""
) -> None:
    """Both sides get the same notice (1a), each its own; the days it names run from now; a closed way is none."""
    today = local_date(instant(session))
    passed = [
        error
        for index, row in enumerate(rows)
        for error in last_day_errors(row.last_day, row.last_day is None, today, f"channels.{index}.last_day")
    ]
    if passed:
        raise InvalidInput(*passed)
    for row in rows:
        await remedies.start_named(session, case, row.way, row.last_day)
    channels = tuple(Channel(row.way.label, row.organ, row.last_day) for row in rows)
    for party in await taking_part(session, case.id):
        await remedy_notice(session, subject, case, party.id, reason, channels, legal_basis)


async def _end(session: AsyncSession, case: Case, outcome: str) -> Done:
    case.outcome = outcome
    case.guided_at = instant(session)
    await timers.end_of_mediation(session, case)
    return Done(to=State.GUIDED, data={"outcome": outcome}, audience="parties")


ACTS = (
    Act("guide-elsewhere", N_("引导其他途径"), Action.CASE_TERMINATE, ElsewhereForm, guide_elsewhere, step=6),
    Act("terminate", N_("终止调解"), Action.CASE_TERMINATE, TerminationForm, terminate, step=6),
)
