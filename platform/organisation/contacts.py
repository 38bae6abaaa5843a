"""Where an office is reached, as its administrator records it: parties are told when their case goes there."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from foundation.language import N_
from foundation.store import instant
from organisation.subtree import note, office_within
from policies import gate
from policies.actions import Action
from policies.relations import Relation
from tenants.contacts import OfficeContact
from tenants.models import Office
from tenants.subject import Subject

TELEPHONE = r"^[0-9+][0-9\- ]{4,28}$"


class ContactForm(Struct, frozen=True):
    office_id: Annotated[int, Meta(title=N_("机构"))]
    address: Annotated[str, Meta(title=N_("办公地址"), min_length=4, max_length=120)]
    telephone: Annotated[str, Meta(title=N_("办公电话"), pattern=TELEPHONE)]


async def record_contact(session: AsyncSession, subject: Subject, form: ContactForm) -> Office:
    """Takes the place of what was recorded before. Raises NotFound beyond the subject's subtree."""
    gate.require_role(subject, Action.TENANT_MANAGE, Relation.NONE)
    office = await office_within(session, subject, form.office_id)
    told = {"address": form.address, "telephone": form.telephone, "recorded_at": instant(session)}
    await session.merge(OfficeContact(office_id=office.id, **told))
    await session.flush()
    await note(session, subject, Action.TENANT_MANAGE, "office", office.id, office.tenant_id, told="contact")
    return office
