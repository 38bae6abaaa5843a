"""What may be done with a line of the budget, in SQL; each function holds the line's row until the transaction ends.

Definer, because the application's role may only read these tables; so nobody overdraws a line, or moves its money to
another purpose, past these functions. Each answers with a word that `funding.budgets` turns into a named error.
"""

BUDGETING = """
-- Whose line a session may move: its own tenant's, one above it (a township has no fund), one below it.
create function budget_near(p_tenant int) returns boolean language sql stable as
$$ select tenant_below(p_tenant) or exists (
       select from tenants t where t.id = scope_tenant()
       and p_tenant in (t.province_id, t.prefecture_id, t.county_id, t.township_id)) $$;

-- Whoever books or budgets for a tenant waits for those who began before, and always at this one gate (the counters of
-- money take it too): two acts that need line and counters in another order would else wait for each other for ever.
create function money_gate(p_tenant int) returns void language sql as
$$ select pg_advisory_xact_lock(5305, p_tenant) $$;

create function budget_note(
    p_line budget_lines, p_kind text, p_fen bigint, p_ground text, p_ground_id uuid, p_case uuid, p_place text)
returns void language sql security definer set search_path = public, pg_temp as
$$ insert into budget_movements
       (id, line_id, tenant_id, kind, place, fen, ground, ground_id, case_id, recorded_at, recorded_by)
   select id_at(scope_now()), p_line.id, p_line.tenant_id, p_kind, p_place, p_fen, p_ground, p_ground_id, p_case,
          scope_now(), scope_person() where p_fen > 0 $$;

create function budget_reserve(
    p_tenant int, p_year smallint, p_purpose text, p_fen bigint, p_ground text, p_ground_id uuid, p_case uuid,
    out outcome text, out left_fen bigint)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare line budget_lines;
begin
    left_fen := 0;
    if p_fen < 0 then raise exception 'a negative amount can''t be reserved' using errcode = '22003'; end if;
    if budget_near(p_tenant) is not true then outcome := 'elsewhere'; return; end if;
    perform money_gate(p_tenant);
    select * into line from budget_lines
        where tenant_id = p_tenant and year = p_year and purpose = p_purpose for update;
    if not found then outcome := 'none'; return; end if;
    if line.closed_at is not null then outcome := 'closed'; return; end if;
    left_fen := line.fiscal_fen + line.departmental_fen + line.carried_fen - line.reserved_fen - line.spent_fen;
    if p_fen > left_fen then outcome := 'exceeded'; return; end if;
    insert into budget_holds as h (
            ground, ground_id, line_id, tenant_id, reserved_fen, spent_fen, earlier_fen, recorded_at)
        values (p_ground, p_ground_id, line.id, p_tenant, p_fen, 0, 0, scope_now())
        on conflict (ground, ground_id) do update
            set line_id = excluded.line_id, tenant_id = excluded.tenant_id, reserved_fen = excluded.reserved_fen,
                spent_fen = case when h.line_id = excluded.line_id then h.spent_fen else 0 end,
                earlier_fen = h.earlier_fen + case when h.line_id = excluded.line_id then 0 else h.spent_fen end
            where h.reserved_fen = 0;
    if not found then outcome := 'held'; return; end if;
    update budget_lines set reserved_fen = reserved_fen + p_fen where id = line.id;
    perform budget_note(line, 'reserved', p_fen, p_ground, p_ground_id, p_case, null);
    outcome := 'done';
    left_fen := left_fen - p_fen;
end
$$;

-- The hold, locked after its line; at the close of a year it goes on to the next year's line.
create function budget_held(p_ground text, p_ground_id uuid) returns budget_holds
language plpgsql security definer set search_path = public, pg_temp as
$$
declare hold budget_holds; seen uuid;
begin
    loop
        select line_id into seen from budget_holds where ground = p_ground and ground_id = p_ground_id;
        if not found then return null; end if;
        perform money_gate(tenant_id) from budget_lines where id = seen;
        perform from budget_lines where id = seen for update;
        select * into hold from budget_holds where ground = p_ground and ground_id = p_ground_id for update;
        exit when hold.line_id = seen;
    end loop;
    return hold;
end
$$;

create function budget_case(p_ground text, p_ground_id uuid) returns uuid
language sql stable security definer set search_path = public, pg_temp as
$$ select case_id from budget_movements where ground_id = p_ground_id and ground = p_ground order by id limit 1 $$;

create function budget_release(
    p_ground text, p_ground_id uuid, p_fen bigint, out outcome text, out moved_fen bigint)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare hold budget_holds; line budget_lines;
begin
    hold := budget_held(p_ground, p_ground_id);
    moved_fen := 0;
    outcome := 'done';
    if hold.line_id is null then return; end if;
    select * into line from budget_lines where id = hold.line_id;
    if budget_near(line.tenant_id) is not true then outcome := 'elsewhere'; return; end if;
    moved_fen := coalesce(p_fen, hold.reserved_fen);
    if moved_fen not between 0 and hold.reserved_fen then outcome := 'unheld'; return; end if;
    update budget_holds set reserved_fen = reserved_fen - moved_fen
        where ground = p_ground and ground_id = p_ground_id;
    update budget_lines set reserved_fen = reserved_fen - moved_fen where id = line.id;
    perform budget_note(
        line, 'released', moved_fen, p_ground, p_ground_id, budget_case(p_ground, p_ground_id), null);
end
$$;

create function budget_spend(
    p_ground text, p_ground_id uuid, p_fen bigint, out outcome text, out moved_fen bigint)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare hold budget_holds; line budget_lines;
begin
    hold := budget_held(p_ground, p_ground_id);
    moved_fen := 0;
    outcome := 'done';
    if hold.line_id is null then return; end if;
    select * into line from budget_lines where id = hold.line_id;
    if budget_near(line.tenant_id) is not true then outcome := 'elsewhere'; return; end if;
    moved_fen := coalesce(p_fen, hold.reserved_fen);
    if moved_fen not between 0 and hold.reserved_fen then outcome := 'unheld'; return; end if;
    update budget_holds set reserved_fen = reserved_fen - moved_fen, spent_fen = spent_fen + moved_fen
        where ground = p_ground and ground_id = p_ground_id;
    update budget_lines set reserved_fen = reserved_fen - moved_fen, spent_fen = spent_fen + moved_fen
        where id = line.id;
    perform budget_note(line, 'spent', moved_fen, p_ground, p_ground_id, budget_case(p_ground, p_ground_id), null);
end
$$;

create function budget_give_back(
    p_ground text, p_ground_id uuid, p_fen bigint, out outcome text, out moved_fen bigint)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare hold budget_holds; line budget_lines; back_to_line boolean;
begin
    hold := budget_held(p_ground, p_ground_id);
    moved_fen := 0;
    outcome := 'done';
    if hold.line_id is null then return; end if;
    select * into line from budget_lines where id = hold.line_id;
    if budget_near(line.tenant_id) is not true then outcome := 'elsewhere'; return; end if;
    back_to_line := line.closed_at is null and p_fen <= hold.spent_fen;
    if p_fen is null or p_fen < 0 or not back_to_line and p_fen > hold.earlier_fen + hold.spent_fen then
        outcome := 'unheld';
        return;
    end if;
    moved_fen := p_fen;
    if back_to_line then
        update budget_holds set spent_fen = spent_fen - p_fen where ground = p_ground and ground_id = p_ground_id;
        update budget_lines set spent_fen = spent_fen - p_fen where id = line.id;
    else
        update budget_holds
            set earlier_fen = greatest(0, earlier_fen - p_fen),
                spent_fen = spent_fen - greatest(0, p_fen - earlier_fen)
            where ground = p_ground and ground_id = p_ground_id;
    end if;
    perform budget_note(
        line, case when back_to_line then 'returned' else 'surrendered' end,
        p_fen, p_ground, p_ground_id, budget_case(p_ground, p_ground_id), null);
end
$$;
"""

