"""All that this room offers to the catalogue."""

from cases import (
    acceptance,
    accusation,
    approval,
    assessment,
    consent,
    entrustment,
    notes,
    notices,
    options,
    referring,
    refusal,
    register,
    reveal,
    units,
)

ACTS = (
    *approval.ACTS,
    *assessment.ACTS,
    *refusal.ACTS,
    *units.ACTS,
    *consent.ACTS,
    *acceptance.ACTS,
    *entrustment.ACTS,
    *accusation.ACTS,
    *notes.ACTS,
    *reveal.ACTS,
)
GUARDS = {
    **approval.GUARDS,
    **assessment.GUARDS,
    **refusal.GUARDS,
    **units.GUARDS,
    **consent.GUARDS,
    **entrustment.GUARDS,
}
OPTIONS = {**assessment.OPTIONS, **refusal.OPTIONS, **consent.OPTIONS, **options.OPTIONS, **referring.OPTIONS}
PAPERS = (
    register.INTERVIEW,
    register.RIGHTS_NOTICE,
    notices.REMEDY_NOTICE,
    notices.TRANSFER_NOTICE,
    *approval.PAPERS,
    *assessment.PAPERS,
    *refusal.PAPERS,
    *acceptance.PAPERS,
    *entrustment.PAPERS,
    *accusation.PAPERS,
)
