"""What fresh eyes found in a tree that moves, in SQL (migration 0048, decision 0045)."""

HEIRS = """
-- Who stands today in the place of this tenant: itself, or whom it was merged into, and so on.
create function heir_of(p_tenant int) returns int language sql stable as
$$ with recursive line as (
       select p_tenant as id, 0 as step
       union all
       select s.successor_id, l.step + 1 from line l join tenants t on t.id = l.id and t.valid_to is not null
       cross join lateral (select x.successor_id from tree_successors x where x.tenant_id = l.id
                           and x.office_id is null and x.came = 'merged' order by x.since desc, x.id desc limit 1) s
       where l.step < 100)
   select id from line order by step desc limit 1 $$;

-- A place that is no more lies in its heir's: disputes that arose there count with who answers there today, and the
-- tenants of that place are found by it. The case itself keeps where the dispute was. What hung below it hangs below
-- the heir. By whoever may write the tree.
create function places_follow() returns void language plpgsql as
$$
begin
    update places p set parent_id = h.place_id
    from tenants t join tenants h on h.id = heir_of(t.id)
    where t.valid_to is not null and h.id <> t.id and p.parent_id = t.place_id;
    with recursive tree as (
        select id, id as province_id, null::int as prefecture_id, null::int as county_id, null::int as township_id
        from places where parent_id is null
        union all
        select t.id, u.province_id, case t.tier when 'F' then t.id else u.prefecture_id end,
               case t.tier when 'C' then t.id else u.county_id end, case t.tier when 'T' then t.id end
        from tree u join places t on t.parent_id = u.id),
    own as (
        select u.id, coalesce(h.place_id, u.id) as lies_in
        from tree u left join tenants t on t.place_id = u.id and t.valid_to is not null
        left join tenants h on h.id = heir_of(t.id))
    update places p set province_id = u.province_id, prefecture_id = u.prefecture_id, county_id = u.county_id,
        township_id = u.township_id
    from own join tree u on u.id = own.lies_in
    where p.id = own.id and (p.province_id, p.prefecture_id, p.county_id, p.township_id)
          is distinct from (u.province_id, u.prefecture_id, u.county_id, u.township_id);
end
$$;
"""

BEGINNING = """
-- How many approvals stand: of persons beside the drafter who are in charge today as they were when they gave them, by
-- a post of that role in the plan's tenant or above. Definer: posts above are not everybody's to read.
create function plan_approvals(p_plan uuid) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select count(*)::int from tree_words w join tree_plans p on p.id = w.plan_id join tenants at on at.id = p.tenant_id
   where w.plan_id = p_plan and w.approves and w.person_id <> p.drafted_by
   and (tenant_below(p.tenant_id) or scope_is_province())
   and exists (select from posts given join posts h on h.person_id = given.person_id and h.role = given.role
               join offices o on o.id = h.office_id
               where given.id = w.post_id and given.person_id = w.person_id and given.since <= scope_now()
               and h.since <= scope_now() and (h.until is null or h.until > scope_now())
               and o.tenant_id in (at.province_id, at.prefecture_id, at.county_id, at.township_id))
   and not exists (select from accounts a where a.person_id = w.person_id and a.disabled_at is not null) $$;

create or replace function tree_begin(p_plan uuid) returns date
language plpgsql security definer set search_path = public, pg_temp as
$$
declare plan tree_plans;
begin
    select * into plan from tree_plans p where p.id = p_plan for update skip locked;
    if not found or plan.state <> 'approved' then
        raise exception 'no plan that could begin' using errcode = 'TJ409';
    end if;
    if plan.effective_on > (scope_now() at time zone 'Asia/Shanghai')::date or not scope_is_province()
    or plan_approvals(p_plan) < 2 then
        raise exception 'not approved by two, or before its day' using errcode = 'TJ403';
    end if;
    update tree_plans set state = 'running', began_at = scope_now(), version = version + 1, fault = null
    where id = p_plan;
    perform set_config('app.plan', p_plan::text, true), set_config('app.effective', plan.effective_on::text, true);
    return plan.effective_on;
end
$$;

-- What an office that is no more has under way in files and lists is its successor's: batches end and say why, a file
-- that was not in yet waits for somebody to confirm it there. Who set up a committee has set up its successor too.
create function tree_hands_on(p_plan uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not tree_begins() then raise exception 'no plan begins here' using errcode = 'TJ403'; end if;
    insert into committee_sponsors (tenant_id, office_id, name, uscc)
    select s.successor_id, s.successor_office_id, k.name, k.uscc
    from tree_successors s join committee_sponsors k on k.office_id = s.office_id
    where s.plan_id = p_plan and s.came = 'merged' on conflict do nothing;
    update bulk_batches b set tenant_id = s.successor_id, office_id = s.successor_office_id,
        state = case b.state when 'running' then 'reorganised' else b.state end,
        ended_at = case b.state when 'running' then scope_now() else b.ended_at end
    from tree_successors s join offices o on o.id = s.office_id and o.valid_to is not null
    where s.plan_id = p_plan and s.came = 'merged' and b.office_id = s.office_id;
    update intakes i set tenant_id = s.successor_id, office_id = s.successor_office_id,
        state = case i.state when 'confirmed' then 'uploaded' else i.state end
    from tree_successors s join offices o on o.id = s.office_id and o.valid_to is not null
    where s.plan_id = p_plan and s.came = 'merged' and i.office_id = s.office_id;
    update intake_mappings m set tenant_id = s.successor_id, office_id = s.successor_office_id
    from tree_successors s join offices o on o.id = s.office_id and o.valid_to is not null
    where s.plan_id = p_plan and s.came = 'merged' and m.office_id = s.office_id
    and not exists (select from intake_mappings x where x.office_id = s.successor_office_id and x.name = m.name);
    update holder_disputes d
    set decider_tenant_id = superior_over(d.case_id, d.holder_tenant_id, d.other_tenant_id, true),
        conference_tenant_id = coalesce(superior_over(d.case_id, d.holder_tenant_id, d.other_tenant_id, true),
                                        superior_over(d.case_id, d.holder_tenant_id, d.other_tenant_id, false))
    where d.decided_at is null
    and (d.holder_tenant_id in (select k.tenant_id from tree_touched(p_plan) k)
         or d.other_tenant_id in (select k.tenant_id from tree_touched(p_plan) k));
end
$$;

revoke all on function plan_approvals, tree_begin, tree_hands_on from public;
grant execute on function plan_approvals, tree_begin, tree_hands_on to tiaojie_app;
"""

