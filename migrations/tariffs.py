"""How a change of the tariff comes into force: by two heads, two persons, neither of them its drafter (0050)."""

CHANGES = """
-- Whoever writes in a draft takes back what was approved of it.
create function tariff_change_written() returns trigger language plpgsql as
$$
begin
    if current_user = 'tiaojie_app' and new.version <> old.version then
        new.justice_by := null; new.justice_at := null; new.petition_by := null; new.petition_at := null;
    end if;
    return new;
end
$$;
create trigger written before update on tariff_changes for each row execute function tariff_change_written();
"""

RATES = """
-- Money was decided by what is in force. Of one key and one level there is one rate a day.
create or replace function tariff_is_dated() returns trigger language plpgsql as
$$
begin
    if tg_op = 'DELETE' then
        return old;
    end if;
    perform pg_advisory_xact_lock(hashtext('tariff_rates'), hashtext(new.key));
    if exists (select from tariff_rates other where other.key = new.key and other.id <> new.id
               and other.tenant_id is not distinct from new.tenant_id
               and daterange(other.valid_from, other.valid_to, '[]')
                   && daterange(new.valid_from,
                                case when new.valid_to >= new.valid_from then new.valid_to end, '[]')) then
        raise exception 'two rates of one key on one day' using errcode = 'TJT03';
    end if;
    return new;
end
$$;
"""

APPROVE = """
-- What begins on p_day ends the day before the next one that is already approved begins.
create function put_rates_in_force(p_change tariff_changes, p_owner int) returns void language plpgsql as
$$
declare item record;
begin
    for item in select * from jsonb_to_recordset(p_change.content -> 'rates')
        as r(key text, minimum_fen bigint, maximum_fen bigint, unit text, clause text, source text, ends boolean)
    loop
        update tariff_rates r set valid_to = p_change.effective_on - 1
        where r.key = item.key and r.tenant_id is not distinct from p_owner and r.valid_from < p_change.effective_on
        and coalesce(r.valid_to, 'infinity') >= p_change.effective_on;
        continue when item.ends;
        insert into tariff_rates (key, minimum_fen, maximum_fen, unit, clause, source, valid_from, valid_to, tenant_id,
                                  change_id)
        select item.key, item.minimum_fen, item.maximum_fen, item.unit, item.clause, item.source,
               p_change.effective_on, min(r.valid_from) - 1, p_owner, p_change.id
        from tariff_rates r where r.key = item.key and r.tenant_id is not distinct from p_owner
        and r.valid_from > p_change.effective_on;
    end loop;
end
$$;

create function put_choices_in_force(p_change tariff_changes) returns void language plpgsql as
$$
declare item record;
begin
    for item in select * from jsonb_to_recordset(p_change.content -> 'choices')
        as r("row" text, choice text, reason text, source text)
    loop
        perform pg_advisory_xact_lock(hashtext('payer_defaults'), hashtext(item."row"));
        update payer_defaults d set valid_to = p_change.effective_on - 1
        where d."row" = item."row" and d.valid_from < p_change.effective_on
        and coalesce(d.valid_to, 'infinity') >= p_change.effective_on;
        if exists (select from payer_defaults d
                   where d."row" = item."row" and d.valid_from = p_change.effective_on) then
            raise exception 'two choices in one row on one day' using errcode = 'TJT03';
        end if;
        continue when item.choice = '';
        insert into payer_defaults ("row", choice, reason, source, valid_from, valid_to, change_id)
        select item."row", item.choice, item.reason, item.source, p_change.effective_on, min(d.valid_from) - 1,
               p_change.id
        from payer_defaults d where d."row" = item."row" and d.valid_from > p_change.effective_on;
    end loop;
end
$$;

-- Definer: the application writes no rate and no choice. Counts persons: the drafter, one head of each side.
create function approve_tariff(p_change uuid, p_version int, p_role text) returns text
language plpgsql security definer set search_path = public, pg_temp as
$$
declare change tariff_changes; owner tenants; who uuid := scope_person();
begin
    select * into change from tariff_changes c where c.id = p_change for update;
    if not found or change.state <> 'open' or change.version <> p_version then
        raise exception 'the draft is not the one that was seen' using errcode = 'TJ412';
    end if;
    if change.tenant_id is distinct from scope_tenant()
        or p_role not in ('lg_head_justice', 'lg_head_petition') or not exists (
        select from posts w join offices o on o.id = w.office_id
        where w.person_id = who and w.role = p_role and o.tenant_id = change.tenant_id
        and w.since <= scope_now() and (w.until is null or w.until > scope_now())) then
        raise exception 'no head of this tenant' using errcode = 'TJ403';
    end if;
    if who = change.made_by or who in (change.justice_by, change.petition_by) then
        raise exception 'three persons' using errcode = 'TJT04';
    end if;
    if not exists (select from tariff_previews p
                   where p.change_id = p_change and p.version = p_version and p.state = 'done') then
        raise exception 'nobody has seen what it would cost' using errcode = 'TJT05';
    end if;
    if change.effective_on <= (scope_now() at time zone 'Asia/Shanghai')::date then
        raise exception 'nothing begins today or before' using errcode = 'TJT02';
    end if;
    if p_role = 'lg_head_justice' then
        update tariff_changes c set justice_by = who, justice_at = scope_now() where c.id = p_change
        returning * into change;
    else
        update tariff_changes c set petition_by = who, petition_at = scope_now() where c.id = p_change
        returning * into change;
    end if;
    if change.justice_by is null or change.petition_by is null then
        return 'open';
    end if;
    select * into owner from tenants t where t.id = change.tenant_id;
    perform put_rates_in_force(change, case when owner.tier <> 'P' then owner.id end);
    if owner.tier = 'P' then
        perform put_choices_in_force(change);
    end if;
    update tariff_changes c set state = 'approved', changed_at = scope_now() where c.id = p_change;
    return 'approved';
end
$$;
revoke all on function approve_tariff from public;
revoke all on function put_rates_in_force from public;
revoke all on function put_choices_in_force from public;
grant execute on function approve_tariff to tiaojie_app;
"""
