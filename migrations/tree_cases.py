"""How cases come along with the tree, in SQL (migration 0042, decision 0039): batch by batch, each whole or not."""

OVERSIGHT = """
-- The office that does, above this case as it is held now, what `p_office` did above it before: of the same kind, in
-- the tenant of the same tier. Null where p_office still stands above it, or there is none.
create function office_instead(p_office int, c cases) returns int language sql stable as
$$ select o.id from offices old join tenants t on t.id = old.tenant_id
   join offices o on o.kind = old.kind and o.valid_to is null and o.tenant_id =
       case t.tier when 'P' then c.province_id when 'F' then c.prefecture_id when 'C' then c.county_id end
   where old.id = p_office and t.id not in
       (c.province_id, coalesce(c.prefecture_id, 0), coalesce(c.county_id, 0), coalesce(c.township_id, 0))
   order by o.id limit 1 $$;

-- Orders that stand, inspections and complaints under way: whoever is above the case now carries them on, and who is
-- no longer above it has no sight by them.
create function oversight_follows(p_cases uuid[]) returns void language plpgsql as
$$
begin
    update supervision_orders s set province_id = c.province_id, prefecture_id = c.prefecture_id,
        county_id = c.county_id, township_id = c.township_id
    from cases c where c.id = any (p_cases) and s.case_id = c.id;

    with passed as (
        select r.id, r.case_id, r.relation, r.role, r.until, r.source, r.actions, r.filed_at, o.id as office_id,
               o.tenant_id
        from cases c join case_relations r on r.case_id = c.id and r.relation in ('supervises', 'hears')
            and r.tenant_id is not null and r.until > scope_now()
        join offices o on o.id = office_instead(coalesce(r.office_id, (
            select min(x.id) from offices x where x.tenant_id = r.tenant_id)), c)
        where c.id = any (p_cases)),
    ended as (
        update case_relations r set until = scope_now() from passed p where r.id = p.id)
    insert into case_relations (id, case_id, relation, role, tenant_id, office_id, since, until, source, actions,
                                filed_at)
    select id_at(scope_now()), case_id, relation, role, tenant_id, office_id, scope_now(), until, source, actions,
           filed_at
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

-- What was lent along a line that is no more ends; disputes go to who is the nearest above both now. Offers to or from
-- an office that is no more, and offers up or down a line that is no more, end with the reason in the history.
create function tree_unties(p_plan uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare touched int[] := array(select t.tenant_id from tree_touched(p_plan) t); one record; thawed cases;
begin
    if not tree_begins() then raise exception 'no plan begins here' using errcode = 'TJ403'; end if;
    update delegations d set revoked_at = scope_now(), revoke_cause = 'custody'
    from offices o join tenants h on h.id = o.tenant_id
    where o.id = d.holder_office_id and d.revoked_at is null and d.until > scope_now()
    and (h.id = any (touched) or d.to_tenant_id = any (touched))
    and (o.valid_to is not null
         or d.lender_tenant_id not in (h.province_id, coalesce(h.prefecture_id, 0), coalesce(h.county_id, 0), h.id)
         or exists (select from tenants b where b.id = d.to_tenant_id and d.lender_tenant_id not in
                    (b.province_id, coalesce(b.prefecture_id, 0), coalesce(b.county_id, 0), b.id)));
    update delegations d set revoked_at = scope_now(), revoke_cause = 'post'
    where d.revoked_at is null and d.until > scope_now() and d.to_person_id is not null
    and exists (select from posts w join offices o on o.id = w.office_id
                where w.person_id = d.to_person_id and o.tenant_id = any (touched))
    and not exists (
        select from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
        where w.person_id = d.to_person_id and w.since <= scope_now() and (w.until is null or w.until > scope_now())
        and d.lender_tenant_id in (t.province_id, t.prefecture_id, t.county_id, t.township_id));
    update case_units u set conflicts_tenant_id = s.successor_id from tree_successors s
    where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null and u.conflicts_tenant_id = s.tenant_id;
    insert into case_relations (id, case_id, relation, role, tenant_id, since, until, source, filed_at)
    select id_at(scope_now()), r.case_id, r.relation, r.role, s.successor_id, scope_now(), r.until, r.source, r.filed_at
    from tree_successors s join case_relations r on r.tenant_id = s.tenant_id and r.relation = 'complained_of'
        and r.until > scope_now()
    where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null;
    update holder_disputes d set other_office_id = s.successor_office_id, other_tenant_id = s.successor_id
    from tree_successors s join offices o on o.id = s.office_id and o.valid_to is not null
    where s.plan_id = p_plan and s.came = 'merged' and d.other_office_id = s.office_id and d.decided_at is null;
    update holder_disputes d
    set decider_tenant_id = coalesce(nearest_common(holder_tenant_id, other_tenant_id), decider_tenant_id)
    where d.decided_at is null and (d.holder_tenant_id = any (touched) or d.other_tenant_id = any (touched));
    for one in
        update handover_offers f set state = 'reorganised', decided_at = scope_now()
        from tenants a, tenants b, offices x, offices y
        where f.state = 'open' and a.id = f.from_tenant_id and b.id = f.to_tenant_id
        and x.id = f.from_office_id and y.id = f.to_office_id and (a.id = any (touched) or b.id = any (touched))
        and (x.valid_to is not null or y.valid_to is not null
             or f.direction = 'up' and b.id not in (a.province_id, coalesce(a.prefecture_id, 0),
                                                    coalesce(a.county_id, 0), a.id)
             or f.direction = 'down' and a.id not in (b.province_id, coalesce(b.prefecture_id, 0),
                                                      coalesce(b.county_id, 0), b.id))
        returning f.case_id, f.to_office_id
    loop
        update case_relations r set until = scope_now()
        where r.case_id = one.case_id and r.relation = 'offered' and r.until > scope_now();
        update cases c set offer_id = null, version = c.version + 1, changed_at = scope_now() where c.id = one.case_id
        returning c.* into thawed;
        perform tree_tells(p_plan, thawed.id, thawed.step::int, thawed.state::text,
                           coalesce(thawed.township_id, thawed.county_id, thawed.prefecture_id, thawed.province_id),
                           'tree-offer-ended', 'parties', jsonb_build_object('to', one.to_office_id));
    end loop;
end
$$;
"""

