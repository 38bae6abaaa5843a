"""give-lawyer-notice: in writing and before any choice: every lawyer is open, legal aid is free (26b)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from dossiers.parties import party_at
from foundation.language import N_
from policies.actions import Action
from tenants.subject import Subject


class NoticeForm(Struct, frozen=True, kw_only=True):
    parties: Annotated[
        list[UUID], Meta(title=N_("告知的当事人"), min_length=1, max_length=200, extra={"options": "parties"})
    ]


class LawyerNotice(Struct, frozen=True, kw_only=True):
    free_choice: Annotated[str, Meta(title=N_("自行决定"))] = N_(
        "是否委托律师、委托哪一位律师由您自行决定，工作人员不推荐、不在场；不委托律师不影响调解和其他权利"
    )
    others: Annotated[str, Meta(title=N_("可以选择的律师"))] = N_(
        "可以向任何律师事务所委托律师；律师名册可在司法行政机关网站和 12348 查询"
    )
    legal_aid: Annotated[str, Meta(title=N_("法律援助"))] = N_("符合条件的，可以申请法律援助，不收费用")
    aid_ends: Annotated[str, Meta(title=N_("法律援助的终止"))] = N_(
        "您自行委托律师的，已获得的法律援助终止（法律援助法第48条）"
    )
    handling_lawyer: Annotated[str, Meta(title=N_("本案承办律师"))] = N_(
        "担任过本案调解员的不得代理；其他承办律师须在小组解散、双方当事人都同意后，由律师事务所接受委托"
    )


LAWYER_NOTICE = PaperKind("lawyer_notice", N_("律师和法律援助告知书"), Group.STATEMENT, form=LawyerNotice)


async def give_lawyer_notice(session: AsyncSession, subject: Subject, case: Case, form: NoticeForm) -> Done:
    for index, party_id in enumerate(form.parties):
        party = await party_at(session, case, f"parties.{index}", party_id)
        await issue(session, subject, case, LAWYER_NOTICE, LawyerNotice(), party_id=party.id)
    return Done(data={"parties": len(form.parties)})


ACTS = (
    Act(
        "give-lawyer-notice",
        N_("书面告知律师和法律援助"),
        Action.REFERRAL_RECORD,
        NoticeForm,
        give_lawyer_notice,
        step=6,
    ),
)
PAPERS = (LAWYER_NOTICE,)
