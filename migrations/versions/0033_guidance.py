"""引导 and 救助: how an agreement is signed, what came of a referral, the new day after a default; a party leaves."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import open_to_party, script

revision = "0033_guidance"
down_revision = "0032_handling"


def upgrade() -> None:
    _agreements()
    _referrals()
    op.add_column(
        "performances",
        sa.Column("new_day", sa.Date(), nullable=True, comment="the day to which the creditor moved a term in default"),
    )
    op.add_column(
        "relief_referrals", sa.Column("answer_by", sa.Date(), nullable=True, comment="when the organ is asked again")
    )
    script(FUNCTIONS)


def _agreements() -> None:
    op.add_column(
        "agreements", sa.Column("medium", sa.String(), nullable=True, comment="code of Medium; null = on paper")
    )


def _referrals() -> None:
    """Who applied reads on the own page what came of it, and records there whom it chose (26b)."""
    op.add_column("referrals", sa.Column("document_no", sa.String(), nullable=True, comment="of the organ's decision"))
    op.add_column("referrals", sa.Column("answered_on", sa.Date(), nullable=True))
    open_to_party("referrals", "(select case_person()) = any (referrals.applicant_ids)")


FUNCTIONS = """
-- Who still takes part beside a party that leaves; it sees only itself. A unit that never agreed was told of nothing.
create function others_taking_part(wanted uuid, party uuid) returns table (party_id uuid, same_side boolean)
language sql stable security definer set search_path = public, pg_temp as
$$ select o.id, o.side = p.side from parties p join parties o on o.case_id = p.case_id and o.id <> p.id
   where p.id = party and p.case_id = wanted and o.status in ('active', 'pending') and case_near(wanted)
   and (o.side = 'petitioner' or exists (
       select from consents c where c.party_id = o.id and c.kind = 'mediation' and c.given and c.withdrawn_at is null))
   order by o.ordinal, o.id $$;

-- Who served in the case, now or before: a party that chooses a lawyer sees only who serves now.
create function people_of_teams(wanted uuid)
returns table (person_id uuid, name varchar, role varchar, serving boolean)
language sql stable security definer set search_path = public, pg_temp as
$$ select p.id, p.name, m.role, bool_or(m.until is null and t.dissolved_at is null)
   from team_members m join teams t on t.id = m.team_id join persons p on p.id = m.person_id
   where t.case_id = wanted and case_near(wanted) group by p.id, p.name, m.role order by p.name, p.id, m.role $$;

-- The latest answer of every party that takes part: a party sees only its own.
create function both_sides_agree(wanted uuid, asked varchar) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_near(wanted) and count(distinct p.side) = 2 and bool_and(coalesce((
       select c.given and c.withdrawn_at is null from consents c where c.party_id = p.id and c.kind = asked
       order by c.recorded_at desc, c.id desc limit 1), false))
   from parties p where p.case_id = wanted and p.status in ('active', 'settled') $$;

-- A complaint about pressure that is not cleared (N8): what a visit heard, or what was told to the tier above. Whoever
-- closes or pays learns that there is one, and nothing else of it.
create function pressure_open(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_near(wanted) and (
       exists (select from complaints where case_id = wanted and kind = 'pressure' and decided_at is null)
       or exists (select from return_visits v where v.case_id = wanted and v.pressure = 'complained' and not exists (
           select from return_visits later where later.case_id = wanted and later.party_id = v.party_id
           and later.pressure = 'cleared' and later.id > v.id))) $$;

revoke all on function others_taking_part, people_of_teams, both_sides_agree, pressure_open from public;
grant execute on function others_taking_part, people_of_teams, both_sides_agree, pressure_open to tiaojie_app;
"""
