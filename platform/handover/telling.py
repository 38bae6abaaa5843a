"""What the parties are told when their case changes hands: who, where, why and which data (个人信息保护法 22, 23)."""

from sqlalchemy.ext.asyncio import AsyncSession

from cases.issue import prepare
from cases.models import Case
from cases.notices import TRANSFER_NOTICE, clock_and_helpers
from cases.papers import Paper
from foundation import direct
from foundation.batch import write_and_keep
from foundation.language import N_
from handover.models import Direction, HandoverOffer, Purpose, Reason
from tenants import names
from tenants.contacts import NOT_TOLD
from tenants.subject import Subject

DATA_KINDS = (N_("身份信息"), N_("联系方式"), N_("陈述、证据和调解材料"))
"""The kinds of data another processor gets (个人信息保护法 23), named in the notice."""
HANDLING = N_("仅限办理本案使用，按卷宗规定保存")
"""处理方式 (个人信息保护法 23)."""
NOT_YET = N_("仅限办理本案使用，按卷宗规定保存；对方接收前看不到这些信息")
NEEDS_WORD = frozenset({Direction.SIDEWAYS.value, Direction.CROSS.value})
"""Directions in which the parties accept the new mediator first (人民调解法 23(1))."""
YOUR_WORD = N_(
    "由新的调解组织办理须经您接受（人民调解法第23条）：请在本人页面表示，或者告知原承办单位；不接受不影响您的其他权利"
)
NAMED_WORD = N_(
    "由共同上级指定的调解组织办理，仍须经您接受（人民调解法第23条）：请在15日内在本人页面表示，或者告知现承办单位；不接受的，可以终止调解，不影响您的其他权利"
)

REACHED = """select t.name, o.name, c.address || ' ' || c.telephone from offices o join tenants t on t.id = o.tenant_id
    left join office_contacts c on c.office_id = o.id where o.id = $1"""
"""As `names.offices` and `contacts.contact_of` say it, in one statement."""


async def tell_offered(session: AsyncSession, subject: Subject, case: Case, offer: HandoverOffer) -> Paper:
    """Before anything goes anywhere: where it may go, and that the party has a word in it where the law gives one."""
    called = await names.offices(session, [offer.from_office_id])
    more = {"sender": called[offer.from_office_id], "handling": NOT_YET}
    if offer.direction in NEEDS_WORD:
        more["your_word"] = YOUR_WORD
    return await tell_parties(
        session, subject, case, offer.to_office_id, Reason(offer.reason).label, offer.purpose, **more
    )


async def tell_parties(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    receiver_id: int,
    reason: str,
    purpose: str = Purpose.WHOLE,
    **more: str,
) -> Paper:
    """One notice that both sides read, with the remedy clock (N11). `reason` is a msgid or the words of a decision."""
    notice = await notice_of(session, subject, case, receiver_id, reason, purpose, **more)
    await write_and_keep(session, notice)
    return notice


async def notice_of(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    receiver_id: int,
    reason: str,
    purpose: str = Purpose.WHOLE,
    **more: str,
) -> Paper:
    """The same, to be written by whoever asked for it."""
    ((tenant, office, contact),) = await direct.fetch(session, REACHED, receiver_id)
    content = {
        "receiver": f"{tenant} · {office}",
        "receiver_contact": contact or NOT_TOLD,
        "reason": reason,
        "transfer_purpose": Purpose(purpose).label,
        "data_kinds": list(DATA_KINDS),
        "handling": HANDLING,
        **more,
        **await clock_and_helpers(session, case.id),
    }
    return await prepare(session, subject, case, TRANSFER_NOTICE, content)
