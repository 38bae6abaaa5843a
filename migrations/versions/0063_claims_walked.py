"""What a walk of the settlements found."""

from migrations.protection import script

revision = "0063_claims_walked"
down_revision = "0062_goals"

APART = """
-- As same_matters, by the links that were on file at that instant.
create function same_matters_on(p_case uuid, p_at timestamptz) returns setof uuid
language sql stable security definer set search_path = public, pg_temp as
$$ with recursive linked(id) as (
       select p_case
       union select case when l.case_id = linked.id then l.other_case_id else l.case_id end
       from linked join case_links l on linked.id in (l.case_id, l.other_case_id) and l.kind = 'same_matter'
           and l.recorded_at <= p_at)
   select id from linked $$;

-- The settlement of a case in sight and one of another case stand beside each other, and only after both were made was
-- it put on file that they are one matter: neither has reckoned with the other.
create function settled_apart(p_case uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select case_shows(p_case) and exists (
       select from settlements mine
       join same_matters(p_case) m on m <> p_case
       join settlements other on other.case_id = m and other.status not in ('returned', 'replaced')
       where mine.case_id = p_case and mine.status not in ('returned', 'replaced')
       and m not in (select same_matters_on(p_case, greatest(mine.recorded_at, other.recorded_at)))) $$;

revoke all on function same_matters_on, settled_apart from public;
grant execute on function settled_apart to tiaojie_app;
"""


def upgrade() -> None:
    script(APART)
