"""Who has a hand on an account: the tenants above every post of its person; and a closed account keeps no session."""

from migrations.protection import script

revision = "0019_accounts"
down_revision = "0018_rules"


def upgrade() -> None:
    for part in (WHOLLY_BELOW, POLICIES, RESET, CLOSED):
        script(part)


WHOLLY_BELOW = """
-- Definer: it must see the posts that lie elsewhere. Whoever came from here and works above by now is out of reach.
create function person_wholly_below(person uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select person_below(person) and not exists (
       select from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
       where w.person_id = person and (w.until is null or w.until > scope_now())
       and not coalesce(scope_tenant() in (t.province_id, t.prefecture_id, t.county_id, t.township_id), false)) $$;
"""

POLICIES = """
drop policy app_all on accounts;
create policy app_below on accounts for select to tiaojie_app using (person_below(person_id));
create policy app_insert on accounts for insert to tiaojie_app with check (person_wholly_below(person_id));
create policy app_update on accounts for update to tiaojie_app
    using (person_wholly_below(person_id)) with check (person_wholly_below(person_id));

drop policy app_insert on invitations;
create policy app_insert on invitations for insert to tiaojie_app
    with check (exists (select from accounts a where a.id = account_id and person_wholly_below(a.person_id)));
"""

RESET = """
create or replace function forget_second_factor(p_account uuid) returns boolean
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    perform from accounts a where a.id = p_account
        and (session_user <> 'tiaojie_app' or person_wholly_below(a.person_id)) for update;
    if not found then
        return false;
    end if;
    delete from second_factors f where f.account_id = p_account;
    if not found then
        return false;
    end if;
    delete from recovery_codes c where c.account_id = p_account;
    delete from pending_sign_ins p where p.account_id = p_account;
    delete from sign_ins s where s.account_id = p_account;
    return true;
end
$$;
"""

CLOSED = """
-- Definer: who closes an account may not touch its sessions. Opened again within the half hour, it would find them.
create function end_closed_account() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    delete from sign_ins s where s.account_id = new.id;
    delete from pending_sign_ins p where p.account_id = new.id;
    return null;
end
$$;
create trigger closed after update of disabled_at on accounts for each row when (new.disabled_at is not null)
    execute function end_closed_account();
"""
