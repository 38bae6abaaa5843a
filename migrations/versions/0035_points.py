"""Issue 4's last points."""

from alembic import op

from migrations.protection import APP, script

revision = "0035_points"
down_revision = "0034_history"


def upgrade() -> None:
    script(SUBORDINATES)
    op.execute(BEFORE_THIS)
    op.execute(
        "update case_relations set relation = 'hears' where relation = 'supervises' and source like 'complaints:%'"
    )
    script(CASES_LENT)
    script(ABLE_HANDS)


# Who is complained of, or is the unit itself, takes its subordinate bodies along (rules.md, `complained_of`): a row of
# their own for each, so that gate, lists, "who can see this case" and every policy know it without asking the tree.
SUBORDINATES = """
create function subordinates_removed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into case_relations (id, case_id, relation, tenant_id, since, until, source, filed_at)
    select id_at(new.since), new.case_id, new.relation, t.id, new.since, new.until, new.source, new.filed_at
    from tenants t
    where t.id <> new.tenant_id and new.tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id);
    return null;
end
$$;

create trigger subordinates_removed after insert on case_relations for each row
    when (new.relation = 'complained_of' and new.tenant_id is not null and pg_trigger_depth() = 0)
    execute function subordinates_removed();
"""

BEFORE_THIS = """
insert into case_relations (id, case_id, relation, tenant_id, since, until, source, filed_at)
select id_at(r.since), r.case_id, r.relation, t.id, r.since, r.until, r.source, r.filed_at
from case_relations r
join tenants t on t.id <> r.tenant_id and r.tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id)
where r.relation = 'complained_of'
"""

# Whoever is on a side of it may know how many, also where the cases themselves lie out of sight: lent on, or ended.
CASES_LENT = f"""
create function cases_lent(wanted uuid, most int) returns bigint
language sql stable security definer set search_path = public, pg_temp as
$$ select count(*) from (
       select from case_relations r where r.relation = 'delegated' and r.source = 'delegations:' || wanted
       and r.until > scope_now() and exists (
           select from delegations d where d.id = wanted
           and (case_person() in (d.to_person_id, d.recorded_by) or case_tenant() = d.to_tenant_id
                or case_tenant() = d.lender_tenant_id or tenant_below(d.lender_tenant_id)))
       limit most) counted $$;

revoke all on function cases_lent from public;
grant execute on function cases_lent to {APP};
"""

# A post alone approves nothing: who holds it must be able to sign in, which an administrator can't without a second
# factor. An account locked for some minutes counts.
ABLE_HANDS = f"""
create function people_able(p_roles text[], p_tiers text[]) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select count(distinct w.person_id)::int
   from unnest(p_roles, p_tiers) wanted(role, tier) join posts w on w.role = wanted.role
   join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id and t.tier = wanted.tier
   join accounts a on a.person_id = w.person_id and a.disabled_at is null and a.password_hash is not null
   join second_factors f on f.account_id = a.id
   where w.since <= scope_now() and (w.until is null or w.until > scope_now())
   and (select keeps_rules('{{secadmin,auditadmin}}', '{{P,F}}')) $$;

revoke all on function people_able from public;
grant execute on function people_able to {APP};
"""
