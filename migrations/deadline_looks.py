"""When the job looks at a term: before its longest warning, and anew when that changes, or who has the case (0068)."""

LEADS = {
    "reconsideration": 15,
    "administrative_suit": 30,
    "labour_arbitration": 60,
    "civil_limitation": 90,
    "execution": 90,
    "archives_transfer": 180,
}
"""Terms that the program warns of more than ten days ahead; a test holds them against cases.terms."""

LOOKS = f"""
-- Before the day, longer than any tenant's warning of this term is given ahead, also where it is counted in working
-- days: the look then reckons the day of the warning.
create function term_look_ahead(p_kind text) returns interval language sql stable as
$$ select make_interval(days => 20 + 2 * greatest(
       (select max(s.lead_days) from term_settings s where s.kind = p_kind),
       case p_kind {" ".join(f"when '{kind}' then {days}" for kind, days in LEADS.items())} else 10 end)) $$;

-- From then on a term of this kind that nobody has been warned of is looked at as early as that.
create function looks_sooner(p_kind text, p_from timestamptz) returns void language sql as
$$ update deadlines d set look_at = greatest(p_from, d.due_at - term_look_ahead(p_kind))
   from timers t
   where d.source = 'timers' and t.id = d.row_id and t.kind = p_kind and d.taken = 0
   and d.look_at > greatest(p_from, d.due_at - term_look_ahead(p_kind)) $$;
revoke all on function looks_sooner from public;
"""

SETTINGS = """
-- Definer: whoever sets a warning need see neither the cases nor the queue.
create function leads_changed() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    if tg_op <> 'INSERT' and old.lead_days is not null then
        perform looks_sooner(old.kind, old.valid_from::timestamp at time zone 'Asia/Shanghai');
    end if;
    if tg_op <> 'DELETE' and new.lead_days is not null then
        perform looks_sooner(new.kind, new.valid_from::timestamp at time zone 'Asia/Shanghai');
    end if;
    return null;
end
$$;
create trigger leads_changed after insert or update or delete on term_settings
    for each row execute function leads_changed();
"""

CUSTODY = """
-- Whoever has the case now may be warned earlier than who had it. What the job is just looking at is left to it.
create function terms_looked_at_anew() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    update deadlines d set look_at = scope_now() where d.source = 'timers' and d.row_id in (
        select q.row_id from timers t join deadlines q on q.source = 'timers' and q.row_id = t.id
        where t.case_id = new.id and t.done_at is null and q.taken = 0 and q.look_at > scope_now()
        and q.due_at - term_look_ahead(t.kind) <= scope_now()
        for update of q skip locked);
    return null;
end
$$;
create trigger terms_looked_at_anew after update on cases for each row
    when ((old.province_id, old.prefecture_id, old.county_id, old.township_id)
          is distinct from (new.province_id, new.prefecture_id, new.county_id, new.township_id))
    execute function terms_looked_at_anew();
"""

MATTERS = """\
    update supervision_matters m set issuer_office_id = s.successor_office_id, issuer_tenant_id = s.successor_id
    from tree_successors s join offices o on o.id = s.office_id and o.valid_to is not null
    where s.plan_id = p_plan and s.came = 'merged' and s.successor_office_id is not null
    and m.issuer_office_id = s.office_id and m.struck_off_at is null;
    update supervision_matters m set addressee_tenant_id = s.successor_id
    from tree_successors s join tenants u on u.id = s.tenant_id and u.valid_to is not null
    where s.plan_id = p_plan and s.came = 'merged' and s.office_id is null
    and m.addressee_tenant_id = s.tenant_id and m.struck_off_at is null;
"""
"""Of `tree_hands_on`: a matter is its issuer's successor's, and about the leadership that took over."""
