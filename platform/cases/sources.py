"""Where a dispute comes from (22a), and what that asks for: only the parties' own application is itself a wish."""

from collections.abc import Iterator

from cases.facts import Fact, by_facts
from cases.models import Case
from cases.registration_form import RegistrationForm, Source
from foundation.errors import Conflict, DomainError, FieldError
from foundation.language import N_
from tenants.subject import Subject


class EachPartyMustConsent(Conflict):
    """Who did not apply is asked, each and every one, before the case is accepted."""

    code = "each_party_must_consent"
    message = N_("来源不是当事人申请的，须先逐一征得每一方当事人同意")


UNASKED = Fact("""exists (select from parties p where p.case_id = :case and p.status = 'active'
    and not exists (select from consents c where c.case_id = p.case_id and c.party_id = p.id and c.kind = 'mediation'
                    and c.withdrawn_at is null))""")


@by_facts(UNASKED)
def each_party_asked(subject: Subject, case: Case, unasked: bool) -> DomainError | None:
    """Sources other than 当事人申请: nobody goes into mediation unasked (22a; 人民调解法 17)."""
    return EachPartyMustConsent() if unasked and case.source != Source.APPLICATION.value else None


def source_errors(form: RegistrationForm) -> Iterator[FieldError]:
    """群众反映 is a dispute that somebody told of: who did not apply is not named (22a, 15a)."""
    if form.source is Source.PUBLIC and form.petitioners:
        text = N_("群众反映只登记纠纷，不登记未申请的人；本人已申请的，来源选“当事人申请”")
        yield FieldError("petitioners", "names_persons", text)


GUARDS = {"each_party_asked": each_party_asked}
