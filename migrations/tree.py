"""The tree's history and the beginning of a plan, in SQL (migration 0042, decision 0039)."""

VERSIONED = (
    ("places", "place_versions", "place_id"),
    ("tenants", "tenant_versions", "tenant_id"),
    ("offices", "office_versions", "office_id"),
)
"""Table, the table of its versions, and that one's key."""

HISTORY = """
-- Who changes the tree says from which day on (app.effective: a plan's day, an import's); else from today on. A change
-- on a version's first day, or before it, takes its place: no day has two versions. Definer: nobody else writes here.
create function keep_version() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
declare
    versions constant text := tg_argv[0];
    key constant text := tg_argv[1];
    said constant jsonb := to_jsonb(new) - '{id,valid_from,valid_to}'::text[];
    last_day constant date := coalesce(new.valid_to, 'infinity');
    begins constant date := greatest(new.valid_from, coalesce(nullif(current_setting('app.effective', true), '')::date,
                                     (scope_now() at time zone 'Asia/Shanghai')::date));
begin
    if said <> to_jsonb(old) - '{id,valid_from,valid_to}'::text[] then
        execute format('delete from %I where %I = $1 and since >= $2', versions, key) using new.id, begins;
        execute format('update %I set until = $2 where %I = $1 and until > $2', versions, key) using new.id, begins;
        execute format('insert into %1$I select * from jsonb_populate_record(null::%1$I, $1)', versions)
            using said || jsonb_build_object(key, new.id, 'since', begins, 'until', last_day);
    elsif new.valid_to is distinct from old.valid_to then
        execute format('update %1$I v set until = $2 where %2$I = $1 and since = (select max(since) from %1$I x'
                       ' where x.%2$I = $1)', versions, key) using new.id, last_day;
    end if;
    if new.valid_to is not null then
        execute format('delete from %I where %I = $1 and until <= since', versions, key) using new.id;
    end if;
    return null;
end
$$;

create function begin_versions() returns trigger language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    execute format('insert into %1$I select one.* from fresh f, jsonb_populate_record(null::%1$I, to_jsonb(f)'
                   ' || jsonb_build_object(%2$L, f.id, ''since'', f.valid_from, ''until'','
                   ' coalesce(f.valid_to, ''infinity''))) one where f.valid_to is null or f.valid_to > f.valid_from',
                   tg_argv[0], tg_argv[1]);
    return null;
end
$$;
"""

BEFORE = """
insert into place_versions (place_id, since, until, tier, name, kind, code_mca, code_nbs, parent_id, province_id,
                            prefecture_id, county_id, township_id)
select id, valid_from, coalesce(valid_to, 'infinity'), tier, name, kind, code_mca, code_nbs, parent_id, province_id,
       prefecture_id, county_id, township_id
from places where valid_to is null or valid_to > valid_from;

insert into tenant_versions (tenant_id, since, until, place_id, tier, kind, name, county_code, parent_id, province_id,
                             prefecture_id, county_id, township_id)
select id, valid_from, coalesce(valid_to, 'infinity'), place_id, tier, kind, name, county_code, parent_id, province_id,
       prefecture_id, county_id, township_id
from tenants where valid_to is null or valid_to > valid_from;

insert into office_versions (office_id, since, until, tenant_id, kind, name, committee_id, committee_kind)
select id, valid_from, coalesce(valid_to, 'infinity'), tenant_id, kind, name, committee_id, committee_kind
from offices where valid_to is null or valid_to > valid_from;
"""
"""What is there already: as far back as anybody knows."""

