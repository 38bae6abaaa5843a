"""Internal notes: allowed even while a handover is pending."""

from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.history import Audience
from cases.models import Case
from cases.papers import Note
from foundation.ids import new_id
from foundation.language import N_
from foundation.store import instant
from policies.actions import Action
from tenants.subject import Subject


class NoteForm(Struct, frozen=True, kw_only=True):
    text: Annotated[str, Meta(title=N_("备注"), min_length=1, max_length=4000, extra={"widget": "textarea"})]


async def write_note(session: AsyncSession, subject: Subject, case: Case, form: NoteForm) -> Done:
    now = instant(session)
    session.add(Note(id=new_id(now), case_id=case.id, text=form.text, recorded_at=now, recorded_by=subject.person_id))
    return Done(audience=Audience.WORKROOM)


ACTS = (Act("write-note", N_("写备注"), Action.CASE_NOTE, NoteForm, write_note, while_frozen=True),)
