"""处理意见 (五(五)): a proposal for settlement, put to both sides alike; never a 信访处理意见书 (25a)."""

from typing import Annotated

import msgspec
from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Act, Done
from cases.citations import checked_basis
from cases.issue import issue
from cases.models import Case
from cases.notices import clock_and_helpers
from cases.papers import Group, PaperKind
from cases.steps import State
from foundation.language import N_
from policies.actions import Action
from teams.analysis import facts_on
from teams.mediating import at_the_table
from tenants.subject import Subject

LABEL = N_("本意见为调解建议，不是信访处理意见书；不启动复查期限，也不作为不再受理的理由；不同意的，不影响您的任何权利")


class OpinionForm(Struct, frozen=True, kw_only=True):
    facts: Annotated[str, Meta(title=N_("认定的事实"), min_length=2, max_length=8000, extra={"widget": "textarea"})]
    legal_basis: Annotated[
        str, Meta(title=N_("政策法律依据"), min_length=2, max_length=2000, extra={"widget": "textarea"})
    ]
    proposal: Annotated[
        str, Meta(title=N_("调解建议"), description=LABEL, min_length=2, max_length=8000, extra={"widget": "textarea"})
    ]
    other_ways: Annotated[str, Meta(title=N_("其他法定途径"), max_length=2000, extra={"widget": "textarea"})] | None = (
        None
    )


OPINION = PaperKind("opinion", N_("处理意见（调解建议）"), Group.OPINION, form=OpinionForm)
OPINION_COPY = PaperKind("opinion_copy", N_("处理意见（调解建议）送达件"), Group.STATEMENT, form=OpinionForm)
"""Put to one party, who reads it on its own page."""


async def issue_opinion(session: AsyncSession, subject: Subject, case: Case, form: OpinionForm) -> Done:
    """The same words to everyone at the table (1a), each copy with a receipt of its own and the remedy clock (N11)."""
    cited = await checked_basis(session, form.legal_basis, await facts_on(session, case))
    content = {
        "label": LABEL,
        **msgspec.to_builtins(form),
        "citations": msgspec.to_builtins(cited),
        **await clock_and_helpers(session, case.id),
    }
    await issue(session, subject, case, OPINION, content)
    parties = await at_the_table(session, case.id)
    for party in parties:
        await issue(session, subject, case, OPINION_COPY, content, party_id=party.id)
    return Done(to=State.PROPOSED, data={"copies": len(parties)}, audience="parties")


ACTS = (Act("issue-opinion", N_("提出处理意见"), Action.OPINION_ISSUE, OpinionForm, issue_opinion, step=5),)
PAPERS = (OPINION, OPINION_COPY)