GRANTING = """
-- Once for each request, and only for one that two persons signed and the treasury granted.
create function budget_grant(p_request uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
declare asked budget_requests; item budget_request_items; line budget_lines;
begin
    update budget_requests set granted_at = scope_now()
        where id = p_request and tenant_id = scope_tenant() and status = 'approved' and granted_at is null
          and justice_by is not null and petition_by is not null and decided_by not in (justice_by, petition_by)
        returning * into asked;
    if not found then return false; end if;
    perform money_gate(asked.tenant_id);
    for item in select * from budget_request_items where request_id = p_request order by purpose loop
        insert into budget_lines as l (
                id, tenant_id, year, purpose, fiscal_fen, departmental_fen, carried_fen, reserved_fen, spent_fen,
                recorded_at)
            values (
                id_at(scope_now()), asked.tenant_id, asked.year, item.purpose, coalesce(item.granted_fiscal_fen, 0),
                coalesce(item.granted_departmental_fen, 0), 0, 0, 0, scope_now())
            on conflict (tenant_id, year, purpose) do update
                set fiscal_fen = l.fiscal_fen + excluded.fiscal_fen,
                    departmental_fen = l.departmental_fen + excluded.departmental_fen
                where l.closed_at is null
            returning * into line;
        if not found then raise exception 'a closed line gets nothing' using errcode = '22023'; end if;
        perform budget_note(line, 'granted', item.granted_fiscal_fen, 'budget', p_request, null, 'fiscal');
        perform budget_note(
            line, 'granted', item.granted_departmental_fen, 'budget', p_request, null, 'departmental');
    end loop;
    return true;
end
$$;

-- What is held of a line goes on to another, with as much money as is carried along; then the line is closed.
create function budget_pass_on(p_line uuid, p_after uuid, p_carried bigint) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare line budget_lines; after budget_lines;
begin
    select * into line from budget_lines where id = p_line;
    select * into after from budget_lines where id = p_after;
    perform budget_note(line, 'carried_out', p_carried, 'budget', line.id, null, null);
    perform budget_note(line, 'moved_out', line.reserved_fen, 'budget', line.id, null, null);
    perform budget_note(after, 'carried_in', p_carried, 'budget', line.id, null, null);
    perform budget_note(after, 'moved_in', line.reserved_fen, 'budget', line.id, null, null);
    update budget_lines set carried_fen = carried_fen + p_carried, reserved_fen = reserved_fen + line.reserved_fen
        where id = after.id;
    update budget_holds
        set line_id = after.id, tenant_id = after.tenant_id, earlier_fen = earlier_fen + spent_fen, spent_fen = 0
        where line_id = line.id and reserved_fen > 0;
    update budget_lines set reserved_fen = 0, closed_at = scope_now(), closed_by = scope_person() where id = line.id;
end
$$;

-- What is held goes on to the next year's line, which must have room for it; what is left only where carry-over is on.
-- `outcome`: done | none | closed | uncovered, and then `lacking` names the purpose.
create function budget_close(p_tenant int, p_year smallint, p_carry boolean, out outcome text, out lacking text)
language plpgsql security definer set search_path = public, pg_temp as
$$
declare line budget_lines; after budget_lines; carried bigint;
begin
    if p_tenant is distinct from scope_tenant() then outcome := 'none'; return; end if;
    perform money_gate(p_tenant);
    perform from budget_lines
        where tenant_id = p_tenant and year in (p_year, p_year + 1) order by year, purpose for update;
    outcome := case when not exists (select from budget_lines where tenant_id = p_tenant and year = p_year) then 'none'
        when not exists (
            select from budget_lines where tenant_id = p_tenant and year = p_year and closed_at is null) then 'closed'
        else 'done' end;
    if outcome <> 'done' then return; end if;
    select l.purpose into lacking
        from budget_lines l
        left join budget_lines n on n.tenant_id = l.tenant_id and n.year = l.year + 1 and n.purpose = l.purpose
            and n.closed_at is null
        where l.tenant_id = p_tenant and l.year = p_year and l.closed_at is null and case when p_carry
            then n.id is null and l.fiscal_fen + l.departmental_fen + l.carried_fen > l.spent_fen
            else l.reserved_fen > coalesce(
                n.fiscal_fen + n.departmental_fen + n.carried_fen - n.reserved_fen - n.spent_fen, 0) end
        order by l.purpose limit 1;
    if lacking is not null then outcome := 'uncovered'; return; end if;
    for line in select * from budget_lines
            where tenant_id = p_tenant and year = p_year and closed_at is null order by purpose loop
        select * into after from budget_lines
            where tenant_id = p_tenant and year = p_year + 1 and purpose = line.purpose;
        carried := case when p_carry
            then line.fiscal_fen + line.departmental_fen + line.carried_fen - line.spent_fen else 0 end;
        perform budget_pass_on(line.id, after.id, carried);
    end loop;
end
$$;
"""

