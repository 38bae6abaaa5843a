"""What a petitioner lets the other side know: recorded apart, withdrawable, naming what is given and to whom (N3 b, c).

The database holds the other side to it (`party_gives`, migration 0029); this is what guards and papers ask.
"""

from collections.abc import Iterable, Mapping
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.facts import Fact
from foundation import direct
from foundation.choice import Choice
from foundation.language import N_


class Given(Choice):
    """The platform shows the other side no contact data, whatever is given (rule 53): the office passes those on."""

    NAME = "name", N_("姓名")
    CLAIMS = "claims", N_("诉求")
    ID_NUMBER = "id_number", N_("公民身份号码")
    CONTACT = "contact", N_("电话和住址（由工作人员转告）")
    MATERIALS = "materials", N_("提交的材料和证据")
    HEALTH = "health", N_("健康情况")


NEEDED = (Given.NAME, Given.CLAIMS)
"""Without these there is nobody and nothing to mediate with."""
EVERYBODY = "*"
"""Of consents recorded before they named who receives."""

DISCLOSED = Fact(
    "array(select row(party_id, case when given and withdrawn_at is null"
    " and coalesce(gives, array['name', 'claims']) @> array['name', 'claims']::varchar[]"
    f" then coalesce(array_to_string(to_ids, ' '), '{EVERYBODY}') else '' end)"
    " from consents where case_id = :case and kind = 'disclosure' order by recorded_at, id)"
)
"""Each answer in its order: who gave it, and to whom name and claims may go."""

GIVEN_TO = """select id from parties
    where case_id = $1 and side = 'petitioner' and party_gives(id, $2, 'name') and party_gives(id, $2, 'claims')"""


async def disclosed_to(session: AsyncSession, case_id: UUID, respondent_id: UUID) -> frozenset[UUID]:
    """The petitioners who may be named to this party of the other side."""
    return frozenset(row[0] for row in await direct.fetch(session, GIVEN_TO, case_id, respondent_id))


def reaches(answers: Iterable[tuple[UUID, str]]) -> Mapping[UUID, frozenset[str]]:
    """By petitioner, from the values of `DISCLOSED`: ids of those to whom the last answer gives name and claims."""
    return {petitioner: frozenset(told.split()) for petitioner, told in answers}


def may_know(told: frozenset[str], respondent_id: UUID) -> bool:
    return EVERYBODY in told or str(respondent_id) in told
