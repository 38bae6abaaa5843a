"""Drafts of rules, and their approval by a second person; what a change of rules touches, as counts."""

import sqlalchemy as sa
from alembic import op

from migrations.protection import APP, lock, script

revision = "0024_drafts"
down_revision = "0023_access"

CHANGEABLE = "title, state, version, content, base_edition, base_digest, base_content, changed_at"


def upgrade() -> None:
    _tables()
    op.add_column(
        "rule_editions", sa.Column("draft_id", sa.Uuid(), nullable=True, comment="null = published by the operator")
    )
    op.add_column(
        "rule_editions",
        sa.Column("approved_by", sa.Uuid(), nullable=True, comment="person id; never one who wrote the draft"),
    )
    op.add_column("rule_editions", sa.Column("reason", sa.String(), nullable=True, comment="the approver's"))
    op.create_index("ix_posts_role", "posts", ["role"])
    op.create_index("ix_case_relations_relation_role", "case_relations", ["relation", "role"])
    script(KEEPS_RULES)
    _policies()
    for part in (EDITORS, APPROVE, COUNTS):
        script(part)


def _tables() -> None:
    op.create_table(
        "rule_drafts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(), nullable=False, comment="what is to change, and why"),
        sa.Column("state", sa.String(), nullable=False, comment="open approved withdrawn"),
        sa.Column(
            "version",
            sa.Integer(),
            nullable=False,
            comment="counts its changes",
        ),
        sa.Column("content", sa.String(), nullable=False, comment="as rules.csv"),
        sa.Column("base_edition", sa.Integer(), nullable=False, comment="0 = the rules that came with the program"),
        sa.Column("base_digest", sa.String(), nullable=False, comment="sha256 of the rules it began from"),
        sa.Column("base_content", sa.String(), nullable=False, comment="as rules.csv"),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True, comment="that it became"),
        sa.ForeignKeyConstraint(["made_by"], ["persons.id"], name=op.f("fk_rule_drafts_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rule_drafts")),
    )
    op.create_table(
        "rule_draft_editors",
        sa.Column("draft_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draft_id"], ["rule_drafts.id"], name=op.f("fk_rule_draft_editors_draft_id")),
        sa.ForeignKeyConstraint(["person_id"], ["persons.id"], name=op.f("fk_rule_draft_editors_person_id")),
        sa.PrimaryKeyConstraint("draft_id", "person_id", name=op.f("pk_rule_draft_editors")),
    )


def _policies() -> None:
    lock("rule_drafts", f"select, insert, update ({CHANGEABLE})")
    lock("rule_draft_editors", "select")
    reads, writes = (
        "(select keeps_rules('{secadmin,auditadmin}', '{P,F}'))",
        "(select keeps_rules('{secadmin}', '{P,F}'))",
    )
    for table in ("rule_drafts", "rule_draft_editors"):
        op.execute(f"create policy app_read on {table} for select to {APP} using ({reads})")
    own = "made_by = (select scope_person()) and state = 'open' and edition is null"
    op.execute(f"create policy app_insert on rule_drafts for insert to {APP} with check ({own} and {writes})")
    op.execute(
        f"create policy app_update on rule_drafts for update to {APP} using (state = 'open' and {writes})"
        f" with check (state in ('open', 'withdrawn') and {writes})"
    )


KEEPS_RULES = """
-- Definer: a prefecture's administrator does not see the province's posts. Whether the session's person holds one.
create function keeps_rules(p_roles text[], p_tiers text[]) returns boolean
language sql stable security definer set search_path = public, pg_temp as
$$ select exists (
       select from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
       where w.person_id = scope_person() and w.role = any(p_roles) and t.tier = any(p_tiers)
       and w.since <= scope_now() and (w.until is null or w.until > scope_now())) $$;
"""

EDITORS = """
-- Definer: nobody writes this list by hand, and nobody is left out of it.
create function note_rule_draft_editor() returns trigger
language plpgsql security definer set search_path = public, pg_temp as
$$
begin
    insert into rule_draft_editors (draft_id, person_id, since) values (new.id, scope_person(), scope_now())
    on conflict do nothing;
    return null;
end
$$;
create trigger note_editor after insert or update on rule_drafts for each row when (new.state = 'open')
    execute function note_rule_draft_editor();
"""

