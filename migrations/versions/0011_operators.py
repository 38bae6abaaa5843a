"""Operators: every change of a dictionary goes into the audit, whichever ORM or hand makes it; old messages go."""

from alembic import op

from migrations.protection import script

revision = "0011_operators"
down_revision = "0010_indicators"

DICTIONARIES = {"calendar_days": "id", "dispute_types": "code"}
"""Tables that the operators' office edits, with their keys."""


def upgrade() -> None:
    op.execute("grant delete on outbox to tiaojie_relay")
    script(AUDIT)
    for table, key in DICTIONARIES.items():
        op.execute(
            f"create trigger audit_change after insert or update or delete on {table}"
            f" for each row execute function audit_dictionary('{key}')"
        )


AUDIT = """
-- Into the chain of the row's tenant and of the one who acts, in id order. The migrations, which have no scope, are
-- not audited here; without an actor or an instant the application's change fails.
create function audit_dictionary() returns trigger language plpgsql as
$$
declare
    before jsonb := case when tg_op <> 'INSERT' then to_jsonb(old) end;
    after jsonb := case when tg_op <> 'DELETE' then to_jsonb(new) end;
    detail jsonb := jsonb_build_object('operation', lower(tg_op), 'before', before, 'after', after);
    owner_tenant int := (coalesce(after, before) ->> 'tenant_id')::int;
    chain int;
begin
    if current_user <> 'tiaojie_app' then
        return null;
    end if;
    for chain in select distinct t from unnest(array[scope_tenant(), owner_tenant]) t where t is not null order by t
    loop
        perform audit_append(chain, scope_now(), scope_person()::text,
            nullif(current_setting('app.post', true), '')::uuid, 'dictionary:manage', tg_table_name::text,
            coalesce(after, before) ->> tg_argv[0], 'done', detail);
    end loop;
    return null;
end
$$;
"""
