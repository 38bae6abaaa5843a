"""Counting what is in a database: the same questions before a backup and after a restore."""

import hashlib
import re

import asyncpg

from foundation.audit_faults import Head
from server.backup.manifest import Inventory

TABLES = "select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' order by 1"

SEQUENCES = """
select s.relname as name, t.relname as table, a.attname as column from pg_class s
join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
join pg_class t on t.oid = d.refobjid join pg_attribute a on a.attrelid = t.oid and a.attnum = d.refobjsubid
where s.relkind = 'S' and s.relnamespace = 'public'::regnamespace order by 1
"""

HEADS = "select tenant_id, seq, encode(hash, 'hex') as hash from audit_heads order by 1"

CHECKPOINTS = """
select distinct on (tenant_id) tenant_id, encode(root, 'hex') as root from audit_checkpoints
order by tenant_id, at desc
"""

# Owners are left out: in the other database another role may own everything.
SCHEMA = {
    "row-level security": """
        select c.relname as name, format('%s %s', c.relrowsecurity, c.relforcerowsecurity) as definition from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'""",
    "policies": """
        select format('%s.%s', tablename, policyname) as name,
               concat_ws('|', permissive, array_to_string(array(select unnest(roles) order by 1), ','), cmd, qual,
                         with_check) as definition
        from pg_policies where schemaname = 'public'""",
    "triggers": """
        select format('%s.%s', t.tgrelid::regclass, t.tgname) as name,
               concat_ws('|', t.tgenabled, pg_get_triggerdef(t.oid)) as definition
        from pg_trigger t join pg_class c on c.oid = t.tgrelid
        where not t.tgisinternal and c.relnamespace = 'public'::regnamespace""",
    "constraints and indexes": """
        select format('constraint %s.%s', conrelid::regclass, conname) as name, pg_get_constraintdef(oid) as definition
        from pg_constraint where connamespace = 'public'::regnamespace
        union all
        select format('index %s.%s', indrelid::regclass, indexrelid::regclass),
               concat_ws('|', indisvalid, pg_get_indexdef(indexrelid))
        from pg_index i join pg_class c on c.oid = i.indrelid where c.relnamespace = 'public'::regnamespace""",
    "functions": """
        select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as definition
        from pg_proc p where p.pronamespace = 'public'::regnamespace and p.prokind <> 'a'""",
    "rights": """
        select format('%s.%s %s', kind, object, grantee) as name,
               string_agg(privilege, ',' order by privilege) as definition
        from (select 'table' as kind, c.relname::text as object, r.rolname as grantee, a.privilege_type as privilege
              from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
              where c.relnamespace = 'public'::regnamespace
              union all
              select 'column', format('%s.%s', t.attrelid::regclass, t.attname), r.rolname, a.privilege_type
              from pg_attribute t join pg_class c on c.oid = t.attrelid, aclexplode(t.attacl) a
              join pg_roles r on r.oid = a.grantee where c.relnamespace = 'public'::regnamespace
              union all
              select 'function', p.oid::regprocedure::text, coalesce(r.rolname, 'public'), a.privilege_type
              from pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
              left join pg_roles r on r.oid = a.grantee where p.pronamespace = 'public'::regnamespace) granted
        where grantee in ('public', 'tiaojie_app', 'tiaojie_auditor', 'tiaojie_relay')
        group by kind, object, grantee""",
}


SPELLING = re.compile(r"::(character varying|text)(\[\])?|[()\s]")
"""PostgreSQL writes a list of words with other casts and brackets once its own text of it was read again."""


async def take_inventory(connection: asyncpg.Connection) -> Inventory:
    """In the connection's transaction, as the owner."""
    counts = {name: await _count(connection, name) for (name,) in await connection.fetch(TABLES)}
    return Inventory(
        revision=await connection.fetchval("select version_num from alembic_version"),
        counts=counts,
        sequences={row["name"]: await _last(connection, row["name"]) for row in await connection.fetch(SEQUENCES)},
        numbers=await connection.fetchval("select coalesce(sum(last), 0) from number_series"),
        heads={row["tenant_id"]: Head(row["seq"], row["hash"]) for row in await connection.fetch(HEADS)},
        checkpoints={row["tenant_id"]: row["root"] for row in await connection.fetch(CHECKPOINTS)},
        schema={kind: await _digests(connection, query) for kind, query in SCHEMA.items()},
    )


async def sequences_behind(connection: asyncpg.Connection) -> list[str]:
    """Sequences whose next number a row has already."""
    behind = []
    for name, table, column in await connection.fetch(SEQUENCES):
        highest = await connection.fetchval(f'select coalesce(max("{column}"), 0) from "{table}"')
        if highest > await _last(connection, name):
            behind.append(name)
    return behind


async def _count(connection: asyncpg.Connection, table: str) -> int:
    found: int = await connection.fetchval(f'select count(*) from "{table}"')
    return found


async def _last(connection: asyncpg.Connection, sequence: str) -> int:
    """0 before the first number."""
    found: int = await connection.fetchval(f'select case when is_called then last_value else 0 end from "{sequence}"')
    return found


async def _digests(connection: asyncpg.Connection, query: str) -> dict[str, str]:
    rows = await connection.fetch(f"select * from ({query}) things order by 1")
    return {row["name"]: _digest(row["definition"]) for row in rows}


def _digest(definition: str) -> str:
    return hashlib.sha256(SPELLING.sub("", definition).encode()).hexdigest()[:16]