FOLLOWING = """
-- One event, one message and one audit link of a case that a plan brings along.
create function tree_tells(p_plan uuid, p_case uuid, p_step int, p_state text, p_tenant int, p_act text,
                           p_audience text, p_data jsonb) returns void language plpgsql as
$$
declare event uuid := id_at(scope_now());
begin
    insert into events (id, case_id, recorded_at, act, audience, step, state, actor_id, system, post_id, office_id,
                        tenant_id, data)
    values (event, p_case, scope_now(), p_act, p_audience, p_step, p_state, null, 'system.tree', null, null, null,
            p_data || jsonb_build_object('plan', p_plan));
    insert into outbox (id, topic, payload, created_at, available_at, attempts)
    values (id_at(scope_now()), 'case.changed', jsonb_build_object('case', p_case, 'act', p_act, 'event', event),
            scope_now(), scope_now(), 0);
    perform audit_append(p_tenant, scope_now(), 'system.tree', null, 'tree:brought', 'case', p_case::text, 'done',
                         p_data || jsonb_build_object('plan', p_plan, 'act', p_act));
end
$$;

-- Where a case belongs after the plan. Follow: its office's chain. Archive: the successor's for what is no more, the
-- case's own below that; a former superior that still stands keeps what was closed under it.
create function tree_chain(p_plan uuid, c cases, p_way text, out office int, out chain int[])
language plpgsql stable as
$$
declare ended record;
begin
    office := c.holder_office_id;
    if p_way = 'archive' then
        select s.successor_office_id into office from tree_successors s join offices o on o.id = s.office_id
        where s.plan_id = p_plan and s.came = 'merged' and s.office_id = c.holder_office_id and o.valid_to is not null;
        if office is null then
            office := c.holder_office_id;
            select u.tier, t.province_id, t.prefecture_id, t.county_id into ended
            from tree_successors s join tenants u on u.id = s.tenant_id and u.valid_to is not null
            join tenants t on t.id = s.successor_id
            where s.plan_id = p_plan and s.office_id is null and s.came = 'merged'
            and s.tenant_id in (c.prefecture_id, c.county_id) order by u.tier limit 1;
            chain := array[ended.province_id, ended.prefecture_id,
                           case ended.tier when 'C' then ended.county_id else c.county_id end, c.township_id];
            return;
        end if;
    end if;
    select array[t.province_id, t.prefecture_id, t.county_id, t.township_id] into chain
    from offices o join tenants t on t.id = o.tenant_id where o.id = office;
end
$$;

-- Who takes the place of the case's office: of one that gave parts away, the successor where the dispute lies; of one
-- that is no more, else whom it was merged into.
create function tree_successor_of(p_plan uuid, c cases) returns setof tree_successors language sql stable as
$$ select s.* from tree_successors s join offices o on o.id = s.office_id join tenants n on n.id = s.successor_id
   join places l on l.id = c.place_id
   where s.plan_id = p_plan and s.office_id = c.holder_office_id
   and (s.came = 'merged' and o.valid_to is not null
        or s.came = 'split' and n.place_id in (l.province_id, l.prefecture_id, l.county_id, l.township_id))
   order by s.came desc, s.id limit 1 $$;

create type tree_step as (id uuid, step int, state text, way text, old_office int, old_chain int[], office int,
                          chain int[], tenant int);

-- Up to p_limit cases whose columns follow, in one transaction: columns, orders, history, messages, audit, and the
-- plan's own progress. Without p_wait, cases that somebody else is just changing are left for later. A row for each
-- case that is open, with who stood next above its office before and now: its parties are told (个人信息保护法22);
-- and a last row with how many were brought. TJ409 when another job is at this plan; 55P03 when somebody holds what it
-- needs (a chain of the audit): nobody waits long for what it holds itself.
create function tree_brings(p_plan uuid, p_limit int, p_wait boolean)
returns table (case_id uuid, former int, receiver int, brought int)
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '150ms' as
$$
declare ids uuid[]; batch tree_step[];
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    if p_wait then
        perform from cases c join tree_queue q on q.case_id = c.id
        where q.plan_id = p_plan and q.way in ('follow', 'archive') order by c.id limit p_limit for update of c;
    end if;
    select array_agg(id) into ids from (
        select c.id from tree_queue q join cases c on c.id = q.case_id
        where q.plan_id = p_plan and q.way in ('follow', 'archive') order by q.way desc, q.case_id limit p_limit
        for update of c skip locked) found;
    if ids is null then
        return query select null::uuid, null::int, null::int, 0;
        return;
    end if;
    select coalesce(array_agg(row(c.id, c.step, c.state, q.way, c.holder_office_id, old.chain, w.office, w.chain,
                     coalesce(w.chain[4], w.chain[3], w.chain[2], w.chain[1]))::tree_step), '{}') into batch
    from cases c join tree_queue q on q.plan_id = p_plan and q.case_id = c.id
    cross join lateral tree_chain(p_plan, c, q.way) w
    cross join lateral (
        select array[c.province_id, c.prefecture_id, c.county_id, c.township_id] as chain) old
    where c.id = any (ids) and (q.way = 'follow') = (c.state not in ('refused', 'closed', 'archived'))
    and (w.office, w.chain) is distinct from (c.holder_office_id, old.chain);

    insert into custody_moves (case_id, number, from_office_id, from_tenant_id, to_office_id, to_tenant_id, source,
                               recorded_at)
    select b.id, 1 + (select coalesce(max(m.number), 0) from custody_moves m where m.case_id = b.id), b.old_office,
           coalesce(b.old_chain[4], b.old_chain[3], b.old_chain[2], b.old_chain[1]), b.office, b.tenant,
           'tree_plans:' || p_plan, scope_now()
    from unnest(batch) b where b.office <> b.old_office;
    update cases c set holder_office_id = b.office, province_id = b.chain[1], prefecture_id = b.chain[2],
        county_id = b.chain[3], township_id = b.chain[4], version = c.version + 1, changed_at = scope_now()
    from unnest(batch) b where b.id = c.id;
    perform oversight_follows(ids);
    perform tree_tells(p_plan, b.id, b.step, b.state, b.tenant, 'tree-moved',
                       case b.way when 'follow' then 'parties' else 'internal' end,
                       jsonb_build_object('before', to_jsonb(b.old_chain), 'after', to_jsonb(b.chain)))
    from (select * from unnest(batch) order by tenant, id) b;

    delete from tree_queue q where q.plan_id = p_plan and q.case_id = any (ids);
    update tree_plans set cases_done = cases_done + cardinality(batch) where id = p_plan;
    return query
        select b.id, b.old_chain[d.lowest], b.chain[d.lowest], null::int from unnest(batch) b
        cross join lateral (select max(i) as lowest from generate_series(1, 4) i
                            where b.old_chain[i] is distinct from b.chain[i]) d
        where b.way = 'follow';
    return query select null::uuid, null::int, null::int, cardinality(ids);
end
$$;

-- The next case that goes to a successor, held until it has gone there, and where; off the queue with this transaction.
-- One that has ended, or has left those offices meanwhile, is just taken off: the next collection sees what it needs.
create function tree_next(p_plan uuid) returns table (case_id uuid, office int)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare one record;
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    for one in
        select c.id, c.state, s.successor_office_id, s.tenant_id, s.successor_id
        from tree_queue q join cases c on c.id = q.case_id
        left join lateral tree_successor_of(p_plan, c) s on true
        where q.plan_id = p_plan and q.way = 'succeed' order by q.case_id for update of c skip locked
    loop
        delete from tree_queue q where q.plan_id = p_plan and q.case_id = one.id;
        continue when one.successor_office_id is null or one.state in ('refused', 'closed', 'archived');
        update tree_plans set cases_done = cases_done + 1 where id = p_plan;
        return query select one.id, one.successor_office_id;
        return;
    end loop;
end
$$;

-- A case whose unit is the holder's own organ goes up the present line, by an offer that nobody takes back (条例28(3)):
-- where the plan ended the one that stood, or brought the conflict. Definer: the holder itself sees nothing of it.
create function tree_hands_up(p_plan uuid, p_case uuid, p_roles text[]) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases; receiver int; here int; why text; offer uuid := id_at(scope_now());
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    select * into held from cases c where c.id = p_case for update;
    here := coalesce(held.township_id, held.county_id, held.prefecture_id, held.province_id);
    receiver := workroom_above(p_case, here, p_roles);
    -- As it was forced up before the plan; not once somebody else holds it who has no conflict.
    why := coalesce((select f.reason from handover_offers f where f.case_id = p_case and f.forced
                     and f.state = 'reorganised' and f.from_tenant_id = here order by f.recorded_at desc limit 1),
                    case when conflicted(p_case, here) then 'conflict' end);
    if why is null or receiver is null or held.offer_id is not null or held.state in ('refused', 'closed', 'archived')
    then return false; end if;
    insert into handover_offers (id, case_id, direction, from_office_id, from_tenant_id, to_office_id, to_tenant_id,
                                 reason, forced, state, offered_by, recorded_at)
    select offer, p_case, 'up', held.holder_office_id, here, o.id, o.tenant_id, why, true, 'open',
           '00000000-0000-0000-0000-000000000000', scope_now()
    from offices o where o.id = receiver;
    insert into case_relations (id, case_id, relation, tenant_id, office_id, since, until, source, filed_at)
    select id_at(scope_now()), p_case, 'offered', o.tenant_id, o.id, scope_now(), '9999-12-31 00:00:00+00',
           'handover_offers:' || offer, held.filed_at
    from offices o where o.id = receiver;
    update cases set offer_id = offer, version = version + 1, changed_at = scope_now() where id = p_case;
    perform tree_tells(p_plan, p_case, held.step::int, held.state::text, here, 'offer-handover', 'parties',
                       jsonb_build_object('direction', 'up', 'to', receiver, 'reason', why));
    return true;
end
$$;

revoke all on function tree_unties, tree_brings, tree_next, tree_hands_up from public;
grant execute on function tree_unties, tree_brings, tree_next, tree_hands_up to tiaojie_app;
"""