OVERSIGHT = """
-- Orders that stand, inspections and complaints under way: whoever is above the case now carries them on, and who is
-- no longer above it has no sight by them. As in 0042, but what begins later begins no earlier.
create or replace function oversight_follows(p_cases uuid[]) returns void language plpgsql as
$$
begin
    update supervision_orders s set province_id = c.province_id, prefecture_id = c.prefecture_id,
        county_id = c.county_id, township_id = c.township_id
    from cases c where c.id = any (p_cases) and s.case_id = c.id;

    with passed as (
        select r.id, r.case_id, r.relation, r.role, r.since, r.until, r.source, r.actions, r.filed_at,
               o.id as office_id, o.tenant_id
        from cases c join case_relations r on r.case_id = c.id and r.relation in ('supervises', 'hears')
            and r.tenant_id is not null and r.until > scope_now()
        join offices o on o.id = office_instead(coalesce(r.office_id, (
            select min(x.id) from offices x where x.tenant_id = r.tenant_id)), c)
        where c.id = any (p_cases)),
    ended as (
        update case_relations r set until = scope_now() from passed p where r.id = p.id)
    insert into case_relations (id, case_id, relation, role, tenant_id, office_id, since, until, source, actions,
                                filed_at)
    select id_at(scope_now()), case_id, relation, role, tenant_id, office_id, greatest(since, scope_now()), until,
           source, actions, filed_at
    from passed;

    update supervision_orders s set issuer_office_id = o.id, issuer_tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and s.case_id = c.id and s.struck_off_at is null
    and o.id = office_instead(s.issuer_office_id, c);
    update complaints k set office_id = o.id, tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and k.case_id = c.id and k.decided_at is null
    and o.id = office_instead(k.office_id, c);
    update inspections i set office_id = o.id, tenant_id = o.tenant_id
    from cases c, offices o where c.id = any (p_cases) and i.case_id = c.id and i.closed_at is null
    and o.id = office_instead(i.office_id, c);
end
$$;
"""