OPENING = """
create function plan_is_mine(p_plan uuid) returns boolean language sql stable as
$$ select exists (select from tree_plans p where p.id = p_plan and p.state = 'drafted'
                  and p.drafted_by = scope_person()) $$;

create function plan_waits_for(p_plan uuid, p_person uuid) returns boolean language sql stable as
$$ select exists (select from tree_plans p where p.id = p_plan and p.state in ('drafted', 'approved')
                  and p.drafted_by <> p_person and tenant_below(p.tenant_id)) $$;

-- The only way from a plan to a changed tree: its day has come, and two persons beside the drafter have approved it.
-- Asked again here, where it can't be left out. Whoever is at the same plan already does the work: TJ409.
create function tree_begin(p_plan uuid) returns date
language plpgsql security definer set search_path = public, pg_temp as
$$
declare plan tree_plans;
begin
    select * into plan from tree_plans p where p.id = p_plan for update skip locked;
    if not found or plan.state <> 'approved' then
        raise exception 'no plan that could begin' using errcode = 'TJ409';
    end if;
    if plan.effective_on > (scope_now() at time zone 'Asia/Shanghai')::date or not scope_is_province()
    or (select count(*) from tree_words w
        where w.plan_id = p_plan and w.approves and w.person_id <> plan.drafted_by) < 2 then
        raise exception 'not approved by two, or before its day' using errcode = 'TJ403';
    end if;
    update tree_plans set state = 'running', began_at = scope_now(), version = version + 1, fault = null
    where id = p_plan;
    perform set_config('app.plan', p_plan::text, true), set_config('app.effective', plan.effective_on::text, true);
    return plan.effective_on;
end
$$;

-- In the very transaction in which a plan begins, and in no other, the tree is open to the application.
create function tree_begins() returns boolean language sql stable as
$$ select exists (select from tree_plans p where p.id = nullif(current_setting('app.plan', true), '')::uuid
                  and p.state = 'running' and p.began_at = scope_now()) $$;

-- The tenants whose chain the plan changed, or which it ended: what each of its lines says it did.
create function tree_touched(p_plan uuid) returns table (tenant_id int) language sql stable as
$$ select distinct value::int from tree_changes k
   cross join jsonb_array_elements_text(coalesce(k.effect -> 'tenants', '[]')) where k.plan_id = p_plan $$;

-- As handover.transfer asks it: whether the plan that the source names, now in execution, puts one office in the
-- other's place.
create or replace function plan_moves(p_source text, p_from int, p_to int) returns boolean language sql stable as
$$ select exists (select from tree_successors s join tree_plans p on p.id = s.plan_id and p.state = 'running'
                  where p_source = 'tree_plans:' || p.id and s.office_id = p_from and s.successor_office_id = p_to) $$;

-- Posts in force in an office that is no more begin anew at its successor: the plan's two approvals stand for the
-- second person whom some roles ask for. Who holds the post there already, or may not stand there, gets none. A post
-- that was to begin later does so there; one that waited for a second person has ended, which is its refusal.
create function tree_staff(p_plan uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as
$$
declare moved int;
begin
    if not tree_begins() then raise exception 'no plan begins here' using errcode = 'TJ403'; end if;
    with ended as (
        update posts w set until = greatest(w.since, scope_now())
        from tree_successors s join offices o on o.id = s.office_id
        where s.plan_id = p_plan and s.came = 'merged' and o.valid_to is not null and w.office_id = o.id
        and (w.until is null or w.until > scope_now())
        returning w.person_id, w.role, w.since, s.successor_office_id as office_id),
    fresh as (
        insert into posts (id, person_id, office_id, role, since)
        select distinct on (e.person_id, e.office_id, e.role)
               id_at(scope_now()), e.person_id, e.office_id, e.role, greatest(e.since, scope_now())
        from ended e join offices o on o.id = e.office_id join tenants t on t.id = o.tenant_id
        where e.since is not null and (e.role not in ('secadmin', 'auditadmin') or t.tier in ('P', 'F'))
        and not exists (select from posts h where h.person_id = e.person_id and h.office_id = e.office_id
                        and h.role = e.role and h.since is not null and (h.until is null or h.until > scope_now()))
        returning 1)
    select count(*) into moved from fresh;
    return moved;
end
$$;

-- Which of these hold or keep any case, open or ended (a closed one stays with the county that its township has left):
-- they can't just close. Definer: an administrator sees no case.
create function tenants_with_cases(p_tenants int[]) returns setof int
language sql stable security definer set search_path = public, pg_temp as
$$ select t.id from tenants t where t.id = any (p_tenants) and (
       exists (select from offices o join cases c on c.holder_office_id = o.id where o.tenant_id = t.id)
       or t.tier = 'C' and exists (select from cases c where c.county_id = t.id)
       or t.tier = 'F' and exists (select from cases c where c.prefecture_id = t.id)) $$;

revoke all on function tree_begin, tree_staff, tenants_with_cases from public;
grant execute on function tree_begin, tree_staff, tenants_with_cases to tiaojie_app;
"""

CUSTODY = """
-- Custody columns are the chain of the holder's tenant, whoever writes: read anew under a key lock of the office, for
-- which a plan waits before its last sweep (tree_waits). So a case that comes in while the tree moves is right,
-- whichever of the two was first. A case that is opened again follows its office first. Not the owner's own: seeds and
-- repairs.
create function custody_is_the_offices() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
declare here tenants;
begin
    if tg_op = 'UPDATE' and new.holder_office_id = old.holder_office_id and not (
        old.state in ('refused', 'closed', 'archived') and new.state not in ('refused', 'closed', 'archived')) then
        return new;
    end if;
    perform from offices o where o.id = new.holder_office_id for key share;
    select t.* into here from offices o join tenants t on t.id = o.tenant_id where o.id = new.holder_office_id;
    new.province_id := here.province_id;
    new.prefecture_id := here.prefecture_id;
    new.county_id := here.county_id;
    new.township_id := here.township_id;
    return new;
end
$$;
create trigger custody_is_the_offices before insert or update of holder_office_id, state on cases
    for each row when (session_user = 'tiaojie_app' or current_user = 'tiaojie_app')
    execute function custody_is_the_offices();

-- Of a case that has just gone to a successor: who oversaw it for the tenant that is no more does so at the successor.
create function tree_oversees(p_plan uuid, p_case uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not scope_is_province() or not exists (
        select from tree_plans p join custody_moves m on m.case_id = p_case and m.source = 'tree_plans:' || p.id
        where p.id = p_plan and p.state = 'running') then
        raise exception 'not for this job' using errcode = 'TJ409';
    end if;
    perform oversight_follows(array[p_case]);
end
$$;
revoke all on function tree_oversees from public;
grant execute on function tree_oversees to tiaojie_app;

-- So who registers need only be at home in the office, which is still there: the columns can't be anything else.
drop policy app_insert on cases;
create policy app_insert on cases for insert to tiaojie_app with check (exists (
    select from offices o where o.id = holder_office_id and o.tenant_id = (select case_tenant())
    and o.valid_to is null));
"""