SWEEP = """
-- Which cases the plan has still to bring along, added to its queue; how many stand there now.
create function tree_collects(p_plan uuid) returns int
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    insert into tree_queue (plan_id, case_id, way)
    select p_plan, c.id, case when s.id is not null then 'succeed' else 'follow' end
    from tree_touched(p_plan) k join tenants t on t.id = k.tenant_id join offices o on o.tenant_id = t.id
    join cases c on c.holder_office_id = o.id
    left join lateral tree_successor_of(p_plan, c) s on true
    where c.state not in ('refused', 'closed', 'archived') and (s.id is not null
        or (c.province_id, c.prefecture_id, c.county_id, c.township_id)
           is distinct from (t.province_id, t.prefecture_id, t.county_id, t.township_id))
    on conflict do nothing;
    -- Whoever holds them: a township may have moved away long since, and its closed cases stayed with that superior.
    insert into tree_queue (plan_id, case_id, way)
    select p_plan, c.id, 'archive' from tree_successors x join tenants u on u.id = x.tenant_id
    cross join lateral (
        select f.* from cases f where u.tier = 'F' and f.prefecture_id = u.id
        union all select k.* from cases k where u.tier = 'C' and k.county_id = u.id
        union all select h.* from cases h where u.tier = 'T' and h.township_id = u.id) c
    where x.plan_id = p_plan and x.office_id is null and x.came = 'merged'
    and c.state in ('refused', 'closed', 'archived')
    on conflict do nothing;
    return (select count(*) from tree_queue q where q.plan_id = p_plan);
end
$$;

-- Waits for who is just now bringing a case in or out of these offices (they hold an office's key until they commit),
-- at most a moment: 55P03 then, and the job comes again. A transaction of its own, for nobody need be kept waiting
-- while the sweep reads: whoever comes after it finds the tree of today.
create function tree_waits(p_plan uuid) returns void
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '150ms' as
$$
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    perform from offices o where o.tenant_id in (select k.tenant_id from tree_touched(p_plan) k) order by o.id
        for update;
end
$$;

-- Whether all is done: asked after tree_waits has ended.
create function tree_finish(p_plan uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    if tree_collects(p_plan) > 0 then return false; end if;
    update tree_plans set state = 'done', done_at = scope_now(), version = version + 1 where id = p_plan;
    return true;
end
$$;

-- One update over all cases, which held them all while it ran: what an import moves follows by the job above.
drop function custody_follows_tree;

revoke all on function tree_collects, tree_waits, tree_finish from public;
grant execute on function tree_collects, tree_waits, tree_finish to tiaojie_app;
"""