PASSING = """
create function tree_is_running(p_plan uuid) returns void language plpgsql as
$$
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
end
$$;

-- Relations by record of a tenant that is no more go to its successor, up to p_limit a time; how many there were. What
-- a former holder may read ends where it ended. Whoever has the case in its own line needs no record.
create function tree_passes(p_plan uuid, p_limit int) returns int
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '150ms' as
$$
declare n int;
begin
    perform tree_is_running(p_plan);
    with old as (
        select r.*, s.successor_id, (
            select x.successor_office_id from tree_successors x
            where x.plan_id = p_plan and x.came = 'merged' and x.office_id = r.office_id) as successor_office_id,
            s.successor_id in (c.province_id, coalesce(c.prefecture_id, 0), coalesce(c.county_id, 0),
                               coalesce(c.township_id, 0)) as own
        from tree_successors s join case_relations r on r.tenant_id = s.tenant_id join cases c on c.id = r.case_id
        where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null and r.until > scope_now()
        and r.relation in ('assists', 'sent', 'referred', 'warned', 'pays')
        limit p_limit for update of r),
    ended as (
        update case_relations r set until = scope_now() from old o where r.id = o.id),
    lent as (
        update assistances a set office_id = o.successor_office_id,
            ended_at = case when o.own then scope_now() else a.ended_at end,
            end_cause = case when o.own then 'custody' else a.end_cause end
        from old o where o.relation = 'assists' and a.case_id = o.case_id and o.source = 'assistances:' || a.id
        and a.office_id = o.office_id),
    told as (
        update warnings w set receiver_office_id = o.successor_office_id from old o
        where o.relation = 'warned' and w.case_id = o.case_id and w.receiver_office_id = o.office_id
        and w.ends_at > scope_now()),
    fresh as (
        insert into case_relations (id, case_id, relation, role, tenant_id, office_id, since, until, source, actions,
                                    filed_at)
        select id_at(scope_now()), o.case_id, o.relation, o.role, o.successor_id, o.successor_office_id,
               case o.relation when 'sent' then o.since else greatest(o.since, scope_now()) end, o.until, o.source,
               o.actions, o.filed_at
        from old o where o.relation in ('referred', 'warned') or not o.own)
    select count(*) into n from old;
    return n;
end
$$;

-- Money that is not paid yet is paid from the books and the budget of whoever has taken over; how many settlements
-- there were. What was booked stays in the books of then, and is wound up there.
create function tree_settles(p_plan uuid, p_limit int) returns int
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '150ms' as
$$
declare ids uuid[];
begin
    perform tree_is_running(p_plan);
    ids := array(select m.id from tree_successors s join settlements m on m.tenant_id = s.tenant_id
                 where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null
                 and m.status not in ('returned', 'replaced') and m.status <> 'paid' limit p_limit for update of m);
    update settlement_charges k set budget_tenant_id = heir_of(k.budget_tenant_id)
    where k.settlement_id = any (ids) and k.budget_tenant_id is not null;
    update settlements m set tenant_id = heir_of(m.tenant_id) where m.id = any (ids);
    perform audit_append(m.tenant_id, scope_now(), 'system.tree', null, 'tree:brought', 'settlement', m.id::text,
                         'done', jsonb_build_object('plan', p_plan))
    from (select * from settlements where id = any (ids) order by tenant_id, id) m;
    update fee_payments f set tenant_id = s.successor_id from tree_successors s
    where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null and f.tenant_id = s.tenant_id
    and f.state = 'approved';
    perform budget_merge(s.tenant_id, s.successor_id), duty_merge(s.tenant_id, s.successor_id) from tree_successors s
    where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null;
    return cardinality(ids);
end
$$;

-- A case that could not go to its successor waits at the end, with the reason, and keeps no other waiting.
create function tree_fails(p_plan uuid, p_case uuid, p_why jsonb) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform tree_is_running(p_plan);
    update tree_queue set failed_at = scope_now(), failure = p_why where plan_id = p_plan and case_id = p_case;
end
$$;

-- At the beginning of a run all are tried once more.
create function tree_retries(p_plan uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform tree_is_running(p_plan);
    update tree_queue set failed_at = null where plan_id = p_plan and failed_at is not null;
end
$$;

create or replace function tree_next(p_plan uuid) returns table (case_id uuid, office int)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare one record;
begin
    perform tree_is_running(p_plan);
    for one in
        select c.id, c.state, s.successor_office_id, s.tenant_id, s.successor_id
        from tree_queue q join cases c on c.id = q.case_id
        left join lateral tree_successor_of(p_plan, c) s on true
        where q.plan_id = p_plan and q.way = 'succeed' and q.failed_at is null
        order by q.failure is not null, q.case_id for update of c skip locked
    loop
        delete from tree_queue q where q.plan_id = p_plan and q.case_id = one.id;
        continue when one.successor_office_id is null or one.state in ('refused', 'closed', 'archived');
        update tree_plans set cases_done = cases_done + 1 where id = p_plan;
        return query select one.id, one.successor_office_id;
        return;
    end loop;
end
$$;

-- Who plans is told how many are stuck, and why; not which.
create function tree_stuck(p_plan uuid) returns table (failure jsonb, n bigint)
language sql stable security definer set search_path = public, pg_temp as
$$ select q.failure, count(*) from tree_queue q join tree_plans p on p.id = q.plan_id
   where q.plan_id = p_plan and q.failure is not null and tenant_below(p.tenant_id) group by 1 order by 2 desc $$;

revoke all on function tree_passes, tree_settles, tree_fails, tree_retries, tree_next, tree_stuck, tree_is_running
    from public;
grant execute on function tree_passes, tree_settles, tree_fails, tree_retries, tree_next, tree_stuck to tiaojie_app;
"""

