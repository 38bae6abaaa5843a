"""A unit that will not be mediated ends it (人民调解法 17): remedies the same day, the petition office told (23a)."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases import relations, remedies, timers
from cases.catalogue import Act, Done
from cases.consent import Answer, ConsentKind, ConsentWay, add_consent, parties_of
from cases.deeds import petition_office_of
from cases.entrustment import void_deed
from cases.issue import issue
from cases.lawful_way import last_day_errors
from cases.models import Case
from cases.notices import Channel, remedy_notice
from cases.papers import Group, PaperKind
from cases.steps import State
from cases.suitability import Way
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from policies.relations import Relation
from tenants.subject import Subject


class LawfulWayRow(Struct, frozen=True, kw_only=True):
    way: Annotated[Way, Meta(title=N_("法定途径"))]
    organ: Annotated[str, Meta(title=N_("受理机关"), min_length=2, max_length=120)]
    last_day: Annotated[date, Meta(title=N_("最后一日"), description=N_("已知时必填"))] | None = None
    last_day_unknown: Annotated[bool, Meta(title=N_("最后一日不明"), description=N_("不知道的须注明"))] = False


class UnitRefusalForm(Struct, frozen=True, kw_only=True):
    manner: Annotated[ConsentWay, Meta(title=N_("方式"))]
    channels: Annotated[list[LawfulWayRow], Meta(title=N_("告知的途径"), min_length=1, max_length=8)]
    legal_basis: Annotated[str, Meta(title=N_("法律依据"), max_length=300)] = N_("人民调解法第17条")
    shuffling: (
        Annotated[
            str,
            Meta(
                title=N_("推诿、敷衍、拖延的事实（如有）"),
                description=N_("由信访部门依条例第40条督办责任单位"),
                max_length=1000,
                extra={"widget": "textarea"},
            ),
        ]
        | None
    ) = None
    papers_returned: Annotated[bool, Meta(title=N_("已将本人材料交还本人"))] = False


UNIT_REFUSAL = PaperKind("unit_refusal", N_("被访单位拒绝调解记录"), Group.FINAL, form=UnitRefusalForm)
REASON = N_("被访单位拒绝调解")


async def record_unit_refusal(session: AsyncSession, subject: Subject, case: Case, form: UnitRefusalForm) -> Done:
    """Mediation is over, the petition is not: the petition office of that level follows it from now on (条例 40)."""
    today = local_date(instant(session))
    errors: list[FieldError] = []
    for index, row in enumerate(form.channels):
        errors += last_day_errors(row.last_day, row.last_day_unknown, today, f"channels.{index}.last_day")
    if errors:
        raise InvalidInput(*errors)
    paper = await issue(session, subject, case, UNIT_REFUSAL, form)
    await _tell_all(session, subject, case, form)
    await _tell_petition_office(session, case, f"papers:{paper.id}")
    await void_deed(session, case)
    case.outcome, case.guided_at = "withdrawn", instant(session)
    await timers.finish(session, case, "mediation")
    return Done(to=State.GUIDED, data={"shuffling": form.shuffling is not None}, audience="parties")


async def _tell_all(session: AsyncSession, subject: Subject, case: Case, form: UnitRefusalForm) -> None:
    """Both sides get the same notice (1a); the other side's sight as a party ends with its consent."""
    channels = tuple(Channel(row.way.label, row.organ, row.last_day) for row in form.channels)
    for row in form.channels:
        await remedies.start_named(session, case, row.way, row.last_day)
    for party in await parties_of(session, case.id):
        if party.status != "active":
            continue
        await remedy_notice(session, subject, case, party.id, REASON, channels, form.legal_basis)
        if party.side == "respondent":
            party.status = "declined"
            mediation = ConsentKind.MEDIATION.value
            await add_consent(session, subject, case, party, Answer(mediation, None, False, form.manner.value))
            await relations.end(session, case, Relation.RESPONDENT, person_id=party.id)


async def _tell_petition_office(session: AsyncSession, case: Case, source: str) -> None:
    """It has nothing to sign any more; it follows the matter, and may urge the unit."""
    office = await petition_office_of(session, case)
    if office is None:
        return
    await relations.end(session, case, Relation.ENTRUSTS, tenant_id=office.tenant_id, office_id=office.id)
    following = {
        row.office_id for row in await relations.in_force(session, case.id) if row.relation == Relation.REFERRED
    }
    if office.id not in following:
        await relations.grant(
            session, case, Relation.REFERRED, tenant_id=office.tenant_id, office_id=office.id, source=source
        )


ACTS = (
    Act(
        "record-unit-refusal",
        N_("被访单位拒绝调解"),
        Action.CASE_TERMINATE,
        UnitRefusalForm,
        record_unit_refusal,
        step=3,
    ),
)
PAPERS = (UNIT_REFUSAL,)
