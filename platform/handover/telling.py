"""What the parties are told when their case changes hands: who, where, why and which data (个人信息保护法 22, 23)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlalchemy.ext.asyncio import AsyncSession

from cases.issue import prepare
from cases.models import Case
from cases.notices import TRANSFER_NOTICE
from cases.papers import Paper
from foundation import direct
from foundation.batch import write_and_keep
from foundation.language import N_
from handover.models import Direction, HandoverOffer, Purpose, Reason
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

DATA_RIGHTS = N_("接收后，您可以向接收单位查阅、复制、更正您的个人信息；对移交有异议的，可以向承办单位的上一级投诉")
"""个人信息保护法 45, 46: whoever holds the data answers for it."""

NONE: Mapping[str, str] = MappingProxyType({})

REACHED = """array(select row(o.id, t.name || ' · ' || o.name, c.address || ' ' || c.telephone) from offices o
    join tenants t on t.id = o.tenant_id left join office_contacts c on c.office_id = o.id where o.id in {offices})"""
"""As `names.offices` and `contacts.contact_of` say it, of all offices in one column of any statement."""
Reached = Sequence[tuple[int, str, str | None]]


async def tell_offered(session: AsyncSession, subject: Subject, case: Case, offer: HandoverOffer) -> Paper:
    """Before anything goes anywhere: where it may go, and that the party has a word in it where the law gives one."""
    more = {"handling": NOT_YET}
    if offer.direction in NEEDS_WORD:
        more["your_word"] = YOUR_WORD
    why = Reason(offer.reason).label
    notice = await notice_of(session, subject, case, offer.to_office_id, why, offer.purpose, words=more)
    await write_and_keep(session, notice)
    return notice


async def notice_of(
    session: AsyncSession,
    subject: Subject,
    case: Case,
    receiver_id: int,
    reason: str,
    purpose: str = Purpose.WHOLE,
    *,
    sender_id: int | None = None,
    words: Mapping[str, str] = NONE,
    reached: Reached | None = None,
) -> Paper:
    """One notice that both sides read, with the free helpers (N11); to be written by whoever asks for it.

    `reason` is a msgid or the words of a decision. `sender_id`: who handed the case over; None = who holds it now.
    `words`: what else it says, or in place of what it would say by itself. `reached`: of both offices, if it is known.
    """
    sender = case.holder_office_id if sender_id is None else sender_id
    if reached is None:
        asked = f"select {REACHED.format(offices='($1, $2)')}"
        ((reached,),) = await direct.fetch(session, asked, receiver_id, sender)
    offices = {one: said for one, *said in reached}
    receiver, contact = offices[receiver_id]
    content = {
        "receiver": receiver,
        "receiver_contact": contact or NOT_TOLD,
        "sender": offices[sender][0],
        "reason": reason,
        "transfer_purpose": Purpose(purpose).label,
        "data_kinds": list(DATA_KINDS),
        "handling": HANDLING,
        "data_rights": DATA_RIGHTS,
        **words,
    }
    return await prepare(session, subject, case, TRANSFER_NOTICE, content)
