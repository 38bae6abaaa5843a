"""What is kept of an interview: a row of codes, and the paper with its words."""

from datetime import datetime
from typing import Any

import msgspec

from cases.interview import Interview, Visit
from cases.models import Case
from cases.registration_form import RegistrationForm
from foundation.clock import SHANGHAI
from foundation.language import N_
from organisation.campaigns import Campaign
from tenants.subject import Subject

LEFT_OUT = frozenset({"petitioners", "other_side", "claims", "referring_office_id"})
"""Names and contacts stay with the parties, not in the paper."""
PUTONGHUA = N_("普通话")


def visit_of(form: RegistrationForm) -> Visit:
    """As said; otherwise by how many came."""
    return form.visit or (Visit.JOINT if len(form.petitioners) > 1 else Visit.INDIVIDUAL)


def interview_row(subject: Subject, case: Case, form: RegistrationForm, now: datetime) -> Interview:
    return Interview(
        case_id=case.id,
        mode=form.mode.value,
        visit=visit_of(form).value,
        held_at=form.held_at or now,
        found_at=form.found_at,
        interpreting=form.interpreting.value if form.interpreting else None,
        campaign_id=form.campaign_id,
        recorded_at=now,
        recorded_by=subject.person_id,
    )


def interview_content(
    subject: Subject, form: RegistrationForm, now: datetime, campaign: Campaign | None
) -> dict[str, Any]:
    """The form's own fields, with what an empty field means written out."""
    values = {name: value for name, value in msgspec.to_builtins(form).items() if name not in LEFT_OUT}
    values["visit"] = visit_of(form).value
    values["held_at"] = _local(form.held_at or now)
    values["found_at"] = _local(form.found_at) if form.found_at else None
    values["campaign_id"] = campaign.name if campaign else None
    if form.read_back:
        values["read_back_by"] = form.read_back_by or subject.name
        values["read_back_language"] = form.read_back_language or PUTONGHUA
    return values


def _local(moment: datetime) -> str:
    """As it is printed, in Yunnan's time."""
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
