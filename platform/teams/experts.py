"""Who may be called to a panel: experts on the team and experts lent to the case, once every party accepts them."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from cases.catalogue import Option
from cases.models import Case
from foundation import direct
from foundation.store import instant
from teams.mediating import at_the_table
from teams.panel_reads import names_of_people, open_panel
from teams.roles import TeamRole
from tenants.subject import Subject

NEAR = """
select distinct r.person_id, p.name from case_relations r join persons p on p.id = r.person_id
where r.case_id = $1 and r.role = $2 and r.relation in ('team', 'assists') and r.since <= $3 and r.until > $3
order by p.name, r.person_id"""
ANSWERS = """
select distinct on (party_id, about) party_id, about, given and withdrawn_at is null from consents
where case_id = $1 and kind = 'invited' and about is not null
order by party_id, about, recorded_at desc"""


async def experts_of(session: AsyncSession, case: Case) -> dict[UUID, str]:
    """Person -> name."""
    rows = await direct.fetch(session, NEAR, case.id, TeamRole.EXPERT.value, instant(session))
    return {person_id: name for person_id, name in rows}


async def unaccepted(session: AsyncSession, case: Case, people: Collection[UUID]) -> set[UUID]:
    """Those to whom some party at the table has not said yes, or has said no since."""
    rows = await direct.fetch(session, ANSWERS, case.id)
    yes = {(party, about) for party, about, given in rows if given}
    parties = [party.id for party in await at_the_table(session, case.id)]
    return {one for one in people if not all((party, str(one)) in yes for party in parties)}


async def expert_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    return [Option(str(person_id), name) for person_id, name in (await experts_of(session, case)).items()]


async def heard_options(session: AsyncSession, subject: Subject, case: Case) -> list[Option]:
    """Who has given an opinion to the open panel."""
    panel = await open_panel(session, case.id)
    names = await names_of_people(session, sorted(panel.heard)) if panel else {}
    return [Option(str(person_id), name) for person_id, name in sorted(names.items(), key=lambda one: one[1])]


OPTIONS = {"panel_experts": expert_options, "panel_heard": heard_options}