APPROVE = """
-- The only way from a draft to an edition: another person, of the province, who saw this very text; over the edition
-- that is in force. What the application asks before is asked again here, where it can't be left out.
create function approve_rules(p_draft uuid, p_version int, p_digest text, p_rules text, p_reason text) returns int
language plpgsql security definer set search_path = public, pg_temp as
$$
declare drafted rule_drafts; newest int;
begin
    lock table rule_editions in share row exclusive mode;
    select * into drafted from rule_drafts d where d.id = p_draft for update;
    if not found or drafted.state <> 'open' or drafted.version <> p_version
        or encode(sha256(convert_to(drafted.content, 'UTF8')), 'hex') <> p_digest then
        raise exception 'the draft is not the one that was seen' using errcode = 'TJ412';
    end if;
    if not keeps_rules('{secadmin}', '{P}') or drafted.made_by = scope_person()
        or exists (select from rule_draft_editors e where e.draft_id = p_draft and e.person_id = scope_person()) then
        raise exception 'whoever wrote a draft does not approve it' using errcode = 'TJ403';
    end if;
    select coalesce(max(e.number), 0) into newest from rule_editions e;
    if drafted.base_edition <> newest then
        raise exception 'another edition is in force' using errcode = 'TJ409';
    end if;
    if coalesce(trim(p_reason), '') = '' then
        raise exception 'an approval names its reason' using errcode = 'TJ403';
    end if;
    insert into rule_editions (number, version, content, made_by, made_at, draft_id, approved_by, reason)
    values (newest + 1, p_rules, drafted.content, drafted.made_by::text, scope_now(), p_draft, scope_person(),
            p_reason);
    update rule_drafts d set state = 'approved', edition = newest + 1, version = d.version + 1,
        changed_at = scope_now() where d.id = p_draft;
    return newest + 1;
end
$$;
revoke all on function approve_rules from public;
grant execute on function approve_rules to tiaojie_app;
"""

COUNTS = """
-- How many people and cases a change of rules touches: numbers alone, for those who keep the rules.
create function people_by_role(p_roles text[]) returns table (role text, tier text, people int)
language sql stable security definer set search_path = public, pg_temp as
$$ select w.role::text, t.tier::text, count(distinct w.person_id)::int
   from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
   where w.role = any(p_roles) and w.since <= scope_now() and (w.until is null or w.until > scope_now())
   and (select keeps_rules('{secadmin,auditadmin}', '{P,F}'))
   group by w.role, t.tier $$;

-- Persons who hold one of the posts (p_roles[i] at p_tiers[i]), each once.
create function people_in_posts(p_roles text[], p_tiers text[]) returns int
language sql stable security definer set search_path = public, pg_temp as
$$ select count(distinct w.person_id)::int
   from unnest(p_roles, p_tiers) wanted(role, tier) join posts w on w.role = wanted.role
   join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id and t.tier = wanted.tier
   where w.since <= scope_now() and (w.until is null or w.until > scope_now())
   and (select keeps_rules('{secadmin,auditadmin}', '{P,F}')) $$;

-- From the counters of cases (decisions.md 17): held in the tenants where somebody has the role, and below them.
create function cases_by_role(p_roles text[])
returns table (role text, tier text, own bigint, closed bigint, below bigint)
language sql stable security definer set search_path = public, pg_temp as
$$ with held as (
       select c.tenant_id, sum(c.cases) as cases,
              coalesce(sum(c.cases) filter (where c.state in ('closed', 'archived', 'refused')), 0) as closed
       from tenant_counts c group by c.tenant_id),
   under as (
       select above.id, sum(h.cases) as cases
       from held h join tenants t on t.id = h.tenant_id
       cross join unnest(array[t.province_id, t.prefecture_id, t.county_id, t.township_id]) above(id)
       where above.id <> t.id group by above.id),
   standing as (
       select distinct w.role, t.tier, t.id
       from posts w join offices o on o.id = w.office_id join tenants t on t.id = o.tenant_id
       where w.role = any(p_roles) and w.since <= scope_now() and (w.until is null or w.until > scope_now())
       and (select keeps_rules('{secadmin,auditadmin}', '{P,F}')))
   select s.role::text, s.tier::text, coalesce(sum(h.cases), 0)::bigint, coalesce(sum(h.closed), 0)::bigint,
          coalesce(sum(u.cases), 0)::bigint
   from standing s left join held h on h.tenant_id = s.id left join under u on u.id = s.id
   group by s.role, s.tier $$;

-- By record: rows in force of p_relations[i], of the role p_roles[i] that the record itself gives ('' = any); counted
-- up to 1,000.
create function records_by_relation(p_relations text[], p_roles text[])
returns table (relation text, role text, people int, cases int, more boolean)
language sql stable security definer set search_path = public, pg_temp as
$$ select wanted.relation, wanted.role, count(distinct r.person_id)::int, count(distinct r.case_id)::int,
          count(r.case_id) > 1000
   from unnest(p_relations, p_roles) wanted(relation, role) left join lateral (
       (select c.person_id, c.case_id from case_relations c
        where wanted.role <> '' and c.relation = wanted.relation and c.role = wanted.role
        and c.since <= scope_now() and c.until > scope_now() limit 1001)
       union all
       (select c.person_id, c.case_id from case_relations c
        where wanted.role = '' and c.relation = wanted.relation
        and c.since <= scope_now() and c.until > scope_now() limit 1001)) r on true
   where (select keeps_rules('{secadmin,auditadmin}', '{P,F}'))
   group by wanted.relation, wanted.role $$;
"""
