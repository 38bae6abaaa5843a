"""Who decides a dispute over the holder, in SQL: never a superior that is concerned itself (decision 0038)."""

DECIDERS = """
-- The lowest tenant above both that no conflict keeps away; `properly`: neither of the two itself. For the functions
-- below.
create function superior_over(wanted uuid, here int, there int, properly boolean) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select t.id from tenants a, tenants b, tenants t where a.id = here and b.id = there
   and t.id in (a.province_id, a.prefecture_id, a.county_id, a.township_id)
   and t.id in (b.province_id, b.prefecture_id, b.county_id, b.township_id)
   and not (properly and t.id in (a.id, b.id)) and not conflicted(wanted, t.id)
   order by array_position(array['P', 'F', 'C', 'T'], t.tier::text) desc limit 1 $$;

create function nearest_common(wanted uuid, here int, there int) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select superior_over(wanted, here, there, true) where case_near(wanted) $$;

-- Whose joint conference coordinates: of the nearest common superior, or where there is none of the upper of the two.
create function conference_of(wanted uuid, here int, there int) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select coalesce(superior_over(wanted, here, there, true), superior_over(wanted, here, there, false))
   where case_near(wanted) $$;

revoke all on function superior_over, nearest_common(uuid, int, int), conference_of(uuid, int, int) from public;
grant execute on function nearest_common(uuid, int, int), conference_of(uuid, int, int) to tiaojie_app;
"""

# As in 0039; the dispute is locked before the case's relations, as a conference locks it.
NAMING = """
create or replace function name_custody(p_case uuid, p_office int, p_version int, p_source text, p_kept uuid[])
returns cases
language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases := held_case(p_case, p_version); taker int; dispute holder_disputes;
begin
    select * into dispute from holder_disputes d where d.case_id = p_case and d.decided_at is null
        and d.holder_office_id = held.holder_office_id and p_office in (d.holder_office_id, d.other_office_id)
        for update;
    if not found or case_tenant() is distinct from
        superior_over(p_case, dispute.holder_tenant_id, dispute.other_tenant_id, true) then
        raise exception 'no dispute for the caller to decide' using errcode = 'TJ403';
    end if;
    select o.tenant_id into taker from offices o where o.id = p_office and o.valid_to is null;
    if not found or conflicted(p_case, taker)
    or p_office = held.holder_office_id and exists (
        select from handover_offers f where f.case_id = p_case and f.state = 'open' and f.forced) then
        raise exception 'the office named can not hold this case' using errcode = 'TJ409';
    end if;
    perform overrule_offer(p_case);
    if p_office <> held.holder_office_id then
        return carry_custody(held, p_office, p_source, p_kept);
    end if;
    update cases set offer_id = null, version = version + 1, changed_at = scope_now() where id = p_case
    returning * into strict held;
    return held;
end
$$;
"""

COORDINATED = """
-- To which office the joint conference's newest word on the present holder gave the case, unless it has found a
-- conflict of its own since; null = to none, or the holder keeps it. For both of them: neither sees all words.
create function coordinated_for(wanted uuid) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select said.office from cases c cross join lateral (
       select d.named_office_id as office, d.decided_at from holder_disputes d
       where d.case_id = c.id and d.holder_office_id = c.holder_office_id and d.minutes_no is not null
       order by d.decided_at desc limit 1) said
   where c.id = wanted and may_ask(wanted) and said.office <> c.holder_office_id
   and not exists (select from handover_offers f where f.case_id = c.id and f.from_office_id = c.holder_office_id
                   and f.to_office_id = said.office and f.state = 'returned' and f.decided_at > said.decided_at) $$;
revoke all on function coordinated_for from public;
grant execute on function coordinated_for to tiaojie_app;
"""