REOPENING = """
-- Of a case that an act of this transaction has opened again: who stood above its office when it ended may stand there
-- no more. Its oversight follows, its history says so; the parties are told by who did it. An office that has been
-- closed meanwhile works on nothing: the case goes to its tenant's office of the same kind, of which there always is
-- one. Says who stood lowest of those that changed, before and now, and by which plan; nothing where nothing changed.
create function reopened_elsewhere(p_case uuid, p_former int[])
returns table (former int, receiver int, plan uuid)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases; here int; beside int; chain int[]; told uuid; lowest int;
begin
    select * into held from cases c where c.id = p_case for update;
    if held.state in ('refused', 'closed', 'archived') or not exists (
        select from events e where e.case_id = p_case and e.act = 'reopen-case' and e.recorded_at = scope_now()) then
        raise exception 'not opened again here' using errcode = 'TJ403';
    end if;
    chain := array[held.province_id, held.prefecture_id, held.county_id, held.township_id];
    here := coalesce(held.township_id, held.county_id, held.prefecture_id, held.province_id);
    select x.id into beside from offices o join offices x on x.tenant_id = o.tenant_id and x.kind = o.kind
    where o.id = held.holder_office_id and o.valid_to is not null and x.valid_to is null order by x.id limit 1;
    if beside is not null then
        insert into custody_moves (case_id, number, from_office_id, from_tenant_id, to_office_id, to_tenant_id, source,
                                   recorded_at)
        select p_case, 1 + (select coalesce(max(m.number), 0) from custody_moves m where m.case_id = p_case),
               held.holder_office_id, here, beside, here, 'offices:' || held.holder_office_id, scope_now();
        update cases set holder_office_id = beside where id = p_case;
    end if;
    if chain is not distinct from p_former then return; end if;
    perform oversight_follows(array[p_case]);
    select k.plan_id into told from tree_changes k join tree_plans p on p.id = k.plan_id and p.began_at is not null
    where k.effect -> 'tenants' @> to_jsonb(here) order by p.began_at desc limit 1;
    perform tree_tells(told, p_case, held.step::int, held.state::text, here, 'tree-moved', 'parties',
                       jsonb_build_object('before', to_jsonb(p_former), 'after', to_jsonb(chain)));
    select max(i) into lowest from generate_series(1, 4) i where p_former[i] is distinct from chain[i];
    return query select p_former[lowest], chain[lowest], told;
end
$$;
revoke all on function reopened_elsewhere from public;
grant execute on function reopened_elsewhere to tiaojie_app;
"""

PREVIEW = """
-- Which money a change of these tenants would move, tenant by tenant, without a case or a person: settlements that are
-- not paid, trips that lie ahead, fees of third parties not yet paid. In fen.
create function tree_money(p_tenants int[]) returns table (tenant_id int, what text, n bigint, fen bigint)
language sql stable security definer set search_path = public, pg_temp as
$$ with mine as materialized (select t.id from tenants t where t.id = any (p_tenants) and tenant_below(t.id)),
   desks as materialized (select o.id, o.tenant_id from offices o where o.tenant_id in (select id from mine)),
   found as (
       select m.tenant_id, 'settlements' as what, m.amount_fen as fen from settlements m
       where m.tenant_id in (select id from mine) and m.status not in ('returned', 'replaced') and m.status <> 'paid'
       union all
       select d.tenant_id, 'trips', r.standard_fen from desks d join travel_requests r on r.office_id = d.id
       where r.status in ('requested', 'approved')
       union all
       select d.tenant_id, 'fees', f.actual_fen from desks d join cases c on c.holder_office_id = d.id
       join fees f on f.case_id = c.id
       where f.paid_on is null and c.state not in ('refused', 'closed', 'archived'))
   select found.tenant_id, found.what, count(*), sum(found.fen)::bigint from found group by 1, 2 order by 1, 2 $$;
revoke all on function tree_money from public;
grant execute on function tree_money to tiaojie_app;
"""