PREVIEW = """
-- Definer: who plans sees no case, and is told numbers alone, of tenants below.
create function tree_cases(p_tenants int[]) returns table (tenant_id int, office_id int, state varchar, n bigint)
language sql stable security definer set search_path = public, pg_temp as
$$ select o.tenant_id, o.id, c.state, count(*) from offices o join cases c on c.holder_office_id = o.id
   where o.tenant_id = any (p_tenants) and tenant_below(o.tenant_id) group by 1, 2, 3 $$;

create function tree_counts(p_tenants int[]) returns table (what text, n bigint)
language sql stable security definer set search_path = public, pg_temp as
$$ with mine as materialized (select t.id from tenants t where t.id = any (p_tenants) and tenant_below(t.id)),
   desks as materialized (select o.id, o.kind from offices o where o.tenant_id in (select id from mine)
                          and o.valid_to is null),
   held as materialized (
       select w.person_id from posts w where w.office_id in (select id from desks) and w.since <= scope_now()
       and (w.until is null or w.until > scope_now())),
   open as materialized (
       select c.id from cases c where c.holder_office_id in (select id from desks)
       and c.state not in ('refused', 'closed', 'archived'))
   select 'tenants', count(*) from mine
   union all select 'offices', count(*) from desks
   union all select 'committees', count(*) from desks where kind = 'committee'
   union all select 'posts', count(*) from held
   union all select 'people', count(distinct person_id) from held
   union all select 'cases_open', count(*) from open
   union all select 'cases_ended', count(*) from cases c where c.holder_office_id in (select id from desks)
             and c.state in ('refused', 'closed', 'archived')
   union all select 'timers', count(*) from timers m where m.case_id in (select id from open) and m.done_at is null
   union all select 'orders', count(*) from supervision_orders s where s.case_id in (select id from open)
             and s.struck_off_at is null
   union all select 'offers', count(*) from handover_offers f where f.state = 'open'
             and (f.from_tenant_id in (select id from mine) or f.to_tenant_id in (select id from mine))
   union all select 'delegations', count(*) from delegations d where d.revoked_at is null and d.until > scope_now()
             and (d.holder_office_id in (select id from desks) or d.to_tenant_id in (select id from mine))
   union all select 'commitments', count(*) from travel_requests r where r.office_id in (select id from desks)
             and r.status in ('requested', 'approved')
   union all select 'settings', (select count(*) from term_settings s where s.tenant_id in (select id from mine))
             + (select count(*) from own_steps s where s.tenant_id in (select id from mine)) $$;

revoke all on function tree_cases, tree_counts from public;
grant execute on function tree_cases, tree_counts to tiaojie_app;
"""
