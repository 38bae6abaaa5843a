"""answer-own-transfer: a petitioner says on its own page whether it accepts the new mediator (人民调解法 23(1)).

The form names the office, and the answer is about that one: another may have been offered the case meanwhile.
"""

from collections.abc import Sequence
from typing import Annotated

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done, Option
from cases.consent import TRANSFER, Answer, ConsentWay, add_consent
from cases.facts import Fact, by_facts
from cases.mandates import Power, acting_for
from cases.models import Case
from cases.parties import Party
from foundation.errors import Conflict, DomainError, invalid
from foundation.language import N_
from handover.parties_word import asked_about, called, offered_to
from policies.actions import Action
from tenants.subject import Subject

ASKED_ABOUT = Fact("office_asked_about(:case)")
STATUS = Fact("select status from parties where case_id = :case and id = :person")


class NotAsked(Conflict):
    code = "transfer_not_asked"
    message = N_("目前没有须您接受的移交")


ANOTHER = N_("现在征询的已是另一家调解组织，请看清名称后再表示")


class OwnWordForm(Struct, frozen=True, kw_only=True):
    office_id: Annotated[int, Meta(title=N_("征询的新调解组织"), extra={"options": "office_asked_about"})]
    accepted: Annotated[
        bool, Meta(title=N_("接受新的调解组织"), description=N_("不勾选为不接受，无须说明理由，不影响您的其他权利"))
    ] = False


async def answer_own_transfer(session: AsyncSession, subject: Subject, case: Case, form: OwnWordForm) -> Done:
    """The case is held: the receiver can't take it while it is being said."""
    office = await asked_about(session, case)
    if office is None:
        raise NotAsked
    if office != form.office_id:
        raise invalid("office_id", "another_office", ANOTHER)
    party = await session.get_one(Party, subject.person_id)
    if form.accepted:
        await acting_for(session, case, party, None, Power.CONSENT, "accepted")
    said = Answer(TRANSFER, str(office), form.accepted, ConsentWay.WRITTEN.value)
    await add_consent(session, subject, case, party, said)
    data = {"to": office, "accepted": form.accepted}
    return Done(data=data, also_tenants=await offered_to(session, case))


async def options(session: AsyncSession, subject: Subject, case: Case) -> Sequence[Option]:
    office = await asked_about(session, case)
    return [] if office is None else await called(session, office)


@by_facts(ASKED_ABOUT, STATUS)
def word_asked(subject: Subject, case: Case, office: int | None, status: str | None) -> DomainError | None:
    """Of a petitioner who goes on, while the case is offered sideways or 跨部门, or has lately been named so."""
    return None if office is not None and status == "active" else NotAsked()


ACTS = (
    Act(
        "answer-own-transfer",
        N_("表示是否接受新的调解组织"),
        Action.MEDIATOR_CHOOSE,
        OwnWordForm,
        answer_own_transfer,
        writes=False,
        locks=True,
    ),
)
GUARDS = {"word_asked": word_asked}
OPTIONS = {"office_asked_about": options}
