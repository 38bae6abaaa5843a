"""The form of the office by which an office's address and telephone are recorded."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from admin import finding
from foundation.forms import parse
from foundation.language import N_, translate
from organisation.contacts import ContactForm, record_contact
from tenants.subject import Subject


class Reaching(Struct):
    office: Annotated[str, Meta(title=N_("机构"), description=N_("机构的全名或编号，见机构名册"), max_length=80)]
    address: Annotated[str, Meta(title=N_("办公地址"), max_length=120)]
    telephone: Annotated[str, Meta(title=N_("办公电话"), description=N_("机构的电话，不填个人号码"), max_length=30)]


async def reaching(session: AsyncSession, subject: Subject, form: Reaching) -> str:
    office_id = await finding.office(session, "office", form.office)
    told = {"office_id": office_id, "address": form.address, "telephone": form.telephone}
    office = await record_contact(session, subject, parse(ContactForm, told, strict=False))
    return translate(N_("已登记%(name)s的联系方式"), name=office.name)


ROW = (
    "record-contact",
    N_("登记机构联系方式"),
    N_("机构"),
    N_("移交案件时告知当事人（个人信息保护法第23条）"),
    Reaching,
    reaching,
)
