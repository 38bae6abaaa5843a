"""Row-level security of cases and their relations, in SQL that the planner can read (decisions.md 5-7, 11).

The gate decides; this is the second lock, for the query that forgot to ask: it knows tenants, persons and time, no
roles.
"""

from alembic import op

from migrations.protection import APP, IN_FORCE, MINE, NEGATIVE, full_sight, lock, script, words

CUSTODY = "province_id, prefecture_id, county_id, township_id"
ACTING = ("offered", "assists", "team", "handler", "registrar", "entrusts", "self", "respondent", "delegated")
"""Relations by record that may change the case; overseers never do."""


def protect_cases() -> None:
    """The policies on cases: read by custody or relation, insert into one's own custody, change as one who acts."""
    lock("cases", "select, insert")
    op.execute(f"create policy app_read on cases for select to {APP} using ({SHOWN})")
    op.execute(f"create policy app_never on cases as restrictive for select to {APP} using ({NOT_EXCLUDED})")
    op.execute(f"create policy app_insert on cases for insert to {APP} with check ({IN_OWN_CUSTODY})")
    op.execute(f"create policy app_update on cases for update to {APP} using ({ACTS}) with check ({ACTS})")


def protect_relations() -> None:
    """Rows that name the subject, and all rows of cases in its custody. Only `until` changes.

    The policy on cases reads this table, so this one may not read cases: a function of the owner looks instead.
    """
    lock("case_relations", "select, insert")
    op.execute(f"grant update (until) on case_relations to {APP}")
    mine = "tenant_id = case_tenant() or person_id = case_person() or case_in_custody(case_id)"
    op.execute(f"create policy app_read on case_relations for select to {APP} using ({mine})")
    shows = "(select case_shows(case_id))"
    op.execute(f"create policy app_insert on case_relations for insert to {APP} with check ({shows})")
    op.execute(f"create policy app_update on case_relations for update to {APP} using ({shows}) with check ({shows})")


SHOWN = f"""
(select case_tenant()) in ({CUSTODY}) or exists (
    select from case_relations r where r.case_id = cases.id and {MINE} and {IN_FORCE}
    and r.relation not in ({words(("serves", *NEGATIVE))}))
"""

NOT_EXCLUDED = f"""
not exists (
    select from case_relations r where r.case_id = cases.id and {MINE} and {IN_FORCE}
    and r.relation in ({words(NEGATIVE)}))
"""

# A township has no fund (六(四)7): the county's reviewers, heads and cashier settle its cases; the gate lets no others.
ACTS = f"""
(select case_tenant()) = coalesce(township_id, county_id, prefecture_id, province_id)
or (township_id is not null and (select case_tenant()) = county_id) or exists (
    select from case_relations r where r.case_id = cases.id and {MINE} and {IN_FORCE}
    and r.relation in ({words(ACTING)}))
"""

IN_OWN_CUSTODY = """
exists (
    select from offices o join tenants t on t.id = o.tenant_id
    where o.id = cases.holder_office_id and t.id = (select case_tenant())
    and (t.province_id, t.prefecture_id, t.county_id, t.township_id)
        is not distinct from (cases.province_id, cases.prefecture_id, cases.county_id, cases.township_id))
"""


def make_functions() -> None:
    """Before the policies, which call them."""
    script(FUNCTIONS.replace("{sight}", full_sight("wanted", "at")))
    op.execute("revoke all on function move_custody from public")
    op.execute(f"grant execute on function move_custody to {APP}")


FUNCTIONS = """
-- The scope for cases: an administrator's session has none, whatever its tenant (decisions.md 12d).
create function case_tenant() returns int language sql stable as
$$ select case when current_setting('app.cases', true) = 'on' then scope_tenant() end $$;

create function case_person() returns uuid language sql stable as
$$ select case when current_setting('app.cases', true) = 'on' then scope_person() end $$;

create function case_shows(wanted uuid) returns boolean language sql stable as
$$ select exists (select from cases c where c.id = wanted) $$;

-- As `protection.full_sight` says it inline: for a table whose own policy has more to say.
create function case_sight(wanted uuid, at timestamptz) returns boolean language sql stable as
$$ select {sight} $$;

create function case_in_custody(wanted uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (select from cases c where c.id = wanted
                  and case_tenant() in (c.province_id, c.prefecture_id, c.county_id, c.township_id)) $$;

-- The only way custody moves (decisions.md 7): to an office of the caller's tenant, on an open offer to it.
create function move_custody(p_case uuid, p_office int, p_version int) returns int
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases; taker tenants;
begin
    select * into held from cases where id = p_case for update;
    if not found or held.version <> p_version then
        raise exception 'version of the case differs' using errcode = 'TJ412';
    end if;
    select t.* into taker from offices o join tenants t on t.id = o.tenant_id where o.id = p_office;
    if held.offer_id is null or taker.id is distinct from case_tenant() or not exists (
        select from case_relations r where r.case_id = p_case and r.relation = 'offered' and r.until > scope_now()
        and r.tenant_id = taker.id and (r.office_id is null or r.office_id = p_office)) then
        raise exception 'no open offer of this case to the caller' using errcode = 'TJ403';
    end if;
    update cases set holder_office_id = p_office, province_id = taker.province_id, prefecture_id = taker.prefecture_id,
        county_id = taker.county_id, township_id = taker.township_id, offer_id = null, version = version + 1
    where id = p_case;
    -- The offer is used up; who registered the case at the old station loses sight with it (rules 2 and 9).
    update case_relations set until = scope_now()
    where case_id = p_case and relation in ('offered', 'registrar') and until > scope_now();
    return p_version + 1;
end
$$;
"""
