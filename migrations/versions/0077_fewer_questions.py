"""Less to do for every act: the staff's sight is asked before a party's, and only what was noted is added up.

Of two policies for the same rows PostgreSQL asks the one first whose name comes later: those for parties, who are few,
now come before `app_read`. Counters of which a transaction has noted nothing cost it no statement.
Two who mark each other's cases as one matter no longer wait for each other. And orders go with their case wherever
it goes, also down and aside.
"""

from migrations.counting import CHANGES, HOLDER, OPEN, TAKEN
from migrations.counting_noted import COUNTERS, adding
from migrations.protection import script
from migrations.row_sight import STAFF_FIRST

revision = "0077_fewer_questions"
down_revision = "0076_fees_reviewed"

# All counters of cases but one look at the same rows: they are read once.
NOTING = f"""
create or replace function count_case_update() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into count_changes (counter, key, cases)
    with changes as ({CHANGES["update"]})
    select k.counter, k.key, sum(n) from (select *, {HOLDER}::text as holder from changes) c cross join lateral (values
        ('tenant_counts', array[holder, state, case_ending(outcome)], true),
        ('due_counts', array[holder, case_due_on(due_at)::text], due_at is not null and {OPEN}),
        ('place_counts', array[place_id::text, dispute_type::text, case_ending(outcome)], true),
        ('suitable_counts', array[holder, case_month(accepted_at)::text, suitable_ending(outcome)],
         accepted_at is not null)) k (counter, key, counts)
    where k.counts group by 1, 2 having sum(n) <> 0;
    if exists (select from fresh f join stale s using (id) where {TAKEN}) then
        insert into count_changes (counter, key, cases)
        with accepted as (
            select f.*, 1 as n from fresh f join stale s using (id) where {TAKEN}
            union all select s.*, -1 from fresh f join stale s using (id) where {TAKEN})
        select 'acceptance_counts', array[(case_accepted_by(id, accepted_at, {HOLDER}))::text,
               case_month(accepted_at)::text, suitable_ending(outcome)], sum(n)
        from accepted where accepted_at is not null group by 2 having sum(n) <> 0;
    end if;
    return null;
end
$$;
"""

# A chain that is there needs no beginning; and an acceptance is seldom of a disputed case, whose deadline would move.
HEADS = """
create or replace function audit_append(
    p_tenant int, p_at timestamptz, p_actor text, p_post uuid, p_action text, p_kind text, p_object text,
    p_outcome text, p_detail jsonb) returns bigint
language plpgsql security definer set search_path = public, pg_temp as
$$
declare head audit_heads; link bytea;
begin
    select * into head from audit_heads where tenant_id = p_tenant for update;
    if not found then
        insert into audit_heads (tenant_id, seq, hash) values (p_tenant, 0, sha256('')) on conflict do nothing;
        select * into head from audit_heads where tenant_id = p_tenant for update;
    end if;
    link := audit_link(head.hash, p_tenant, head.seq + 1, p_at, p_actor, p_post, p_action, p_kind, p_object,
                       p_outcome, p_detail);
    insert into audit_log (tenant_id, seq, at, actor, post_id, action, object_kind, object_id, outcome, detail,
                           prev_hash, hash)
    values (p_tenant, head.seq + 1, p_at, p_actor, p_post, p_action, p_kind, p_object, p_outcome, p_detail,
            head.hash, link);
    update audit_heads set seq = head.seq + 1, hash = link where tenant_id = p_tenant;
    return head.seq + 1;
end
$$;
"""
TAKING = """
create or replace function move_custody(p_case uuid, p_office int, p_version int, p_source text, p_kept uuid[])
returns cases language plpgsql security definer set search_path = public, pg_temp as
$$
declare held cases := held_case(p_case, p_version); taker int;
begin
    select o.tenant_id into taker from offices o where o.id = p_office;
    if held.offer_id is null or p_source <> 'handover_offers:' || held.offer_id or taker is distinct from case_tenant()
    or not exists (
        select from case_relations r where r.case_id = p_case and r.relation = 'offered' and r.until > scope_now()
        and r.tenant_id = taker and (r.office_id is null or r.office_id = p_office)) then
        raise exception 'no open offer of this case to the caller' using errcode = 'TJ403';
    end if;
    update handover_offers set state = 'accepted', decided_by = scope_person(), decided_at = scope_now()
    where id = held.offer_id;
    -- A conflict may send up a disputed case: the superior would be asked for ever about who no longer holds it.
    if exists (select from holder_disputes where case_id = p_case and decided_at is null) then
        update holder_disputes set decided_at = scope_now() where case_id = p_case and decided_at is null;
    end if;
    return carry_custody(held, p_office, p_source, p_kept);
end
$$;
"""
# An answer kept for repetition is packed and sealed: to press it again and put it aside costs as much as to write it.
WHOLE = "alter table idempotency_keys set (toast_tuple_target = 8160);"

# Two who mark each other's cases each hold their own and would wait to name the other's: who finds the pair being
# marked is told that it is.
MARKING = """
create or replace function matter_marked(p_case uuid, p_other uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if not case_shows(p_case) then raise exception 'not the case of the caller' using errcode = 'TJ403'; end if;
    return not pg_try_advisory_xact_lock(
        hashtextextended('matter mark ' || least(p_case, p_other) || greatest(p_case, p_other), 0))
    or exists (select from case_links l where l.kind = 'same_matter' and l.withdrawn_at is null
        and ((l.case_id, l.other_case_id) = (p_case, p_other) or (l.case_id, l.other_case_id) = (p_other, p_case)));
end
$$;
"""

# An order lies where its case lies. The taker's own scope does not reach one that still lies with another county, or
# nowhere below: with the case it moves here, and what was left behind is brought home.
FOLLOWING = """
do $$
begin
    execute replace(pg_get_functiondef('carry_custody'::regproc), '    -- Offers are used up;', '
    update supervision_orders set province_id = moved.province_id, prefecture_id = moved.prefecture_id,
        county_id = moved.county_id, township_id = moved.township_id where case_id = held.id;
    -- Offers are used up;');
end $$;
update supervision_orders s set province_id = c.province_id, prefecture_id = c.prefecture_id,
    county_id = c.county_id, township_id = c.township_id
from cases c where c.id = s.case_id and (s.province_id, s.prefecture_id, s.county_id, s.township_id)
    is distinct from (c.province_id, c.prefecture_id, c.county_id, c.township_id);
"""


def upgrade() -> None:
    for sql in (STAFF_FIRST, NOTING, adding(COUNTERS), HEADS, TAKING, WHOLE, MARKING, FOLLOWING):
        script(sql)
