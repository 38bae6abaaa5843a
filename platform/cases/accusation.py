"""检举控告 never enters mediation (N3a; 条例 22(2), 30(3)): it is handed on, and only a receipt is kept here."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct, structs
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.particulars import name_errors
from cases.units import hand_up
from foundation.clock import local_date
from foundation.errors import InvalidInput, invalid
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class DiversionForm(Struct, frozen=True, kw_only=True):
    """No field for the content, the author or a person accused: what is not stored can't leak.

    被检举单位 stands here and nowhere else; where it is the holder's own organ, not even here.
    """

    organ: Annotated[
        str,
        Meta(
            title=N_("转送的纪检监察机关"), description=N_("检举控告的内容不得录入本系统"), min_length=2, max_length=120
        ),
    ]
    handed_on: Annotated[date, Meta(title=N_("转送日期"))]
    receipt_no: Annotated[str, Meta(title=N_("回执编号"), min_length=1, max_length=60)]
    accused_unit: (
        Annotated[
            str,
            Meta(
                title=N_("被检举单位"),
                description=N_("只记在回执上；被检举的个人不得录入"),
                min_length=2,
                max_length=120,
            ),
        ]
        | None
    ) = None
    own_organ: Annotated[
        bool,
        Meta(
            title=N_("被检举的是本级政府、司法行政机关、信访部门、本乡镇或者其工作人员"),
            description=N_("是则案件上提，本级不再看到；回执不记单位"),
        ),
    ] = False


CONFLICT = "conflict"
"""The source of the record that takes the sight away: the accused organ learns of a conflict and of no accusation."""
DIVERSION = PaperKind("diversion", N_("转送回执"), Group.NOTES, form=DiversionForm)


async def divert_accusation(session: AsyncSession, subject: Subject, case: Case, form: DiversionForm) -> Done:
    """The event, too, stays with the tenant that diverted it (0030): not even its existence shows elsewhere."""
    if form.handed_on > local_date(instant(session)):
        raise invalid("handed_on", "in_future", N_("日期不得晚于今天"))
    if form.accused_unit and (errors := list(name_errors("accused_unit", form.accused_unit))):
        raise InvalidInput(*errors)
    told = structs.replace(form, accused_unit=None, own_organ=False) if form.own_organ else form
    await issue(session, subject, case, DIVERSION, told)
    return await hand_up(session, subject, case, CONFLICT, {}) if form.own_organ else Done()


ACTS = (Act("divert-accusation", N_("转送检举控告"), Action.CASE_NOTE, DiversionForm, divert_accusation),)
PAPERS = (DIVERSION,)
