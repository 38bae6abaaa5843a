"""普法宣传和公开 (五(四), 八(一)): to whom, with what material; nothing of a person stands in it (人民调解法 15(4))."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.consent import parties_of
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from cases.parties import Party
from foundation.choice import Choice
from foundation.clock import local_date
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject

NUMBER_OF_A_PERSON = re.compile(r"(?<!\d)(?:1\d{10}|\d{17}[\dXx])(?!\d)")
"""A mobile telephone or an identity number."""


class Manner(Choice):
    LAW = "law", N_("法治宣传（以案释法）")
    POLICY = "policy", N_("政策宣讲")
    OPEN = "open", N_("公开办理情况")


class PublicityForm(Struct, frozen=True, kw_only=True):
    manner: Annotated[Manner, Meta(title=N_("方式"))]
    held_on: Annotated[date, Meta(title=N_("日期"))]
    place: Annotated[str, Meta(title=N_("地点"), min_length=2, max_length=120)]
    audience: Annotated[
        str, Meta(title=N_("对象"), description=N_("如 某村村民；不写姓名"), min_length=2, max_length=200)
    ]
    number: Annotated[int, Meta(title=N_("人数"), ge=1, le=100000)]
    material: Annotated[
        str,
        Meta(
            title=N_("宣传内容和材料"),
            description=N_("不得写入当事人姓名、证件号码和电话"),
            min_length=2,
            max_length=4000,
            extra={"widget": "textarea"},
        ),
    ]


PUBLICITY = PaperKind("publicity", N_("宣传公开记录"), Group.STATEMENT, form=PublicityForm)


async def record_publicity(session: AsyncSession, subject: Subject, case: Case, form: PublicityForm) -> Done:
    """Raises InvalidInput at each field that names a party or holds a person's number."""
    errors = list(_personal(form, await parties_of(session, case.id)))
    if form.held_on > local_date(instant(session)):
        errors.append(FieldError("held_on", "in_future", N_("日期不得晚于今天")))
    if errors:
        raise InvalidInput(*errors)
    await issue(session, subject, case, PUBLICITY, form)
    return Done(data={"manner": form.manner.value, "number": form.number})


def _personal(form: PublicityForm, parties: Sequence[Party]) -> Iterator[FieldError]:
    names = [party.name for party in parties if party.kind == "person"]
    for field in ("place", "audience", "material"):
        text: str = getattr(form, field)
        if any(name in text for name in names):
            yield FieldError(field, "names_party", N_("不得写入当事人姓名"))
        elif NUMBER_OF_A_PERSON.search(text):
            yield FieldError(field, "personal_number", N_("不得写入证件号码和电话"))


ACTS = (Act("record-publicity", N_("记录宣传公开"), Action.SESSION_RECORD, PublicityForm, record_publicity, step=4),)
PAPERS = (PUBLICITY,)
