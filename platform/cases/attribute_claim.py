"""Whose claim it is, in a joint visit: the other side reads it once one of those who raise it lets it (N3 b, c)."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct
from sqlalchemy.ext.asyncio import AsyncSession

from cases.assessment import claim_of
from cases.catalogue import Act, Done
from cases.leaving import parties_of
from cases.models import Case
from foundation.errors import FieldError, InvalidInput
from foundation.language import N_
from policies.actions import Action
from tenants.subject import Subject


class AttributionForm(Struct, frozen=True, kw_only=True):
    claim_id: Annotated[UUID, Meta(title=N_("诉求"), extra={"options": "claims"})]
    party_ids: Annotated[
        list[UUID],
        Meta(
            title=N_("提出该诉求的信访人"),
            description=N_("没有记明的，视为全体信访人提出"),
            min_length=1,
            extra={"options": "petitioners"},
        ),
    ]


async def attribute_claim(session: AsyncSession, subject: Subject, case: Case, form: AttributionForm) -> Done:
    claim = await claim_of(session, case, form.claim_id)
    petitioners = {party.id for party in await parties_of(session, case.id) if party.side == "petitioner"}
    strangers = [index for index, one in enumerate(form.party_ids) if one not in petitioners]
    if strangers:
        text = N_("请从所列项目中选择")
        raise InvalidInput(*(FieldError(f"party_ids.{index}", "not_a_choice", text) for index in strangers))
    claim.raised_by = sorted(set(form.party_ids))
    return Done(data={"claim": claim.ordinal, "persons": len(claim.raised_by)})


ACTS = (Act("attribute-claim", N_("记明诉求由谁提出"), Action.CASE_ASSESS, AttributionForm, attribute_claim, step=2),)
