"""Handing in a unit's written undertaking: bills that waited for it go out. Never a condition of any step."""

from datetime import date
from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.issue import issue
from cases.models import Case
from cases.papers import Group, PaperKind
from foundation import files
from foundation.clock import local_date
from foundation.errors import invalid
from foundation.ids import new_id
from foundation.language import N_, translate
from foundation.store import instant
from funding.bill_raising import send_waiting
from funding.findings import in_force
from funding.undertakings import Undertaking, unit_parties
from policies.actions import Action
from tenants.subject import Subject


class UndertakingForm(Struct, frozen=True, kw_only=True):
    party_id: Annotated[UUID, Meta(title=N_("作出承诺的单位"), extra={"options": "unit_parties"})]
    signed_on: Annotated[date, Meta(title=N_("承诺日期"))]
    proof: Annotated[
        UUID,
        Meta(title=N_("承诺书"), description=N_("单位自愿、书面、盖章；不得作为调解的条件"), extra={"widget": "file"}),
    ]


UNIT = N_("单位当事人之%(n)s")
PAPER = PaperKind("cost_undertaking", N_("单位承担办案成本的书面承诺"), Group.MONEY, form=UndertakingForm)


async def record_undertaking(session: AsyncSession, subject: Subject, case: Case, form: UndertakingForm) -> Done:
    """Bills that waited for it go out; costs whose payer depended on it are decided again by the next proposal."""
    if form.party_id not in {party.id for party in await unit_parties(session, case.id)}:
        raise invalid("party_id", "not_a_choice", N_("请从所列项目中选择"))
    if form.signed_on > local_date(instant(session)):
        raise invalid("signed_on", "in_future", N_("日期不能晚于今天"))
    await files.of_case(session, case.id, form.proof)
    session.add(
        Undertaking(
            id=new_id(instant(session)),
            case_id=case.id,
            party_id=form.party_id,
            signed_on=form.signed_on,
            proof_id=form.proof,
            recorded_at=instant(session),
            recorded_by=subject.person_id,
        )
    )
    await issue(session, subject, case, PAPER, form)
    sent = await send_waiting(session, subject, case)
    return Done(data={"bills": sent})


async def unit_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Named only where a finding names the unit already: who finds responsibility reads no parties (rule 46)."""
    finding = (await in_force(session, case.id)).producer
    found = finding.form.unit_name if finding else None
    return [
        Option(str(party.id), party.name if party.name == found else translate(UNIT, n=number))
        for number, party in enumerate(await unit_parties(session, case.id), 1)
    ]


ACTS = (
    Act(
        "record-undertaking",
        N_("登记单位的书面承诺"),
        Action.PAYER_CONFIRM,
        UndertakingForm,
        record_undertaking,
        files=True,
    ),
)
OPTIONS = {"unit_parties": unit_options}
PAPERS = (PAPER,)
