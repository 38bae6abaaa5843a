"""What a walk of the moving tree found: offers end batch by batch, the case first, as whoever answers them locks it."""

from migrations.protection import script

revision = "0065_bulk_walked"
down_revision = "0063_claims_walked"

BEGINNING = """
-- What was lent along a line that is no more ends; disputes go to who is the nearest above both now. Offers end when
-- the plan runs (tree_frees). As in 0042, without them.
create or replace function tree_unties(p_plan uuid) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare touched int[] := array(select t.tenant_id from tree_touched(p_plan) t);
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
end
$$;
"""

OFFERS = """
-- Open offers to or from an office that is no more, and offers up or down a line that is no more.
create function tree_misfit_offers(p_plan uuid) returns table (offer_id uuid, case_id uuid) language sql stable as
$$ with touched as materialized (select t.tenant_id as id from tree_touched(p_plan) t)
   select f.id, f.case_id from handover_offers f
   join tenants a on a.id = f.from_tenant_id join tenants b on b.id = f.to_tenant_id
   join offices x on x.id = f.from_office_id join offices y on y.id = f.to_office_id
   where f.state = 'open' and (a.id in (select id from touched) or b.id in (select id from touched))
   and (x.valid_to is not null or y.valid_to is not null
        or f.direction = 'up' and b.id not in (a.province_id, coalesce(a.prefecture_id, 0),
                                               coalesce(a.county_id, 0), a.id)
        or f.direction = 'down' and a.id not in (b.province_id, coalesce(b.prefecture_id, 0),
                                                 coalesce(b.county_id, 0), b.id)) $$;

-- Up to p_limit of them end, with the reason in the history; how many. The case is locked before its offer, as by
-- whoever answers it. Without p_wait, a case that somebody else is just changing is left for later; 55P03 when somebody
-- holds what it needs: nobody waits long for what it holds itself.
create function tree_frees(p_plan uuid, p_limit int, p_wait boolean) returns int
language plpgsql security definer set search_path = public, pg_temp set lock_timeout = '150ms' as
$$
declare ids uuid[]; ended uuid[];
begin
    perform from tree_plans p where p.id = p_plan and p.state = 'running' for update skip locked;
    if not found or not scope_is_province() then raise exception 'not for this job' using errcode = 'TJ409'; end if;
    if p_wait then
        perform from cases c where c.id in (select m.case_id from tree_misfit_offers(p_plan) m)
        order by c.id limit p_limit for update;
    end if;
    select array_agg(id) into ids from (
        select c.id from cases c where c.id in (select m.case_id from tree_misfit_offers(p_plan) m)
        order by c.id limit p_limit for update skip locked) found;
    with closed as (
        update handover_offers f set state = 'reorganised', decided_at = scope_now()
        where f.case_id = any (ids) and f.id in (select m.offer_id from tree_misfit_offers(p_plan) m)
        returning f.id)
    select array_agg(id) into ended from closed;
    update case_relations r set until = scope_now() from handover_offers f
    where f.id = any (ended) and r.case_id = f.case_id and r.relation = 'offered' and r.until > scope_now();
    update cases c set offer_id = null, version = c.version + 1, changed_at = scope_now() from handover_offers f
    where f.id = any (ended) and c.id = f.case_id;
    perform tree_tells(p_plan, id, step, state, tenant, 'tree-offer-ended', 'parties', jsonb_build_object('to', office))
    from (select c.id, c.step::int, c.state::text, f.to_office_id as office,
                 coalesce(c.township_id, c.county_id, c.prefecture_id, c.province_id) as tenant
          from handover_offers f join cases c on c.id = f.case_id where f.id = any (ended) order by 5, 1) told;
    return coalesce(cardinality(ended), 0);
end
$$;

revoke all on function tree_frees from public;
grant execute on function tree_frees to tiaojie_app;
"""


def upgrade() -> None:
    script(BEGINNING)
    script(OFFERS)