MERGING = """
-- A tenant became part of another: what is left and held of its open lines goes to the successor's lines.
create function budget_merge(p_from int, p_to int) returns void
language plpgsql security definer set search_path = public, pg_temp as
$$
declare line budget_lines; after budget_lines;
begin
    perform money_gate(least(p_from, p_to)), money_gate(greatest(p_from, p_to));
    for line in select * from budget_lines
            where tenant_id = p_from and closed_at is null order by year, purpose for update loop
        insert into budget_lines as l (
                id, tenant_id, year, purpose, fiscal_fen, departmental_fen, carried_fen, reserved_fen, spent_fen,
                recorded_at)
            values (id_at(scope_now()), p_to, line.year, line.purpose, 0, 0, 0, 0, 0, scope_now())
            on conflict (tenant_id, year, purpose) do update set carried_fen = l.carried_fen
            returning * into after;
        perform budget_pass_on(
            line.id, after.id, line.fiscal_fen + line.departmental_fen + line.carried_fen - line.spent_fen);
    end loop;
end
$$;

-- As before, and what is left of budgets: money that a change of these tenants would move.
create or replace function tree_money(p_tenants int[]) returns table (tenant_id int, what text, n bigint, fen bigint)
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
       where f.paid_on is null and c.state not in ('refused', 'closed', 'archived')
       union all
       select l.tenant_id, 'budgets', l.fiscal_fen + l.departmental_fen + l.carried_fen - l.spent_fen
       from budget_lines l where l.tenant_id in (select id from mine) and l.closed_at is null)
   select found.tenant_id, found.what, count(*), sum(found.fen)::bigint from found group by 1, 2 order by 1, 2 $$;
"""

RIGHTS = """
revoke all on function money_gate, budget_note, budget_held, budget_case, budget_pass_on, budget_merge from public;
revoke all on function
    budget_reserve, budget_release, budget_spend, budget_give_back, budget_grant, budget_close from public;
grant execute on function
    budget_reserve, budget_release, budget_spend, budget_give_back, budget_grant, budget_close to tiaojie_app;
"""
