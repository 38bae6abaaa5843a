"""检举控告 never enters mediation (N3a; 条例 22(2), 30(3)): it is handed on, and only a receipt is kept here."""

from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation.language import N_
from policies.actions import Action
from tenants.subject import Subject


class DiversionForm(Struct, frozen=True, kw_only=True):
    """No field for the content, the author or the person named: what is not stored can't leak."""

    organ: Annotated[
        str,
        Meta(
            title=N_("转送的纪检监察机关"), description=N_("检举控告的内容不得录入本系统"), min_length=2, max_length=120
        ),
    ]
    handed_on: Annotated[date, Meta(title=N_("转送日期"))]
    receipt_no: Annotated[str, Meta(title=N_("回执编号"), min_length=1, max_length=60)]


DIVERSION = PaperKind("diversion", N_("转送回执"), Group.NOTES, form=DiversionForm)


async def divert_accusation(session: AsyncSession, subject: Subject, case: Case, form: DiversionForm) -> Done:
    await issue(session, subject, case, DIVERSION, form)
    return Done()


ACTS = (Act("divert-accusation", N_("转送检举控告"), Action.CASE_NOTE, DiversionForm, divert_accusation),)
PAPERS = (DIVERSION,)
