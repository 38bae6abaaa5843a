"""A change of the tree brings cases to another office or tenant: each party is told (个人信息保护法 22)."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta, Struct, field
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from cases.papers import CONTENT, Group, PaperKind
from cases.remedy_clock import in_words, with_clock
from foundation.cipher import Sealed
from foundation.digests import digest
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from tenants.contacts import contact_of
from tenants.models import Office
from tenants.subject import Subject
from tenants.tiers import OfficeKind

ANSWERS = (OfficeKind.WORKROOM, OfficeKind.PETITION_BUREAU, OfficeKind.WINDOW)
"""Whose address is told when the plan names none."""
DATA_KINDS = (N_("身份信息"), N_("联系方式"), N_("陈述、证据和调解材料"))
UNCHANGED = N_("调解继续进行：登记号、案号、已办的手续和期限都不变，您不需要重新申请；处理个人信息的目的和方式不变")
RIGHTS = N_("您可以向接收方查阅、复制、更正您的个人信息")


def _all_kinds() -> list[str]:
    return list(DATA_KINDS)


class DivisionNotice(Struct, frozen=True):
    """The same words to everybody whom one change concerns; `contact` is asked for by the law beside the name."""

    former: Annotated[str, Meta(title=N_("原管辖单位"))]
    receiver: Annotated[str, Meta(title=N_("接收方名称"))]
    contact: Annotated[str, Meta(title=N_("接收方联系方式"))]
    effective_on: Annotated[date, Meta(title=N_("生效日期"))]
    ground: Annotated[str, Meta(title=N_("区划调整依据"))]
    data_kinds: Annotated[list[str], Meta(title=N_("转移的个人信息种类"))] = field(default_factory=_all_kinds)
    unchanged: Annotated[str, Meta(title=N_("不变的事项"))] = UNCHANGED
    your_rights: Annotated[str, Meta(title=N_("您的权利"))] = RIGHTS


DIVISION_NOTICE = PaperKind("division_notice", N_("区划调整告知书"), Group.FINAL, form=DivisionNotice)


WRITE = text("""
insert into papers (id, case_id, kind, field_group, content, sha256, issued_at, issued_by, recorded_at)
select id, case_id, :kind, :field_group, content, :sha256, cast(:now as timestamptz), cast(:by as uuid),
       cast(:now as timestamptz)
from unnest(cast(:ids as uuid[]), cast(:cases as uuid[]), cast(:contents as bytea[])) as fresh (id, case_id, content)
""")
"""What is the same for all is sent once; row by row the ids and the sealed words alone."""


async def write_notices(session: AsyncSession, subject: Subject, cases: Sequence[UUID], notice: DivisionNotice) -> int:
    """One paper a case, which every party of it reads on the own page; returns how many.

    Both sides read it, so it holds nobody's last days (N3b), and so it is the same for all: one statement, no reads.
    """
    content = with_clock(msgspec.to_builtins(notice), in_words(()), others_read=True)
    plain, seal, now = msgspec.json.encode(content), Sealed.ring().seal, instant(session)
    if cases:
        values = {
            "kind": DIVISION_NOTICE.code,
            "field_group": DIVISION_NOTICE.group.value,
            "sha256": digest(msgspec.json.encode(content, order="sorted")),
            "now": now,
            "by": subject.person_id,
            "ids": [new_id(now) for _ in cases],
            "cases": list(cases),
            "contents": [seal(plain, CONTENT) for _ in cases],
        }
        await session.execute(WRITE, values)
    return len(cases)


async def published_contact(session: AsyncSession, tenant_id: int) -> str:
    """The address that the tenant's first answering office has published."""
    query = select(Office.id, Office.kind).where(Office.tenant_id == tenant_id, Office.valid_to.is_(None))
    offices = {row.kind: row.id for row in await session.execute(query.order_by(Office.id.desc()))}
    first = next((offices[kind] for kind in ANSWERS if kind in offices), None)
    return await contact_of(session, first if first is not None else 0)
